import { describe, expect, it } from 'vitest';
import { hideSecrets } from '../../shared/settings/hideSecrets.ts';

const STORAGE_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

describe('hideSecrets', () => {
  it.each([
    [
      'is "AccountName=one;AccountKey=c2VjcmV0", which is no URL.',
      'is "AccountName=one;AccountKey=…", which is no URL.',
    ],
    [`is "${STORAGE_KEY}"`, 'is "…"'],
    [`is "AccountKey=${STORAGE_KEY};EndpointSuffix=x"`, 'is "AccountKey=…;EndpointSuffix=x"'],
    [
      'is "https://one.blob.core.windows.net/?sv=2024-11-04&sig=abc%3D"',
      'is "https://one.blob.core.windows.net/?sv=2024-11-04&sig=…"',
    ],
    ['is "0123456789abcdef0123456789abcdef"', 'is "…"'],
    [
      'is "InstrumentationKey=1-2;IngestionEndpoint=https://a"',
      'is "InstrumentationKey=…;IngestionEndpoint=https://a"',
    ],
  ])('hides a key: %s', (sentence, shown) => {
    expect(hideSecrets(sentence)).toBe(shown);
  });

  it.each([
    'is "sing": Invalid option: expected one of "analyze"|"describe".',
    'lacks IMAGES_STORAGE__blobServiceUri and IMAGES_STORAGE__queueServiceUri.',
    'gpt-4.1-globalstandard-switzerlandnorth: tokensPerMinute must be at least 1.',
    'is "https://one-very-long-name.openai.azure.com/openai/v1", which is no URL.',
  ])('leaves the rest as it is: %s', (sentence) => {
    expect(hideSecrets(sentence)).toBe(sentence);
  });
});
