import { describe, expect, it } from 'vitest';
import { admissionTokens } from '../../shared/tokens/admissionTokens.ts';
import { messageOverheadTokens } from '../../shared/tokens/messageOverhead.ts';

describe('admissionTokens', () => {
  it('adds the whole output cap, used up or not', () => {
    expect(admissionTokens({ imageAdmissionTokens: 255, textTokens: 120, maxOutputTokens: 800 })).toBe(1175);
  });
});

describe('messageOverheadTokens', () => {
  it('of a system and a user message is 9', () => {
    expect(messageOverheadTokens(2)).toBe(9);
  });
});
