import { describe, expect, it } from 'vitest';
import { ConfigInvalid } from '../../shared/settings/configInvalid.ts';

describe('ConfigInvalid', () => {
  it('is a message of one line for each setting', () => {
    expect(new ConfigInvalid([{ path: 'HTTP_AUTH', message: 'is "none".' }]).message).toBe(
      'One setting is wrong:\n  HTTP_AUTH: is "none".',
    );
  });
});
