import fc from 'fast-check';
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { describe, expect, it } from 'vitest';
import { nextStep } from '../../shared/pool/nextStep.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { NotSent, outcomeOf } from '../../shared/vision/outcomeOf.ts';
import { completion } from './scriptedRegion.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const READING = { nowMs: NOW_MS, secrets: [] };

function ofStatus(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Outcome {
  return outcomeOf({ status, headers: new Headers(headers), body }, READING);
}

function ofError(error: unknown): Outcome {
  return outcomeOf({ error }, READING);
}

/** As the client wraps what `fetch` throws. */
function connectionError(code: string, more: Readonly<Record<string, unknown>> = {}): Error {
  const socketError = Object.assign(new Error(`${code} secret-of-the-header`), { code, ...more });
  return new APIConnectionError({ cause: new TypeError('fetch failed', { cause: socketError }) });
}

describe('outcomeOf a success', () => {
  it.each<[string, Record<string, unknown>, object]>([
    ['stop', { message: { content: 'x' }, finish_reason: 'stop' }, { kind: 'answered', text: 'x', finish: 'stop' }],
    ['length', { message: { content: 'x' }, finish_reason: 'length' }, { kind: 'answered', finish: 'length' }],
    [
      'length with all tokens spent on thinking',
      { message: { content: '' }, finish_reason: 'length' },
      { kind: 'answered', text: '', finish: 'length' },
    ],
    [
      'finish_details stop of the vision preview',
      { message: { content: 'x' }, finish_details: { type: 'stop', stop: '<|fim_suffix|>' } },
      { kind: 'answered', finish: 'stop' },
    ],
    [
      'finish_details max_tokens of the vision preview',
      { message: { content: 'x' }, finish_reason: null, finish_details: { type: 'max_tokens' } },
      { kind: 'answered', finish: 'length' },
    ],
    ['no finish at all', { message: { content: 'x' } }, { kind: 'answered', text: 'x', finish: 'stop' }],
    [
      'empty content',
      { message: { content: '' }, finish_reason: 'stop' },
      { kind: 'answered', text: '', finish: 'stop' },
    ],
    [
      'no content and length: thinking took it all',
      { message: { content: null }, finish_reason: 'length' },
      { kind: 'answered', text: '', finish: 'length' },
    ],
    [
      'no content and stop, which was billed',
      { message: { content: null }, finish_reason: 'stop' },
      { kind: 'ambiguous', reason: 'no-usable-body' },
    ],
    [
      'no content and calls of tools that we do not have',
      { message: { tool_calls: [{ function: { name: 'x', arguments: '{}' } }] }, finish_reason: 'tool_calls' },
      { kind: 'ambiguous', reason: 'no-usable-body' },
    ],
    [
      'text beside calls of tools',
      { message: { content: 'x', tool_calls: [] }, finish_reason: 'tool_calls' },
      { kind: 'answered', text: 'x', finish: 'stop' },
    ],
    ['end_turn', { message: { content: 'x' }, finish_reason: 'end_turn' }, { kind: 'answered', finish: 'stop' }],
    ['MAX_TOKENS', { message: { content: 'x' }, finish_reason: 'MAX_TOKENS' }, { kind: 'answered', finish: 'length' }],
    ['a finish that is no text', { message: { content: 'x' }, finish_reason: 7 }, { kind: 'answered', finish: 'stop' }],
    [
      'a list of parts',
      {
        message: {
          content: [
            { type: 'text', text: '{"a"' },
            { type: 'output_text', text: ':1}' },
          ],
        },
      },
      { kind: 'answered', text: '{"a":1}' },
    ],
    [
      'parts of thinking and of text',
      {
        message: {
          content: [
            { type: 'thinking', thinking: 'Hm.' },
            { type: 'text', text: { value: 'x' } },
          ],
        },
      },
      { kind: 'answered', text: 'x' },
    ],
    [
      'an object that is the answer itself, though it has a text',
      { message: { content: { text: 'x', total: 1 } } },
      { kind: 'answered', text: '{"text":"x","total":1}' },
    ],
    ['a single part', { message: { content: { type: 'text', text: 'x' } } }, { kind: 'answered', text: 'x' }],
    ['a list of texts', { message: { content: ['x', 'y'] } }, { kind: 'answered', text: 'xy' }],
    [
      'the answer as an object',
      { message: { content: { answer: 'x' } } },
      { kind: 'answered', text: '{"answer":"x"}' },
    ],
    ['no part that holds text', { message: { content: [{ type: 'image_url' }] } }, { kind: 'ambiguous' }],
    [
      'a part that declines',
      { message: { content: [{ type: 'refusal', refusal: 'No.' }] } },
      { kind: 'answered', text: '', refusal: 'No.' },
    ],
    [
      'a text and a refusal',
      { message: { content: [{ type: 'text', text: 'x' }], refusal: 'No.' } },
      { kind: 'answered', text: 'x', refusal: 'No.' },
    ],
    [
      'a finish that declines without a word',
      { message: { content: null }, finish_reason: 'refusal' },
      { kind: 'answered', refusal: 'The model ended with a refusal and gave no words for it.' },
    ],
    [
      'nothing but the verdict of a filter',
      { message: { content: null }, finish_reason: 'stop', content_filter_results: { hate: { filtered: true } } },
      { kind: 'filtered', on: 'answer', category: 'hate' },
    ],
    [
      'a verdict beside a whole text',
      { message: { content: 'x' }, finish_reason: 'stop', content_filter_results: { hate: { filtered: true } } },
      { kind: 'answered', text: 'x' },
    ],
    [
      'content_filter',
      {
        message: {},
        finish_reason: 'content_filter',
        content_filter_results: { hate: { filtered: false }, violence: { filtered: true, severity: 'medium' } },
      },
      { kind: 'filtered', on: 'answer', category: 'violence' },
    ],
    [
      'content_filter without results',
      { message: { content: 'half an ans' }, finish_reason: 'content_filter' },
      { kind: 'filtered', on: 'answer', category: 'unspecified' },
    ],
    [
      'a refusal',
      { message: { content: null, refusal: "I'm sorry, I can't identify people." }, finish_reason: 'stop' },
      { kind: 'answered', text: '', refusal: "I'm sorry, I can't identify people." },
    ],
    [
      'an outage of the filter, which filters nothing',
      { message: { content: 'x' }, finish_reason: 'stop', content_filter_result: { error: { code: 'x' } } },
      { kind: 'answered', text: 'x', isUnfiltered: true },
    ],
  ])('%s', (_, choice, outcome) => {
    expect(ofStatus(200, completion(choice))).toMatchObject({ ...outcome, usage: { totalTokens: 1236 } });
  });

  it.each<[string, unknown, object]>([
    ['HTML', '<h1>Sign in</h1>', { reason: 'not-json', detail: 'The service answered 200 without JSON.' }],
    ['nothing', undefined, { reason: 'no-usable-body' }],
    ['null', null, { reason: 'no-usable-body' }],
    ['no choice', { choices: [] }, { reason: 'no-usable-body' }],
    ['a choice without a message', { choices: [{ finish_reason: 'stop' }] }, { reason: 'no-usable-body' }],
    ['a message that is null', { choices: [{ message: null }] }, { reason: 'no-usable-body' }],
    ['content that is no text', { choices: [{ message: { content: 7 } }] }, { reason: 'no-usable-body' }],
    [
      'an error in the clothes of a success',
      { error: { message: 'The model broke.' } },
      { reason: 'no-usable-body', detail: 'The service answered 200 without an answer in it. The model broke.' },
    ],
  ])('%s in place of a completion may have been billed', (_, body, outcome) => {
    expect(ofStatus(200, body)).toMatchObject({ kind: 'ambiguous', status: 200, ...outcome });
  });

  it('reads a completion that is sent as plain text, since it was paid for', () => {
    const text = JSON.stringify(completion({ message: { content: 'x' }, finish_reason: 'stop' }));
    expect(ofStatus(200, text)).toMatchObject({ kind: 'answered', text: 'x', usage: { totalTokens: 1236 } });
  });

  it('takes the first choice by its index that holds words', () => {
    const empty = { index: 0, message: { content: null } };
    const choice = (index: number, content: string): object => ({ index, message: { content }, finish_reason: 'stop' });
    const choices = [choice(2, 'third'), empty, choice(1, 'second')];
    expect(ofStatus(200, { choices })).toMatchObject({ kind: 'answered', text: 'second' });
  });

  it('takes empty choices beside a verdict on the prompt as filtered', () => {
    const verdict = { prompt_index: 0, content_filter_results: { 'self-harm': { filtered: true } } };
    expect(ofStatus(200, { choices: [], prompt_filter_results: [verdict] })).toMatchObject({
      kind: 'filtered',
      on: 'image',
      category: 'self_harm',
    });
  });

  it('reads the limits, and leaves out what is no plain number', () => {
    const headers = {
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-limit-tokens': '10000',
      'x-ratelimit-remaining-requests': '-1',
      'x-ratelimit-limit-requests': 'many',
    };
    expect(ofStatus(200, completion({ message: { content: 'x' } }), headers)).toMatchObject({
      hints: { remainingTokens: 0, limitTokens: 10_000 },
    });
  });
});

const FILTER = { hate: { filtered: false, severity: 'safe' }, sexual: { filtered: true, severity: 'high' } };
const VIOLATION = { code: 'ResponsibleAIPolicyViolation', content_filter_result: FILTER };

describe('outcomeOf a filtered prompt', () => {
  it.each<[string, unknown, string]>([
    ['code content_filter', { error: { code: 'content_filter', message: 'm', innererror: VIOLATION } }, 'sexual'],
    ['code content_filter alone', { error: { code: 'content_filter', message: 'm' } }, 'unspecified'],
    ['invalid_request_error', { error: { code: 'invalid_request_error', innererror: VIOLATION } }, 'sexual'],
    ['innererror beside error', { error: { code: 'invalid_request_error' }, innererror: VIOLATION }, 'sexual'],
    [
      'self-harm with a hyphen',
      { error: { code: 'content_filter', innererror: { content_filter_result: { 'self-harm': { filtered: true } } } } },
      'self_harm',
    ],
    [
      'self_harm',
      { error: { code: 'content_filter', innererror: { content_filter_result: { self_harm: { filtered: true } } } } },
      'self_harm',
    ],
    [
      'a jailbreak',
      { error: { code: null, innererror: { ...VIOLATION, content_filter_result: { jailbreak: { filtered: true } } } } },
      'jailbreak',
    ],
    [
      'a category that is no word',
      { error: { code: 'content_filter', innererror: { content_filter_result: { 'a b': { filtered: true } } } } },
      'unspecified',
    ],
  ])('%s', (_, body, category) => {
    expect(ofStatus(400, body)).toEqual({ kind: 'filtered', on: 'image', category, usage: null, hints: {} });
  });

  it.each<[string, unknown, string]>([
    [
      'content_policy_violation',
      { error: { code: 'content_policy_violation', message: 'No.' } },
      'content_policy_violation',
    ],
    [
      'a list of results',
      { error: { code: 'content_filter', innererror: { content_filter_result: [FILTER] } } },
      'sexual',
    ],
    ['results beside the code', { error: { code: 'content_filter', content_filter_result: FILTER } }, 'sexual'],
    [
      'results of each part of the prompt',
      { error: { code: 'content_filter' }, prompt_filter_results: [{ content_filter_results: FILTER }] },
      'sexual',
    ],
    [
      'a block list as a list',
      {
        error: {
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: { custom_blocklists: [{ filtered: true, id: 'x' }] },
          },
        },
      },
      'custom_blocklists',
    ],
    [
      'a block list as an object',
      {
        error: {
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: { custom_blocklists: { filtered: true, details: [{ filtered: true, id: 'x' }] } },
          },
        },
      },
      'custom_blocklists',
    ],
    [
      'a block list that says so only in its details',
      {
        error: {
          code: 'content_filter',
          content_filter_result: { custom_blocklists: { details: [{ filtered: true }] } },
        },
      },
      'custom_blocklists',
    ],
    [
      'a gateway that kept the inner error',
      { error: { code: '400', message: 'No.', provider_specific_fields: { innererror: VIOLATION } } },
      'sexual',
    ],
    [
      'a gateway that put the whole body into a text',
      {
        error: {
          code: 400,
          message: 'No.',
          details: JSON.stringify({ error: { code: 'content_filter', innererror: VIOLATION } }),
        },
      },
      'sexual',
    ],
    [
      'a gateway that quotes it in a sentence',
      {
        error: {
          code: '400',
          message:
            "litellm.ContentPolicyViolationError: AzureException - Error code: 400 - {'error': {'innererror': {'content_filter_result': {'hate': {'filtered': False}, 'violence': {'filtered': True, 'severity': 'medium'}}}}}",
        },
      },
      'violence',
    ],
    [
      'a gateway that kept only the sentence',
      {
        error: {
          code: 'BadRequest',
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        },
      },
      'unspecified',
    ],
    [
      'a gateway that wraps the error twice',
      { error: { error: { code: 'content_filter', innererror: VIOLATION } } },
      'sexual',
    ],
    ['a list of errors', [{ error: { code: 'content_filter', innererror: VIOLATION } }], 'sexual'],
  ])('%s', (_, body, category) => {
    expect(ofStatus(400, body)).toEqual({ kind: 'filtered', on: 'image', category, usage: null, hints: {} });
  });

  it('differs from a server error only by its code, and from a 403 only by API Management’s own message', () => {
    expect(ofStatus(500, { error: { code: 'content_filter', innererror: VIOLATION } })).toMatchObject({
      kind: 'filtered',
    });
    expect(ofStatus(500, { error: { message: 'content policy violation' } })).toMatchObject({ kind: 'ambiguous' });
    expect(ofStatus(403, { statusCode: 403, message: 'Request failed content safety check.' })).toMatchObject({
      kind: 'filtered',
    });
  });

  it('may pass when it is sent again where a model of the reasoning kind refused it', () => {
    const message = 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.';
    for (const error of [
      { code: 'invalid_prompt', message },
      { code: null, message },
    ]) {
      expect(ofStatus(400, { error })).toMatchObject({ kind: 'filtered', category: 'invalid_prompt', mayPass: true });
    }
  });

  it('is none where the filter was out of order', () => {
    const error = { code: 'content_filter_error', message: 'The contents are not filtered' };
    expect(ofStatus(400, { error })).toMatchObject({ kind: 'refused', reason: 'unclear' });
  });

  it('is the account that is blocked when a 403 speaks of content policy', () => {
    const message = 'Access is blocked for repeated violations of the content policy.';
    expect(ofStatus(403, { error: { code: 'content_filter', message, innererror: VIOLATION } })).toEqual({
      kind: 'refused',
      reason: 'forbidden',
      status: 403,
      detail: message,
      code: 'content_filter',
    });
  });
});

describe('outcomeOf a refusal', () => {
  it.each<[number, object]>([
    [301, { kind: 'refused', reason: 'redirected' }],
    [304, { kind: 'refused', reason: 'redirected' }],
    [307, { kind: 'refused', reason: 'redirected' }],
    [400, { kind: 'refused', reason: 'unclear' }],
    [401, { kind: 'refused', reason: 'unauthorized' }],
    [402, { kind: 'refused', reason: 'payment' }],
    [403, { kind: 'refused', reason: 'forbidden' }],
    [404, { kind: 'refused', reason: 'not-found' }],
    [405, { kind: 'refused', reason: 'not-found' }],
    [408, { kind: 'ambiguous', reason: 'timeout' }],
    [409, { kind: 'ambiguous', reason: 'server-error' }],
    [410, { kind: 'refused', reason: 'not-found' }],
    [413, { kind: 'refused', reason: 'unclear' }],
    [415, { kind: 'refused', reason: 'misconfigured' }],
    [422, { kind: 'refused', reason: 'unclear' }],
    [421, { kind: 'refused', reason: 'misconfigured' }],
    [424, { kind: 'ambiguous', reason: 'server-error' }],
    [425, { kind: 'refused', reason: 'unreachable' }],
    [426, { kind: 'refused', reason: 'misconfigured' }],
    [431, { kind: 'refused', reason: 'misconfigured' }],
    [499, { kind: 'ambiguous', reason: 'timeout' }],
    [500, { kind: 'ambiguous', reason: 'server-error' }],
    [502, { kind: 'ambiguous', reason: 'server-error' }],
    [503, { kind: 'ambiguous', reason: 'server-error' }],
    [504, { kind: 'ambiguous', reason: 'server-error' }],
    [529, { kind: 'ambiguous', reason: 'server-error' }],
    [700, { kind: 'ambiguous', reason: 'server-error' }],
  ])('%s', (status, outcome) => {
    expect(ofStatus(status, { error: { message: 'No.' } })).toEqual({ ...outcome, status, detail: 'No.' });
    expect(ofStatus(status)).toEqual({
      ...outcome,
      status,
      detail: `The service answered ${status} without a sentence.`,
    });
  });

  it.each<[string, unknown, 'quota' | 'capacity' | 'unknown']>([
    [
      'the token limit of a deployment',
      {
        error: {
          code: '429',
          message:
            'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2023-12-01-preview have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 26 seconds.',
        },
      },
      'quota',
    ],
    ['its request limit', { error: { code: '429', message: 'have exceeded call rate limit of your tier.' } }, 'quota'],
    ['a code alone', { error: { code: 'RateLimitReached', message: 'No.' } }, 'quota'],
    [
      'a busy system that names a size',
      {
        error: {
          code: '429',
          message:
            'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load.',
        },
      },
      'capacity',
    ],
    ['an overloaded model', { error: { message: 'That model is currently overloaded.' } }, 'capacity'],
    ['a code of capacity', { error: { code: 'NoCapacity', message: 'No.' } }, 'capacity'],
    ['no wording', { error: { message: 'Too Many Requests' } }, 'unknown'],
    ['no body', undefined, 'unknown'],
  ])('429 for %s', (_, body, over) => {
    const headers = { 'retry-after-ms': '1500', 'retry-after': '2', 'x-ratelimit-remaining-tokens': '12' };
    expect(ofStatus(429, body, headers)).toEqual({
      kind: 'throttled',
      waitMs: 1500,
      over,
      hints: { remainingTokens: 12 },
    });
  });

  it.each([
    ['a code', { error: { code: 'insufficient_quota', message: 'You exceeded your current quota.' } }],
    ['a type', { error: { type: 'insufficient_quota', code: '429', message: 'No.' } }],
    [
      'its words',
      { error: { message: 'You exceeded your current quota, please check your plan and billing details.' } },
    ],
    ['a limit of use', { message: 'You have reached your weekly usage limit.' }],
    [
      'a gateway',
      { error: { message: 'Budget has been exceeded! Current cost: 10.1, Max budget: 10.0', code: '429' } },
    ],
  ])('429 is no throttle where money or a limit of use is spent, told by %s', (_, body) => {
    expect(ofStatus(429, body, { 'retry-after': '5' })).toMatchObject({
      kind: 'refused',
      reason: 'payment',
      status: 429,
    });
  });

  it('keeps the service’s own code, unless it only repeats the status', () => {
    const coded = { error: { code: 'OperationNotSupported', message: 'No.' } };
    expect(ofStatus(400, coded)).toMatchObject({ reason: 'misconfigured', code: 'OperationNotSupported' });
    expect(ofStatus(403, { error: { code: '403', message: 'No.' } })).not.toHaveProperty('code');
    expect(ofStatus(400, { error: { code: 'a code with <b>words</b>', message: 'No.' } })).not.toHaveProperty('code');
  });

  it('is about the image where a server error says that it could not be read', () => {
    expect(ofStatus(500, { error: { message: 'Failed to load image.' } })).toMatchObject({
      kind: 'refused',
      reason: 'bad-image',
      imageFault: 'undecodable',
    });
  });

  it('has no hint where the service gives none, and finds one at the end of a long sentence', () => {
    expect(ofStatus(429)).toMatchObject({ waitMs: null });
    expect(ofStatus(429, { error: { message: `${'so '.repeat(200)} Please retry after 9 seconds.` } })).toMatchObject({
      waitMs: 9000,
    });
  });

  it('is also recognised in the client’s own error', () => {
    const error = APIError.generate(401, { error: { message: 'Who?' } }, undefined, new Headers());
    expect(ofError(error)).toEqual({ kind: 'refused', reason: 'unauthorized', status: 401, detail: 'Who?' });
  });
});

describe('outcomeOf a call that broke', () => {
  const allAddressesFailed = Object.assign(new AggregateError([], ''), { code: 'ETIMEDOUT' });
  const terminated = (code: string) =>
    new TypeError('terminated', { cause: Object.assign(new Error('other side closed'), { code }) });

  it.each<[string, unknown, object]>([
    ['a refused connection', connectionError('ECONNREFUSED'), { kind: 'refused', reason: 'unreachable' }],
    ['an unknown name', connectionError('ENOTFOUND'), { kind: 'refused', reason: 'unreachable' }],
    ['a resolver out of order', connectionError('EAI_AGAIN'), { kind: 'refused', reason: 'unreachable' }],
    ['no route', connectionError('EHOSTUNREACH'), { kind: 'refused', reason: 'unreachable' }],
    [
      'an address that is none',
      Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' }),
      { kind: 'refused', reason: 'unreachable' },
    ],
    ['a certificate that ended', connectionError('CERT_HAS_EXPIRED'), { kind: 'refused', reason: 'unreachable' }],
    [
      'no connection in time',
      Object.assign(new APIConnectionTimeoutError(), {
        cause: new TypeError('fetch failed', {
          cause: Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' }),
        }),
      }),
      { kind: 'refused', reason: 'unreachable' },
    ],
    [
      'no connection in time, says the system',
      connectionError('ETIMEDOUT', { syscall: 'connect' }),
      { kind: 'refused', reason: 'unreachable' },
    ],
    [
      'no address that connects',
      new APIConnectionError({ cause: new TypeError('fetch failed', { cause: allAddressesFailed }) }),
      { kind: 'refused', reason: 'unreachable' },
    ],
    ['no token', new NotSent('no-token', 'None.'), { kind: 'refused', reason: 'no-token', detail: 'None.' }],
    ['our end before sending', new NotSent('aborted', 'Over.'), { kind: 'refused', reason: 'aborted' }],
    ['our end after sending', new APIUserAbortError(), { kind: 'ambiguous', reason: 'aborted' }],
    ['a reset', connectionError('ECONNRESET'), { kind: 'ambiguous', reason: 'reset' }],
    ['a closed socket', connectionError('UND_ERR_SOCKET'), { kind: 'ambiguous', reason: 'reset' }],
    ['a broken pipe', connectionError('EPIPE'), { kind: 'ambiguous', reason: 'reset' }],
    ['a timeout', new APIConnectionTimeoutError(), { kind: 'ambiguous', reason: 'timeout' }],
    ['a silent line', connectionError('ETIMEDOUT', { syscall: 'read' }), { kind: 'ambiguous', reason: 'timeout' }],
    ['a body that stalls', terminated('UND_ERR_BODY_TIMEOUT'), { kind: 'ambiguous', reason: 'timeout' }],
    ['a cut body', terminated('UND_ERR_SOCKET'), { kind: 'ambiguous', reason: 'cut-body' }],
    ['a body that does not unpack', terminated('Z_DATA_ERROR'), { kind: 'ambiguous', reason: 'cut-body' }],
    ['broken JSON', new SyntaxError('Unexpected end'), { kind: 'ambiguous', reason: 'not-json' }],
    ['anything else', new Error('?'), { kind: 'ambiguous', reason: 'reset' }],
    ['something that is no error', 'boo', { kind: 'ambiguous', reason: 'reset' }],
    ['nothing', undefined, { kind: 'ambiguous', reason: 'reset' }],
  ])('%s', (_, error, outcome) => {
    const told = ofError(error);
    expect(told).toMatchObject({ ...outcome, status: null });
    expect(JSON.stringify(told)).not.toContain('secret-of-the-header');
  });

  it('gets to an end when causes form a ring', () => {
    const error = new Error('round');
    error.cause = error;
    expect(ofError(error)).toMatchObject({ kind: 'ambiguous', reason: 'reset' });
  });
});

describe('outcomeOf anything', () => {
  const headerNames = fc.constantFrom(
    'retry-after',
    'retry-after-ms',
    'x-ms-retry-after-ms',
    'date',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-limit-requests',
  );
  const headers = fc.dictionary(headerNames, fc.oneof(fc.stringMatching(/^[\x20-\x7e]*$/), fc.float().map(String)));
  const keys = fc.constantFrom(
    ...['error', 'message', 'code', 'innererror', 'content_filter_result', 'choices', 'finish_reason', 'usage'],
    ...['prompt_tokens', 'content', 'refusal', 'filtered', 'violence', 'detail', '__proto__', 'toString', 'valueOf'],
  );
  const { body } = fc.letrec<{ body: unknown }>((tie) => ({
    body: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.constantFrom(undefined, true, 'stop', 'content_filter', 'length', 'ResponsibleAIPolicyViolation'),
      fc.dictionary(keys, tie('body')),
      fc.array(tie('body'), { maxLength: 3 }),
    ),
  }));

  it('never throws, keeps sentences short, and never gives a negative or endless wait', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 999 }), headers, body, (status, given, content) => {
        const outcome = ofStatus(status, content, given);
        if ('detail' in outcome) expect(Array.from(outcome.detail).length).toBeLessThanOrEqual(260);
        if (outcome.kind === 'throttled' && outcome.waitMs !== null) {
          expect(outcome.waitMs).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(outcome.waitMs)).toBe(true);
        }
        if (outcome.kind === 'refused' && outcome.reason !== 'bad-image')
          expect(status < 500 || status === 511).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  /** Replies as services and gateways build them, with parts of one in the place of another. */
  const codes = fc.constantFrom(
    ...[
      'OperationNotSupported',
      'unsupported_parameter',
      'DeploymentNotFound',
      'context_length_exceeded',
      'content_filter',
    ],
    ...[
      'image_parse_error',
      'invalid_prompt',
      'insufficient_quota',
      'BadRequest',
      '429',
      'sanitizer_server_error',
      null,
      7,
    ],
  );
  const words = fc.constantFrom(
    ...['Model {modelName} is enabled only for api versions 2024-12-01-preview and later', 'API version not supported'],
    ...[
      'Invalid image (base64) data.',
      'Unrecognized request argument supplied: store',
      'Please retry after 86400 seconds.',
    ],
    ...[
      'Please try again in 1m30s.',
      "This model's maximum context length is 128000 tokens.",
      '<html><h1>Bad</h1></html>',
    ],
    ...['flagged as potentially violating our usage policy', 'Public access is disabled.', '', 'a'.repeat(5_000)],
  );
  const error = fc.record(
    {
      code: codes,
      message: fc.oneof(words, fc.string()),
      param: fc.constantFrom('reasoning_effort', 'messages[1].content[1].image_url.detail', null),
      type: fc.constantFrom('invalid_request_error', 'insufficient_quota', null),
      innererror: fc.oneof(body, fc.record({ code: codes, content_filter_result: body })),
    },
    { requiredKeys: [] },
  );
  const built = fc.oneof(
    error.map((one) => ({ error: one })),
    error.map((one) => ({ error: { error: one } })),
    error.map((one) => JSON.stringify({ error: one })),
    fc.array(error, { maxLength: 3 }).map((errors) => ({ errors, detail: errors })),
    fc.record({ statusCode: fc.integer(), message: words }),
    words,
    body,
  );
  const KINDS = ['answered', 'throttled', 'refused', 'ambiguous', 'filtered'];

  it('is one of its kinds for 10,000 replies, and ends an image only by words about an image or a request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), headers, built, (status, given, content) => {
        const outcome = ofStatus(status, content, given);
        expect(KINDS).toContain(outcome.kind);
        if (outcome.kind !== 'refused') return;
        expect((outcome.code ?? '').length).toBeLessThanOrEqual(60);
        const step = nextStep(outcome, {
          deployment: 'a',
          attempts: [],
          earlierAsks: 0,
          couldServe: ['a'],
          suspects: [],
          isEncoded: true,
          word: 'doubtful',
          tookMs: 1,
        });
        const isOver = step.kind === 'fail' || step.kind === 'reject';
        expect(isOver).toBe(
          ['bad-image', 'bad-request'].includes(outcome.reason) || (outcome.reason === 'unclear' && status === 413),
        );
        const elsewhere = nextStep(outcome, {
          deployment: 'a',
          attempts: [],
          earlierAsks: 0,
          couldServe: ['a', 'b'],
          suspects: [],
          isEncoded: false,
          word: 'believed',
          tookMs: 1,
        });
        expect(elsewhere.kind).toBe('elsewhere');
      }),
      { numRuns: 10_000, seed: 20_261_201 },
    );
  });

  it('takes any thrown value as an end, refused only when it says that nothing was sent', () => {
    fc.assert(
      fc.property(fc.anything(), (error) => {
        expect(ofError(error).kind).toBe('ambiguous');
      }),
      { numRuns: 300 },
    );
  });

  it('repeats no secret, whatever the service wraps it in', () => {
    const secrets = fc.stringMatching(/^[A-Za-z0-9._~+/=-]{8,60}$/);
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        const body = { error: { message: `${before}${secret}${after}` } };
        const outcome = outcomeOf({ status: 401, headers: new Headers(), body }, { nowMs: NOW_MS, secrets: [secret] });
        expect(JSON.stringify(outcome)).not.toContain(secret);
      }),
    );
  });
});
