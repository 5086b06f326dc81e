import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AnswerStats } from '../../shared/pool/answerStats.ts';
import type { Charge } from '../../shared/pool/charge.ts';
import { othersCharge } from '../../shared/pool/othersUse.ts';
import { poolStateOf } from '../../shared/pool/poolState.ts';
import { stateOfText, textOfState } from '../../shared/pool/stateText.ts';
import { START_MS, seedPool } from './deployments.ts';

const options = { httpShare: 0.2 };
const pool = poolStateOf(seedPool, options);
const read = (text: string) => stateOfText(text, seedPool, options);
const changed = (change: object): string => JSON.stringify({ ...JSON.parse(textOfState(pool)), ...change });

const answers: AnswerStats = {
  lengths: [
    { look: 70_000, tokens: 140, wasCut: false },
    { look: 70_008, tokens: 152, wasCut: true },
  ],
  money: { spent: 120_000, wasted: 900, atRisk: [{ worth: 1_100, untilMs: START_MS }] },
};

describe('textOfState', () => {
  it('holds what answers have taught, and what lowered caps cost and risk', () => {
    const known = { ...pool, answers: { 'text gpt-4@vision-preview 0123': answers } };
    expect(read(textOfState(known))).toEqual({ kind: 'read', pool: known, writes: [] });
  });

  it('holds charges of every kind, with the ids of bookings that have not ended alone', () => {
    const common = {
      caller: 'http',
      bucket: START_MS / 100,
      tokens: 1_300,
      admissionTokens: 1_200,
      requests: 1,
    } as const;
    const ended = (id: string | null): readonly Charge[] => [
      { ...common, id, isExact: false, countedTokens: 5_000 },
      { ...common, id, isExact: true, countedTokens: 6_000 },
      { ...common, id: null, requests: 7, isExact: true, countedTokens: null },
      othersCharge(START_MS / 100, 900),
    ];
    const open: Charge = { ...common, id: 'a1-1', isExact: false, countedTokens: null };
    const refused: Charge = { ...common, id: 'a1-2', isExact: true, countedTokens: null };
    const withCharges = (charges: readonly Charge[]) => ({
      ...pool,
      states: pool.states.map((state) => ({ ...state, charges })),
    });
    const written = withCharges([...ended('a1-0'), open, refused]);
    const known = withCharges([...ended(null), open, { ...refused, id: null }]);
    expect(read(textOfState(written))).toEqual({ kind: 'read', pool: known, writes: [] });
  });

  it('takes less than 6 KB for as many answers as are ever kept', () => {
    const lengths = Array.from({ length: 125 }, (_, place) => {
      const [look, tokens] = [70_000 + ((place * 7_919) % 2_048), 100 + ((place * 331) % 397)];
      return { look, tokens, wasCut: place % 50 === 0 };
    });
    const kinds = Array.from({ length: 8 }, (_, kind) => [
      `text gpt-4@vision-preview ${kind}`,
      { ...answers, lengths },
    ]);
    const text = textOfState({ ...pool, answers: Object.fromEntries(kinds) });
    expect(deflateRawSync(text).byteLength).toBeLessThan(6_000);
  });
});

describe('stateOfText', () => {
  it('reads rows of the rule before, whose lengths have no looks: those are learned anew', () => {
    const older = changed({ caps: undefined, answers: [['text gpt-4@vision-preview', [140, -150]]] });
    expect(read(older)).toEqual({ kind: 'read', pool, writes: [] });
  });

  it('writes rows that instances of the version before can read, which learn their own caps anew', () => {
    const known = { ...pool, answers: { text: answers } };
    expect(JSON.parse(textOfState(known))).toMatchObject({ shape: 3, answers: [] });
  });

  it.each([
    ['text for numbers', [['text', ['70000'], [140], [0, 0], []]]],
    ['more looks than lengths', [['text', [70_000], [], [0, 0], []]]],
    ['no sums', [['text', [], [], [], []]]],
  ])('finds %s wrong', (_, caps) => {
    expect(read(changed({ caps }))).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining('`caps.0') });
  });
});
