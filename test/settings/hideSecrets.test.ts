import { describe, expect, it } from 'vitest';
import { hideSecrets } from '../../shared/settings/hideSecrets.ts';

const STORAGE_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

describe('hideSecrets', () => {
  it.each([
    [
      'is "AccountName=one;AccountKey=c2VjcmV0", which is not an http or https URL.',
      'is "AccountName=one;AccountKey=…", which is not an http or https URL.',
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
    ['is "Xy8Q~aB3dE_f-G7hIjK.LmN0pQrStUvWx~Yz12A3"', 'is "…"'],
    ['is "sk-proj-Ab1-Cd2_Ef3-Gh4_Ij5-Kl6_Mn7-Op8_Qr9"', 'is "…"'],
    ['is "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVm"', 'is "…"'],
    ['names the setting a?sig%3Dab%2BcdEF%3D, which is missing.', 'names the setting a?sig%3D…, which is missing.'],
  ])('hides a key: %s', (sentence, shown) => {
    expect(hideSecrets(sentence)).toBe(shown);
  });

  it.each([
    'is "sing": Invalid option: expected one of "analyze"|"describe".',
    'lacks IMAGES_STORAGE__blobServiceUri and IMAGES_STORAGE__queueServiceUri.',
    'gpt-4.1-globalstandard-switzerlandnorth: tokensPerMinute must be at least 1.',
    'gpt-4o-mini-2024-07-18-datazonestandard-swedencentral stands twice.',
    'is "https://one-very-long-name.openai.azure.com/openai/v1", which is not an http or https URL.',
  ])('leaves the rest as it is: %s', (sentence) => {
    expect(hideSecrets(sentence)).toBe(sentence);
  });
});
