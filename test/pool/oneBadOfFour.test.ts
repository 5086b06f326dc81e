import { describe, expect, it } from 'vitest';
import { publishedErrorNames, publishedErrors } from '../../local/regions/publishedErrors.ts';
import { outcomeOf } from '../../shared/vision/outcomeOf.ts';
import { seedPool } from './deployments.ts';
import { playOneBadOfFour } from './oneBadOfFour.ts';

const IMAGES = 2_000;

/** A fixed sequence from 0 to below 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function refusalOf(status: number, body: unknown) {
  return outcomeOf({ status, headers: new Headers(), body }, { nowMs: 0 });
}

const coded = (code: string | null, message: string, param: string | null = null) => ({
  error: { code, message, param },
});

const BADNESS: readonly (readonly [string, number, unknown])[] = [
  [
    'an API version that is too old',
    400,
    coded('BadRequest', 'Model {modelName} is enabled only for api versions 2024-12-01-preview and later'),
  ],
  ['an unknown API version', 404, coded('404', 'Resource not found')],
  ['an API version that is not served', 400, coded('BadRequest', 'API version not supported')],
  [
    'a model that takes no chat',
    400,
    coded('OperationNotSupported', 'The chatCompletion operation does not work with the specified model, ada.'),
  ],
  [
    'a model without sight',
    400,
    coded(
      null,
      'Invalid content type. image_url is only supported by certain models.',
      'messages.[1].content.[1].type',
    ),
  ],
  [
    'another model behind its name',
    400,
    coded(
      'unsupported_parameter',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
    ),
  ],
  [
    'a value that it does not take',
    400,
    coded('unsupported_value', "Unsupported value: 'temperature' does not support 0.7 with this model.", 'temperature'),
  ],
  [
    'an effort that it does not take',
    400,
    coded(
      'invalid_value',
      "Invalid value: 'none'. Supported values are: 'low', 'medium', and 'high'.",
      'reasoning_effort',
    ),
  ],
  [
    'an argument that it does not know',
    400,
    coded(null, 'Unrecognized request argument supplied: max_completion_tokens'),
  ],
  ['a retired model', 410, coded('ModelDeprecated', 'The model has been retired.')],
  ['a smaller model', 400, coded('context_length_exceeded', "This model's maximum context length is 4096 tokens.")],
  [
    'a cap that is too large for it',
    400,
    coded(
      'invalid_value',
      'max_tokens is too large: 16384. This model supports at most 4096 completion tokens.',
      'max_tokens',
    ),
  ],
  [
    'spent money',
    429,
    coded('insufficient_quota', 'You exceeded your current quota, please check your plan and billing details.'),
  ],
  ['a usage limit', 402, coded(null, 'You have reached your usage limit.')],
  ['a firewall', 403, coded('AccessDenied', 'Access denied due to Virtual Network/Firewall rules.')],
  ['a gateway that refuses in HTML', 400, '<html><body><h1>Bad Request</h1></body></html>'],
  ['a gateway with a small limit', 413, '<html><h1>413 Request Entity Too Large</h1></html>'],
  ['a gateway that wants another type', 415, ''],
  ['a gateway that breaks every image', 400, coded('BadRequest', 'Invalid image (base64) data.')],
  ['a server that validates otherwise', 422, { detail: [{ loc: ['body', 'x'], msg: 'field required' }] }],
  ['words that nobody knows', 400, coded('weird', 'The frobnicator is not aligned.')],
  ['no words', 418, undefined],
];

describe('one bad deployment of four', () => {
  it.each(BADNESS)('loses none of 2,000 images and gets only probes for %s', (_, status, body) => {
    const fared = playOneBadOfFour(refusalOf(status, body), IMAGES, randomFrom(7));
    expect(fared.lost).toEqual([]);
    expect(fared.answered).toBe(IMAGES);
    expect(fared.openings).toBeGreaterThan(0);
    expect(fared.misconfigured).toBe(fared.openings);
    expect(fared.atBad).toBeLessThanOrEqual(40);
  });

  const WORDLESS = [
    ['nothing that tells', 400, coded('weird', 'The frobnicator is not aligned.')],
    ['a smaller model', 400, coded('context_length_exceeded', "This model's maximum context length is 4096 tokens.")],
    ['a gateway with a small limit', 413, ''],
    ['a gateway that breaks every image', 400, coded('BadRequest', 'Invalid image (base64) data.')],
    ['a gateway that fails', 500, ''],
  ] as const;

  it.each(WORDLESS)('loses none either with two or three of four alike: %s', (_, status, body) => {
    for (const count of [2, 3]) {
      const bad = seedPool.slice(0, count).map(({ name }) => name);
      const fared = playOneBadOfFour(refusalOf(status, body), 60, randomFrom(7), bad);
      expect(fared).toMatchObject({ answered: 60, lost: [] });
    }
  });

  const FILTERS: ReadonlySet<string> = new Set(
    publishedErrorNames.filter((name) => {
      const { status, body } = publishedErrors[name].error;
      return refusalOf(status, body).kind === 'filtered';
    }),
  );

  it.each(publishedErrorNames.filter((name) => !FILTERS.has(name)))('loses none of 2,000 images by "%s"', (name) => {
    const { status, body } = publishedErrors[name].error;
    const fared = playOneBadOfFour(refusalOf(status, body), IMAGES, randomFrom(11));
    expect(fared).toMatchObject({ answered: IMAGES, lost: [] });
  });

  it('is a filter in eight of the published refusals, which is about the image', () => {
    expect([...FILTERS].toSorted()).toEqual([
      ...['blocklist', 'blocklist-details', 'content-policy-violation', 'filter-without-reason'],
      ...['indirect-attack', 'invalid-prompt', 'jailbreak', 'profanity'],
    ]);
  });
});
