import { describe, expect, it } from 'vitest';
import { parsedBody } from '../../shared/vision/bodyParts.ts';
import { outcomeOf } from '../../shared/vision/outcomeOf.ts';

/** The outcome of a refusal as it comes over the wire. */
function ofText(status: number, text: string) {
  return outcomeOf({ status, headers: new Headers(), body: parsedBody(text) }, { nowMs: 0 });
}

const json = JSON.stringify;
const error = (message: string, more: object = {}): string => json({ error: { message, ...more } });
const nested = { error: { code: 'OperationNotSupported', message: 'No.' } };
const filter = {
  error: { code: 'content_filter', innererror: { content_filter_result: { hate: { filtered: true } } } },
};

describe('a refusal that came through a gateway', () => {
  it.each<[string, string, number, string]>([
    [
      'misconfigured',
      'LiteLLM',
      400,
      error("litellm.UnsupportedParamsError: azure does not support parameters: ['store']"),
    ],
    ['misconfigured', 'Portkey', 400, error('azure-openai error: Unrecognized request argument supplied: store')],
    ['misconfigured', 'a list', 400, json([{ error: { code: 400, message: 'Unknown name "store"' } }])],
    ['misconfigured', 'JSON in a message', 400, error(json(nested), { code: 400 })],
    ['misconfigured', 'JSON behind words', 400, `upstream said: ${json(nested)}`],
    [
      'misconfigured',
      'JSON in the metadata of OpenRouter',
      400,
      error('Provider returned error', { metadata: { raw: json(nested) } }),
    ],
    ['misconfigured', 'JSON that breaks off', 400, json(nested).slice(0, -6)],
    ['misconfigured', 'JSON behind a byte order mark', 400, `\uFEFF${json(nested)}`],
    ['misconfigured', 'capital letters', 400, json({ Error: { Code: 'UnsupportedApiVersion', Message: 'Nein.' } })],
    [
      'misconfigured',
      'OData',
      400,
      json({ 'odata.error': { message: { lang: 'en', value: 'api-version not supported' } } }),
    ],
    ['misconfigured', 'XML', 400, '<error><code>OperationNotSupported</code><message>Nein.</message></error>'],
    [
      'misconfigured',
      'a validator',
      422,
      json({ detail: [{ loc: ['body', 'store'], msg: 'Extra inputs are not permitted' }] }),
    ],
    [
      'misconfigured',
      'another language',
      400,
      error('指定されたモデルでは機能しません', { code: 'OperationNotSupported' }),
    ],
    ['misconfigured', 'nginx', 400, '<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>'],
    ['misconfigured', 'nginx without a body', 495, ''],
    [
      'not-found',
      'LiteLLM without the model',
      400,
      error('/chat/completions: Invalid model name passed in model=gpt-4o.'),
    ],
    ['payment', 'LiteLLM’s budget', 429, error('ExceededBudget: User=x over budget.', { type: 'budget_exceeded' })],
    ['payment', 'Portkey’s budget', 412, error('Budget limit exceeded')],
    ['payment', 'API Management’s quota', 403, json({ statusCode: 403, message: 'Out of call volume quota.' })],
    ['forbidden', 'a firewall', 403, '<h2>The request is blocked.</h2>'],
    [
      'forbidden',
      'an account that is blocked',
      403,
      error('Your resource has been temporarily blocked: content policy.'),
    ],
    ['unclear', 'a caller’s JSON amid a sentence', 400, error(`The schema ${json(nested)} is not valid here.`)],
    ['unclear', 'an empty body', 400, ''],
  ])('is %s: %s', (reason, _, status, text) => {
    expect(ofText(status, text)).toMatchObject({ kind: 'refused', reason });
  });

  it.each<[string, string, number, string]>([
    ['hate', 'a list', 400, json([filter])],
    ['hate', 'JSON in a message', 400, error(json(filter))],
    ['hate', 'JSON that breaks off', 400, json(filter).slice(0, -4)],
    ['hate', 'OpenRouter', 400, error('Provider returned error', { metadata: { raw: json(filter) } })],
    ['hate', 'a 403 with its verdict', 403, json(filter)],
    [
      'violence',
      'a check of OpenRouter',
      403,
      error('It requires moderation and your input was flagged', { metadata: { reasons: ['violence'] } }),
    ],
    ['unspecified', 'a guardrail of Portkey', 446, error('The guardrail checks defined in the config failed.')],
    ['unspecified', 'a type', 400, error('blocked', { type: 'content_filter' })],
    ['unspecified', 'a content safety service', 400, error('The request was blocked by Azure AI Content Safety.')],
  ])('is filtered for %s: %s', (category, _, status, text) => {
    expect(ofText(status, text)).toMatchObject({ kind: 'filtered', on: 'image', category });
  });

  it.each<[number, string]>([
    [37_000, json({ statusCode: 429, message: 'Rate limit is exceeded. Try again in 00:00:37.' })],
    [93_784_000, error('Please retry after 1.02:03:04.')],
    [17_000, json({ error: { message: 'Too many' }, retry_after: 17 })],
    [17_000, error('Too many', { retryAfterSeconds: '17' })],
    [1_700, error('Too many', { retry_after_ms: 1700 })],
    [17_000, error('Too many', { details: [{ retryDelay: '17s' }] })],
    [22_000, error('Bitte versuchen Sie es in 22 Sekunden erneut.')],
    [2_500, error('Réessayez dans 2,5 secondes.')],
    [22_000, error('22 秒後に再試行してください。')],
  ])('asks for %i ms by %s', (waitMs, text) => {
    expect(ofText(429, text)).toMatchObject({ kind: 'throttled', waitMs });
  });

  it('keeps no words of an answer where a success has another shape', () => {
    const body = { title: 'Invoice of Ada', message: 'I see an invoice of Ada', detail: 'Ada owes 42' };
    expect(json(ofText(200, json(body)))).not.toContain('Ada');
  });
});
