import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { listQuerySchema, readCancelCall, readRetryCall } from '../../../shared/http/calls/readAnalysesCalls.ts';
import { readAnalyzeCall } from '../../../shared/http/calls/readAnalyzeCall.ts';
import { readEstimateCall } from '../../../shared/http/calls/readEstimateCall.ts';
import { readQueueCall } from '../../../shared/http/calls/readQueueCall.ts';
import { readUsageCall, usageQuerySchema } from '../../../shared/http/calls/readUsageCall.ts';
import { readQuery } from '../../../shared/http/read/readQuery.ts';
import { readResultsCall, resultsQuerySchema } from '../../../shared/http/views/resultLines.ts';
import formsJson from '../../fixtures/multipart-forms.json' with { type: 'json' };
import { configOfTest, requestOf } from '../calls.ts';

/** 10,000 requests that are nearly right: each is taken, or refused by a sentence; none fails in another way. */

const REQUESTS = 10_000;
const config = configOfTest();
const defaults = { task: 'analyze', model: 'gpt-4@vision-preview', language: undefined, deployments: [] } as const;

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** What breaks readers: delimiters, numbers at the edge, half characters, names of prototypes. One character an octet. */
const PIECES = [
  ...[
    '"',
    "'",
    '\\',
    '\\u',
    '\\ud83d',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '\r',
    '\n',
    '\r\n',
    '\r\n\r\n',
    '--',
    ';',
    '=',
    '&',
    '?',
    '#',
    '%',
  ],
  ...[
    '%zz',
    '%ff',
    '%00',
    '+',
    '\0',
    '\x7f',
    '\xe9',
    '\xff\xfe',
    '\xef\xbb\xbf',
    '\xc0\xaf',
    '\xed\xa0\x80',
    'null',
    'true',
    '1e400',
    '-0',
    '0x10',
  ],
  ...[
    '1e2',
    'NaN',
    '__proto__',
    'constructor',
    'image',
    'base64',
    'data:image/png;base64,',
    'blob',
    '../',
    'name=',
    'filename*=',
    'boundary=',
  ],
  ...[
    'Content-Disposition: form-data; name=image',
    'Content-Transfer-Encoding: base64',
    'multipart/mixed',
    'charset=utf-16',
    '['.repeat(300),
  ],
];

const JSON_BODIES = [
  '{"image":{"base64":"iVBORw0KGgo="},"task":"ask","question":"Wie viele?"}',
  `{"image":{"base64":"${'iVBORw0KGgo'.repeat(200)}"}}`,
  '{"image":{"blob":"a/b.png"},"task":"extract","schema":{"type":"object","properties":{"a":{"type":"string"}}}}',
  '{"images":[{"width":513,"height":513,"count":3},{"url":"https://example.com/a.png"}],"models":["gpt-4o"],"tokensPerMinute":5000}',
  '{"prefix":"scans/","dryRun":true,"task":"text"}',
  '{"ids":["00000000000000000000000000000000"]}',
  '{"status":"failed","code":"internal","prefix":"a"}',
];

const QUERIES = [
  '?task=ask&question=Wie%20viele%3F&maxOutputTokens=64&reuse=true',
  '?limit=50&status=waiting&prefix=a%2F',
  '?from=2026-11-01&to=2026-11-23&by=model',
  '?format=csv&prefix=',
  '?models=gpt-4o,gpt-4&tokensPerMinute=5000',
  '',
];

describe('the readers of requests', () => {
  it(`take each of ${REQUESTS} mutated requests, or refuse it by a sentence`, async () => {
    const random = randomNumbers(20_261_201);
    const pick = <Value>(values: readonly Value[]): Value => values[random(values.length)] as Value;
    const mutated = (text: string): string => {
      let changed = text;
      for (let times = random(4); times > 0; times--) {
        const [from, to] = [random(changed.length + 1), random(changed.length + 1)].toSorted((a, b) => a - b) as [
          number,
          number,
        ];
        const middle = [changed.slice(from, to).repeat(2), '', pick(PIECES), pick(PIECES) + changed.slice(from, to)];
        changed = changed.slice(0, from) + pick(middle) + changed.slice(to);
      }
      return changed;
    };
    const outcomes = new Map<string, number>();
    for (let count = 0; count < REQUESTS; count++) {
      const form = pick(formsJson.forms);
      const [contentType, body] = pick([
        ['application/json', mutated(pick(JSON_BODIES))],
        [form.contentType, mutated(form.body)],
        [mutated(form.contentType), form.body],
        [mutated('application/json; charset=utf-8'), pick(JSON_BODIES)],
        ['image/png', pick(PIECES)],
      ] as const);
      const request = requestOf({
        url: `http://localhost:7071/api/analyze${mutated(pick(QUERIES)).replaceAll('\0', '')}`,
        headers: { 'content-type': contentType.replace(/[^\x20-\x7e]/g, ' ') },
        body: Buffer.from(body, 'latin1'),
      });
      const read = pick<() => unknown>([
        () => readAnalyzeCall(request, config),
        () => readEstimateCall(request, config),
        () => readQueueCall(request, defaults),
        () => readRetryCall(request),
        () => readCancelCall(request),
        () => readQuery(request, listQuerySchema),
        () => readUsageCall(readQuery(request, usageQuerySchema), 0),
        () => readResultsCall(readQuery(request, resultsQuerySchema)),
      ]);
      const outcome = await Promise.resolve()
        .then(read)
        .then(
          () => 'taken',
          (error: unknown) => {
            if (!(error instanceof AppError)) throw error;
            expect(error.status).toBeGreaterThanOrEqual(400);
            expect(error.status).toBeLessThan(500);
            expect(error.detail).toMatch(/[.?…]$/);
            return error.code;
          },
        );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(outcomes.get('taken')).toBeGreaterThan(500);
    expect(outcomes.get('invalid-request')).toBeGreaterThan(3_000);
    expect([...outcomes.values()].reduce((sum, each) => sum + each, 0)).toBe(REQUESTS);
  }, 120_000);
});
