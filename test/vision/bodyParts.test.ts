import { describe, expect, it } from 'vitest';
import { serviceSentence } from '../../shared/vision/bodyParts.ts';

const BASE64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk'.repeat(20);

describe('serviceSentence', () => {
  it.each<[string, unknown, string]>([
    ['Azure OpenAI', { error: { code: '401', message: 'Access denied.' } }, 'Access denied.'],
    ['API Management', { statusCode: 429, message: 'Rate limit is exceeded.' }, 'Rate limit is exceeded.'],
    ['Ollama', { error: 'model "llava" not found' }, 'model "llava" not found'],
    ['a FastAPI server', { detail: 'Not Found' }, 'Not Found'],
    ['a proxy in plain text', 'upstream connect error', 'upstream connect error'],
    ['a proxy in HTML', '<html><style>a{}</style><h1>502 Bad\n Gateway</h1></html>', '502 Bad Gateway'],
    ['a gateway in XML', '<error><code>Busy</code><message>It is down.</message></error>', 'It is down.'],
    ['a gateway in XML without a code', '<Error><Message lang="en">It is down.</Message></Error>', 'It is down.'],
    ['a service whose body a gateway has cut', 'upstream: {"error":{"message":"It is down', 'It is down'],
    ['nobody', { error: { code: 'x' } }, ''],
    ['nobody at all', undefined, ''],
  ])('finds the sentence of %s', (_, body, sentence) => {
    expect(serviceSentence(body, [])).toBe(sentence);
  });

  it.each([
    [`Invalid image: data:image/png;base64,${BASE64}`, 'Invalid image: …'],
    [`Invalid value: '${BASE64}'.`, "Invalid value: '…'."],
    ["Invalid prompt: 'Describe what you see in this picture of my family.'", "Invalid prompt: '…'"],
    ['Invalid prompt: "Describe what you see in this picture of my', 'Invalid prompt: "…"'],
    ['Invalid prompt: “Describe what you see in this picture of my family.”', 'Invalid prompt: “…”'],
    ['token eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik1y.eyJhdWQiOiJodHRw.c2ln is wrong', 'token … is wrong'],
    ['Incorrect API key provided: short-key.', 'Incorrect API key provided: ….'],
  ])('keeps nothing of ours in %s', (message, sentence) => {
    expect(serviceSentence({ error: { message } }, ['short-key'])).toBe(sentence);
  });

  it('keeps short quotations and apostrophes, which explain', () => {
    const message =
      "Unsupported parameter: 'max_tokens' isn't supported with this model, and it won't be. Use 'max_completion_tokens'.";
    expect(serviceSentence({ error: { message } }, [])).toBe(message);
  });

  it('ends after 200 characters, never within one', () => {
    const sentence = serviceSentence({ error: { message: 'no 🖼 '.repeat(200) } }, []);
    expect(Array.from(sentence)).toHaveLength(200);
    expect(Buffer.from(sentence, 'utf8').toString('utf8')).toBe(sentence);
    expect(sentence.endsWith('…')).toBe(true);
  });
});
