import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../local/regions/fault.ts';
import type { OddAnswerName } from '../../local/regions/oddAnswers.ts';
import { seedRegions } from '../../local/regions/regionOptions.ts';
import { plainPng, startTestCloud, type TestAnalysis, type TestCloud } from '../support/testCloud.ts';

/** One deployment with room for all of it, so that a script of faults is a script of model calls. */
let cloud: TestCloud;
beforeAll(async () => {
  const regions = seedRegions().slice(0, 1);
  cloud = await startTestCloud({
    regions: regions.map((region) => ({
      ...region,
      answers: 'fixed',
      deployments: region.deployments.map((each) => ({
        ...each,
        tokensPerMinute: 1_000_000,
        requestsPerMinute: 6_000,
      })),
    })),
  });
});
afterAll(() => cloud?.stop());

type Shown = TestAnalysis & {
  readonly usage: { readonly totalTokens: number } | null;
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
};

interface Called {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly record: Shown;
  readonly calls: number;
  readonly billedTokens: number;
}

let images = 0;

async function post(options: object): Promise<Response> {
  images += 1;
  const base64 = (await plainPng(100 + images, 60)).toString('base64');
  return await cloud.call('/api/analyze', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=20' },
    body: JSON.stringify({ image: { base64 }, ...options }),
  });
}

/** Analyses an image whose model calls meet the faults of the script in turn: the reply, the record, and what was billed. */
async function callWith(script: readonly FaultInput[]): Promise<Called> {
  const region = cloud.regions?.all[0];
  if (!region) throw new Error('There is a region.');
  // An answer between them: three calls in a row without one would open the circuit.
  region.setFaults({});
  await post({ task: 'describe' });
  const before = region.charges().length;
  region.setFaults({ script: [...script] });
  const response = await post({ task: 'describe' });
  const body = (await response.json()) as Record<string, unknown>;
  const list = (await (await cloud.call('/api/analyses?limit=1')).json()) as { analyses: readonly { id: string }[] };
  const record = (await (await cloud.call(`/api/analyses/${list.analyses[0]?.id}`)).json()) as Shown;
  const charges = region.charges().slice(before);
  const billedTokens = charges.reduce((sum, charge) => sum + (charge.billedTokens ?? 0), 0);
  return { status: response.status, body, record, calls: charges.length, billedTokens };
}

const SUMMARY = 'A plain square of one colour on nothing.';
/** Ends before its JSON is closed: usable, and to be mended. */
const CUT: FaultInput = { kind: 'answer', text: `{"title":"A square","summary":"${SUMMARY}","details":["Blue.` };

describe('an odd answer of the service', () => {
  it.each<[OddAnswerName, number, string, number]>([
    ['parts', 200, 'succeeded', 1],
    ['output-parts', 200, 'succeeded', 1],
    ['part', 200, 'succeeded', 1],
    ['object-content', 200, 'succeeded', 1],
    ['two-choices', 200, 'succeeded', 1],
    ['null-finish', 200, 'succeeded', 1],
    ['input-usage', 200, 'succeeded', 1],
    ['text-usage', 200, 'succeeded', 1],
    ['filter-error', 200, 'succeeded', 1],
    ['refusal', 422, 'content-refused', 1],
    ['refusal-with-text', 422, 'content-refused', 1],
    ['refusal-part', 422, 'content-refused', 1],
    ['refusal-in-words', 422, 'content-refused', 1],
    ['refusal-in-fields', 422, 'content-refused', 1],
    ['fired-verdict', 422, 'content-filtered', 1],
    ['filtered-null-content', 422, 'content-filtered', 1],
    ['filtered-no-content', 422, 'content-filtered', 1],
    ['null-content', 502, 'answer-unusable', 2],
    ['no-content', 502, 'answer-unusable', 2],
    ['number-content', 502, 'answer-unusable', 2],
    ['empty-choices', 502, 'answer-unusable', 2],
    ['billed-error', 502, 'answer-unusable', 2],
    ['thinking', 502, 'answer-unusable', 2],
  ])('%s: %i, %s, after %i calls, all of them counted', async (as, status, end, calls) => {
    const called = await callWith([
      { kind: 'odd-answer', as },
      { kind: 'odd-answer', as },
      { kind: 'odd-answer', as },
    ]);
    expect(called).toMatchObject({ status, calls });
    expect(called.record.error?.code ?? called.record.status).toBe(end);
    expect(called.record.usage?.totalTokens).toBe(called.billedTokens);
    expect(called.record.cost.usd).toBeGreaterThan(0);
    expect(called.record.attempts).toHaveLength(calls);
  });

  it('says that the filter was down', async () => {
    const { record } = await callWith([{ kind: 'odd-answer', as: 'filter-error' }]);
    expect(record.warnings).toMatchObject([{ code: 'content-filter-down' }]);
  });

  it('is counted by an estimate where it names no usage', async () => {
    const { record, billedTokens } = await callWith([{ kind: 'odd-answer', as: 'no-usage' }]);
    expect(record.warnings).toMatchObject([{ code: 'usage-estimated' }]);
    expect(Math.abs((record.usage?.totalTokens ?? 0) - billedTokens)).toBeLessThan(0.1 * billedTokens);
  });

  it('is counted where its JSON is broken', async () => {
    const { record, billedTokens } = await callWith([{ kind: 'broken-json' }]);
    expect(record).toMatchObject({ status: 'succeeded', usage: { totalTokens: billedTokens } });
    expect(record.attempts).toMatchObject([{ outcome: 'unusable' }, { outcome: 'answered' }]);
  });
});

describe('a usable answer', () => {
  it.each<[string, FaultInput]>([
    ['refused', { kind: 'refuse', as: 'image-parse-error' }],
    ['filtered', { kind: 'filter-image' }],
    ['filtered as an answer', { kind: 'filter-answer' }],
    ['declined', { kind: 'odd-answer', as: 'refusal-in-words' }],
    ['answered without a word', { kind: 'odd-answer', as: 'null-content' }],
    ['answered with 500', { kind: 'server-error' }],
  ])('is delivered if the repair call is %s', async (_, next) => {
    const called = await callWith([CUT, next, next, next]);
    expect(called).toMatchObject({ status: 200, body: { status: 'succeeded', answer: { summary: SUMMARY } } });
    expect(called.record.warnings).toContainEqual(expect.objectContaining({ code: 'answer-cut' }));
    expect(called.calls).toBeLessThanOrEqual(3);
    expect(called.record.usage?.totalTokens).toBe(called.billedTokens);
  });

  it('names no refusal in the log', () => {
    expect(cloud.lines.filter((line) => line.includes("can't assist"))).toEqual([]);
  });
});

// Last, for three in a row open the circuit.
describe('an answer that is lost on its way', () => {
  it('is bought three times at most where its JSON is broken each time', async () => {
    const called = await callWith(Array<FaultInput>(4).fill({ kind: 'broken-json' }));
    expect(called).toMatchObject({ status: 502, body: { code: 'answer-unusable' }, calls: 3 });
    expect(called.record.usage?.totalTokens).toBe(called.billedTokens);
  });
});
