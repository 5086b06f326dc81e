import { describe, expect, it } from 'vitest';
import { admissionTokens } from '../../shared/tokens/admissionTokens.ts';

describe('admissionTokens', () => {
  it('adds the whole output cap, used up or not', () => {
    expect(admissionTokens({ imageAdmissionTokens: 255, textTokens: 120, maxOutputTokens: 800 })).toBe(1175);
  });
});
