import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { type FaultInput, faultSchema } from '../../../local/regions/fault.ts';
import { type OddAnswerName, oddAnswerNames, oddAnswers } from '../../../local/regions/oddAnswers.ts';
import { publishedErrorNames, publishedErrors } from '../../../local/regions/publishedErrors.ts';
import { chatAbout, meet, plainPng, post, withRegion } from './cloud.ts';

type ReplyInput = Omit<Extract<FaultInput, { kind: 'reply' }>, 'kind'>;

/** What comes over the wire for one fault. */
async function wire(fault: FaultInput): Promise<{ status: number; headers: Headers; text: string; charge: unknown }> {
  const image = await plainPng();
  const found = { status: 0, headers: new Headers(), text: '', charge: undefined as unknown };
  await withRegion({ faults: { script: [fault] } }, async (region) => {
    const { status, headers, text } = await post(region, chatAbout(image));
    Object.assign(found, { status, headers, text, charge: region.charges()[0] });
  });
  return found;
}

describe('the fault "reply"', () => {
  it.each([
    [402, 'Payment Required'],
    [408, 'Request Timeout'],
    [409, 'Conflict'],
    [410, 'Gone'],
    [413, 'Request Entity Too Large'],
    [424, 'Failed Dependency'],
    [425, 'Too Early'],
    [499, 'Client Closed Request'],
    [502, 'Bad Gateway'],
  ])('sends the status %i with a page of HTML, unbilled', async (status, title) => {
    const body = `<html><body><h1>${title}</h1></body></html>`;
    const got = await wire({ kind: 'reply', status, contentType: 'text/html', body });
    expect(got).toMatchObject({ status, text: body });
    expect(got.headers.get('content-type')).toBe('text/html');
    expect(got.charge).toMatchObject({
      status,
      code: String(status),
      billedTokens: 0,
      admitted: false,
      fault: 'reply',
    });
  });

  it.each<[string, ReplyInput, string, string | null]>([
    [
      'JSON',
      { status: 400, body: { error: { code: 'odd', message: 'x' } } },
      '{"error":{"code":"odd","message":"x"}}',
      'odd',
    ],
    [
      'text as it stands',
      { status: 503, contentType: 'text/plain', body: 'no healthy upstream' },
      'no healthy upstream',
      '503',
    ],
    ['nothing', { status: 500 }, '', '500'],
    ['an empty 204', { status: 204 }, '', null],
    ['a list under 200', { status: 200, body: [] }, '[]', null],
  ])('sends %s', async (_, reply, text, code) => {
    const got = await wire({ kind: 'reply', ...reply });
    expect(got).toMatchObject({ status: reply.status, text, charge: { code } });
  });

  it('sends headers of its own: a redirect, which the client does not follow', async () => {
    const redirect = { kind: 'reply', status: 307, headers: { location: 'http://127.0.0.1:9/' } } as const;
    expect((await meet(redirect)).error).toMatchObject({ status: 307 });
    expect((await wire(redirect)).headers.get('location')).toBe('http://127.0.0.1:9/');
  });

  it('bills the work when configured, and counts it against the quota', async () => {
    const { error, charge } = await meet({ kind: 'reply', status: 502, body: 'bad gateway', billed: true });
    expect(error).toMatchObject({ status: 502 });
    expect(charge).toMatchObject({ status: 502, code: '502', admitted: true, finish: 'stop', answered: true });
    expect(charge?.billedTokens).toBeGreaterThan(255);
    expect(charge?.admissionTokens).toBeGreaterThan(300);
  });

  it('waits first when configured, as for an image that could not be loaded', async () => {
    const { error } = await meet({ kind: 'reply', status: 500, afterMs: 5000 }, 300);
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
  });

  it.each([
    ['a status that ends no request', { status: 103 }, /status/],
    ['a body that 204 cannot have', { status: 204, body: 'x' }, /status 204 or 304 have no body/],
    ['a header that describes the body', { status: 200, headers: { 'content-length': '3' } }, /content-length/],
    ['a header name in capitals', { status: 200, headers: { 'Retry-After': '3' } }, /lower case/],
    ['a line break in a header', { status: 200, headers: { 'retry-after': '3\n' } }, /printable/],
  ])('is refused with %s', (_, reply, sentence) => {
    expect(faultSchema.safeParse({ kind: 'reply', ...reply }).error?.message).toMatch(sentence);
  });
});

describe('publishedErrors', () => {
  it.each(publishedErrorNames.map((name) => [name, publishedErrors[name].source] as const))(
    '"%s" comes as published (%s), unbilled',
    async (as) => {
      const { error } = publishedErrors[as];
      const got = await wire({ kind: 'refuse', as });
      expect({ status: got.status, json: JSON.parse(got.text) }).toEqual({ status: error.status, json: error.body });
      expect(got.charge).toMatchObject({
        status: error.status,
        code: error.code,
        billedTokens: 0,
        // A 400 comes from behind the meter, anything else from before it.
        admitted: error.status === 400,
        fault: `refuse ${as}`,
      });
      expect(got.headers.has('x-ratelimit-remaining-tokens')).toBe(error.status === 400);
    },
  );

  it('give a filter without a reason, one that detected, and one by a list of words', async () => {
    const inner = async (as: (typeof publishedErrorNames)[number]): Promise<unknown> =>
      JSON.parse((await wire({ kind: 'refuse', as })).text).error.innererror?.content_filter_result;
    expect(await inner('filter-without-reason')).toBeUndefined();
    expect(await inner('jailbreak')).toMatchObject({
      hate: { filtered: false },
      jailbreak: { filtered: true, detected: true },
    });
    expect(await inner('blocklist')).toMatchObject({ custom_blocklists: [{ filtered: true }] });
    expect(await inner('blocklist-details')).toMatchObject({ custom_blocklists: { details: [{ filtered: true }] } });
  });
});

describe('oddAnswers', () => {
  const expected: Readonly<Record<OddAnswerName, object>> = {
    refusal: {
      choices: [{ finish_reason: 'stop', message: { content: null, refusal: expect.stringMatching(/can't/) } }],
    },
    'refusal-with-text': { choices: [{ message: { content: '', refusal: expect.stringMatching(/can't/) } }] },
    parts: { choices: [{ message: { content: [{ type: 'text', text: expect.stringMatching(/64 x 64/) }] } }] },
    'output-parts': { choices: [{ message: { content: [{ type: 'output_text', text: expect.any(String) }] } }] },
    part: { choices: [{ message: { content: { type: 'text', text: expect.any(String) } } }] },
    'object-content': { choices: [{ message: { content: expect.any(Object) } }] },
    'number-content': { choices: [{ message: { content: 7 } }] },
    'refusal-part': { choices: [{ message: { content: [{ type: 'refusal', refusal: expect.any(String) }] } }] },
    'refusal-in-words': { choices: [{ finish_reason: 'stop', message: { content: expect.stringMatching(/can't/) } }] },
    'refusal-in-fields': { choices: [{ message: { content: expect.stringMatching(/^{"title".*can't/) } }] },
    thinking: {
      choices: [{ finish_reason: 'length', message: { content: '' } }],
      usage: { completion_tokens_details: { reasoning_tokens: expect.any(Number) } },
    },
    'fired-verdict': {
      choices: [{ finish_reason: 'stop', content_filter_results: { violence: { filtered: true } } }],
    },
    'two-choices': { choices: [{ index: 1, message: { content: null } }, { index: 0 }] },
    'input-usage': { usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) } },
    'text-usage': { usage: { prompt_tokens: expect.stringMatching(/^\d+$/) } },
    'billed-error': { error: { code: 502 }, usage: { total_tokens: expect.any(Number) } },
    'null-content': { choices: [{ finish_reason: 'stop', message: { content: null, refusal: null } }] },
    'no-content': { choices: [{ message: { role: 'assistant' } }] },
    'filtered-null-content': {
      choices: [
        {
          finish_reason: 'content_filter',
          message: { content: null },
          content_filter_results: { violence: { filtered: false } },
        },
      ],
    },
    'filtered-no-content': { choices: [{ finish_reason: 'content_filter', message: { role: 'assistant' } }] },
    'null-finish': { choices: [{ finish_reason: null, message: { content: expect.any(String) } }] },
    'empty-choices': { choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
    'no-usage': { choices: [{ finish_reason: 'stop' }] },
    'filter-error': {
      choices: [{ content_filter_results: {}, content_filter_result: { error: { code: 'content_filter_error' } } }],
    },
    error: { error: { code: 502, message: 'Provider returned error' } },
  };

  const absent: Readonly<Partial<Record<OddAnswerName, string>>> = {
    'no-content': 'choices[0].message.content',
    'filtered-no-content': 'choices[0].message.content',
    'no-usage': 'usage',
    error: 'choices',
  };

  it.each(oddAnswerNames.map((name) => [name, oddAnswers[name].source] as const))(
    '"%s" is a 200 (%s), billed as any other',
    async (as) => {
      const usual = await meet({ kind: 'none' });
      const { answer, error, charge } = await meet({ kind: 'odd-answer', as });
      expect(error).toBeNull();
      expect(answer).toMatchObject(expected[as]);
      const path = absent[as];
      if (path !== undefined) expect(answer).not.toHaveProperty(path);
      const { finish } = oddAnswers[as];
      expect(charge).toMatchObject({
        status: 200,
        code: null,
        admitted: true,
        answered: true,
        billedTokens: usual.charge?.billedTokens,
        admissionTokens: usual.charge?.admissionTokens,
        finish: finish === undefined ? 'stop' : finish,
        fault: `odd-answer ${as}`,
      });
    },
  );
});

describe('docs/local.md', () => {
  it('names every kind of fault, every published error and every odd answer', async () => {
    const page = await readFile(new URL('../../../docs/local.md', import.meta.url), 'utf8');
    const kinds = faultSchema.options.map((option) => [...option.shape.kind.values][0] ?? '');
    const names = [...kinds, ...publishedErrorNames, ...oddAnswerNames];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
