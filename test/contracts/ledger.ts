import { beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../shared/pool/deployment.ts';
import type { AnswerNeed, Booking, Ledger, Need, PoolSignal } from '../../shared/pool/ledger.ts';
import { ambiguous, answered, need, refused, START_MS, seedPool, throttled } from '../pool/deployments.ts';

export interface LedgerUnderTest {
  readonly ledger: Ledger;
  readonly signals: readonly PoolSignal[];
}

/** A clock that a test moves. */
export interface TestClock {
  nowMs: number;
}

/**
 * What every ledger promises. `open` gives a fresh one on the clock, with an HTTP share of a fifth and no jitter.
 */
export function describeLedger(
  name: string,
  open: (deployments: readonly Deployment[], clock: TestClock) => Promise<LedgerUnderTest>,
): void {
  describe(name, () => {
    const [only] = seedPool;
    if (only === undefined) throw new Error('The seed pool has four deployments.');
    let clock: TestClock;
    let pool: LedgerUnderTest;
    let single: LedgerUnderTest;
    beforeEach(async () => {
      clock = { nowMs: START_MS };
      pool = await open(seedPool, clock);
      single = await open([only], clock);
    });

    function bookedWith({ canLower: _, ...rest }: AnswerNeed): Omit<AnswerNeed, 'canLower'> {
      return rest;
    }

    async function booked(ledger: Ledger, wanted: Partial<Need> = {}): Promise<Booking> {
      const placement = await ledger.book(need(wanted));
      if (placement.kind !== 'booked') throw new Error(`Expected a booking, got ${placement.kind}.`);
      return placement.booking;
    }

    it('starts at once on an idle pool, and spreads over its deployments', async () => {
      const bookings: Booking[] = [];
      for (let count = 0; count < 4; count += 1) bookings.push(await booked(pool.ledger));
      expect(bookings.map(({ startMs }) => startMs)).toEqual([START_MS, START_MS, START_MS, START_MS]);
      expect(bookings.map(({ deployment }) => deployment.name)).toEqual(seedPool.map((deployment) => deployment.name));
    });

    it('keeps models apart: quota, queue, HTTP share and refusals of one do not touch the other', async () => {
      const other = { ...only, name: 'other', model: 'gpt-4o@2024-11-20' };
      const { ledger } = await open([only, other, { ...only, name: 'more' }], clock);
      const mine = await booked(ledger, { deploymentName: only.name, admissionTokens: 100, caller: 'http' });
      // An HTTP caller of the same model would keep the backlog from 9,000 of 10,000 tokens.
      for (const admissionTokens of [4_000, 2_000]) {
        expect(await booked(ledger, { model: other.model, admissionTokens })).toMatchObject({ deployment: other });
        clock.nowMs += 2_000;
      }
      expect((await ledger.book(need({ model: other.model, admissionTokens: 5_000 }))).kind).toBe('wait');
      await ledger.settle(mine, throttled({ waitMs: 7_000 }), 100);
      expect((await booked(ledger)).deployment.name).toBe('more');
      expect((await ledger.view()).map((view) => [view.deployment.name, view.throttled])).toEqual([
        [only.name, 1],
        ['other', 0],
        ['more', 0],
      ]);
      expect(await ledger.book(need({ model: 'gpt-5@2025-08-07' }))).toEqual({ kind: 'never', largestMinuteTokens: 0 });
    });

    it('tells when the next can start once the minute is full, and has it wait or come back, as it likes', async () => {
      const first = await booked(single.ledger, { admissionTokens: 10_000, caller: 'http' });
      const asked = need({ caller: 'http', latestStartMs: START_MS + 5_000 });
      expect(first.startMs).toBe(START_MS);
      expect(await single.ledger.book(asked)).toEqual({ kind: 'later', expectedStartMs: START_MS + 60_200 });
      expect(await single.ledger.book({ ...asked, latestStartMs: START_MS + 90_000 })).toEqual({
        kind: 'wait',
        expectedStartMs: START_MS + 60_200,
        askAgainMs: START_MS + 500,
      });
      clock.nowMs += 60_200;
      expect((await booked(single.ledger, asked)).startMs).toBe(START_MS + 60_200);
    });

    it('gives a released place back, and takes a second release without complaint', async () => {
      const booking = await booked(single.ledger, { admissionTokens: 10_000, caller: 'http' });
      await single.ledger.release(booking);
      await single.ledger.release(booking);
      const again = await booked(single.ledger, { admissionTokens: 10_000, caller: 'http' });
      expect(again.startMs).toBe(START_MS);
      expect((await single.ledger.view())[0]?.bookedTokens).toBe(10_000);
    });

    it('gives the place of one that waits no longer to the next', async () => {
      await booked(single.ledger, { admissionTokens: 4_000, caller: 'http' });
      const first = need({ admissionTokens: 5_000, caller: 'http' });
      const second = need({ admissionTokens: 2_400, caller: 'http', createdMs: START_MS + 1 });
      clock.nowMs += 2_000;
      expect((await single.ledger.book(first)).kind).toBe('wait');
      expect((await single.ledger.book(second)).kind).toBe('wait');
      await single.ledger.leave(first.model, first.analysisId);
      await single.ledger.leave(first.model, first.analysisId);
      expect((await single.ledger.book(second)).kind).toBe('booked');
    });

    it('says never, with the largest minute, to what no deployment can take', async () => {
      expect(await pool.ledger.book(need({ admissionTokens: 10_001 }))).toEqual({
        kind: 'never',
        largestMinuteTokens: 10_000,
      });
    });

    it('takes a throttled deployment out for as long as the hint says, and signals it', async () => {
      const booking = await booked(single.ledger);
      clock.nowMs += 100;
      await single.ledger.settle(booking, throttled({ waitMs: 7_000 }), 100);
      const next = need({ admissionTokens: 100 });
      expect(await single.ledger.book(next)).toMatchObject({ kind: 'wait', expectedStartMs: START_MS + 7_100 });
      clock.nowMs += 7_000;
      expect((await booked(single.ledger, next)).startMs).toBe(START_MS + 7_100);
      expect(single.signals.map(({ kind }) => kind)).toEqual(['throttled']);
      expect((await single.ledger.view())[0]?.throttled).toBe(1);
    });

    it('passes over excluded deployments', async () => {
      const exclude = seedPool.slice(0, 3).map((deployment) => deployment.name);
      expect((await booked(pool.ledger, { exclude })).deployment.name).toBe(seedPool[3]?.name);
    });

    it('takes a deployment that answers 401 out at once, names it, and reports an outage when none is left', async () => {
      const booking = await booked(single.ledger);
      await single.ledger.settle(booking, refused('unauthorized', 401), 50);
      expect(await single.ledger.book(need())).toEqual({
        kind: 'outage',
        untilMs: START_MS + 60_000,
        reasons: [`${only.name} answers 401: It said unauthorized.`],
      });
      expect(single.signals).toMatchObject([
        { kind: 'circuit-opened', deployment: only.name },
        { kind: 'misconfigured', deployment: only.name, status: 401, code: null },
      ]);
      expect((await single.ledger.view())[0]?.circuit).toMatchObject({
        state: 'open',
        reason: 'answers 401: It said unauthorized',
      });
    });

    it('lets one probe through when an open circuit has run its time, and all once it is answered', async () => {
      await single.ledger.settle(await booked(single.ledger), refused('unauthorized', 401), 50);
      clock.nowMs += 60_000;
      const probe = await booked(single.ledger, { admissionTokens: 100 });
      expect(await single.ledger.book(need({ admissionTokens: 100 }))).toMatchObject({
        kind: 'outage',
        untilMs: clock.nowMs + 15_000,
      });
      clock.nowMs += 3_000;
      await single.ledger.settle(probe, answered(), 2_900);
      expect(await single.ledger.book(need({ admissionTokens: 100 }))).toMatchObject({ kind: 'booked' });
    });

    it('signals an ambiguous outcome and keeps what it may have cost booked', async () => {
      const booking = await booked(single.ledger);
      await single.ledger.settle(booking, ambiguous('timeout'), 50);
      expect(single.signals.map(({ kind }) => kind)).toEqual(['ambiguous']);
      expect((await single.ledger.view())[0]?.bookedTokens).toBe(booking.bookedTokens);
    });

    it('tells newcomers of a line that has become shorter, and of none that is longer', async () => {
      const told = async (): Promise<number> => {
        const placement = await single.ledger.book(need({ latestStartMs: clock.nowMs + 5_000 }));
        return placement.kind === 'later' ? placement.expectedStartMs : clock.nowMs;
      };
      for (let count = 0; count < 60; count += 1) await told();
      const before = await told();
      await single.ledger.shortenLine(need().model, START_MS + 3_600_000);
      expect(await told()).toBeGreaterThan(before);
      await single.ledger.shortenLine(need().model, START_MS + 180_000);
      expect(await told()).toBe(START_MS + 180_000);
    });

    it('shows answers, their times and a factor learned from the headers', async () => {
      for (let count = 0; count < 20; count += 1) {
        clock.nowMs += 61_000;
        const booking = await booked(single.ledger, { admissionTokens: 1_000 });
        await single.ledger.settle(
          booking,
          answered({ remainingTokens: 9_000, limitTokens: 10_000 }),
          100 * (count + 1),
        );
      }
      const [view] = await single.ledger.view();
      expect(view).toMatchObject({ answered: 20, admissionFactor: 1, latencyMs: { p50: 1_000, p95: 1_900 } });
    });

    describe('output caps', () => {
      const answer = { kind: 'text', look: 70_000, capTokens: 800, canLower: true, outputWeight: 3 };

      /** Sixty answers of 140 to 149 tokens, and then a minute that has no room for another task's cap. */
      async function learnThenFill(): Promise<void> {
        for (let count = 0; count < 60; count += 1) {
          clock.nowMs += 61_000;
          const booking = await booked(single.ledger, { admissionTokens: 1_200, answer });
          const usage = { promptTokens: 400, imageTokens: null, cachedTokens: 0, reasoningTokens: 0, totalTokens: 0 };
          const outcome = { ...answered(), usage: { ...usage, completionTokens: 140 + (count % 10) } };
          await single.ledger.settle(booking, outcome, 100);
        }
        clock.nowMs += 61_000;
        await booked(single.ledger, { admissionTokens: 8_830, caller: 'http' });
        // A request a second.
        clock.nowMs += 2_000;
      }

      it('are lowered to what like answers take while the pool has no room for the task’s, and book as much less', async () => {
        await learnThenFill();
        const booking = await booked(single.ledger, { admissionTokens: 1_200, caller: 'http', answer });
        expect(booking.answer).toEqual({ ...bookedWith(answer), capTokens: 153, isLowered: true });
        expect(booking.admissionTokens).toBe(1_200 - (800 - 153));
      });

      it('stay the task’s while the pool has room', async () => {
        await learnThenFill();
        clock.nowMs += 61_000;
        const booking = await booked(single.ledger, { admissionTokens: 1_200, caller: 'http', answer });
        expect(booking.answer).toEqual({ ...bookedWith(answer), isLowered: false });
      });

      it('stay lowered for a minute after somebody had to wait, for room may be there between two bursts', async () => {
        await learnThenFill();
        const waiting = need({ admissionTokens: 9_000, caller: 'http' });
        expect((await single.ledger.book(waiting)).kind).toBe('wait');
        await single.ledger.leave(waiting.model, waiting.analysisId);
        clock.nowMs += 60_000;
        const first = await booked(single.ledger, { admissionTokens: 1_200, caller: 'http', answer });
        expect(first.answer?.isLowered).toBe(true);
        await single.ledger.release(first);
        clock.nowMs += 2_000;
        const next = await booked(single.ledger, { admissionTokens: 1_200, caller: 'http', answer });
        expect(next.answer?.isLowered).toBe(false);
      });

      it.each([
        ['an answer that is asked for again', { ...answer, canLower: false }],
        ['another kind', { ...answer, kind: 'tables' }],
        ['an image unlike those seen', { ...answer, look: 70_010 }],
      ])('stay the task’s for %s', async (_, other) => {
        await learnThenFill();
        const asked = need({ admissionTokens: 1_200, caller: 'http', answer: other });
        expect((await single.ledger.book(asked)).kind).toBe('wait');
      });

      it('are lowered for no more calls at once than what was paid allows', async () => {
        await learnThenFill();
        const first = await booked(single.ledger, { admissionTokens: 1_200, caller: 'http', answer });
        clock.nowMs += 2_000;
        const next = need({ admissionTokens: 1_200, caller: 'http', answer });
        expect((await single.ledger.book(next)).kind).toBe('wait');
        await single.ledger.release(first);
        expect((await booked(single.ledger, next)).answer?.isLowered).toBe(true);
      });
    });

    it('forgets what lies more than a minute back', async () => {
      await booked(single.ledger, { admissionTokens: 10_000 });
      clock.nowMs += 61_000;
      expect((await single.ledger.view())[0]).toMatchObject({ bookedTokens: 0, freeFromMs: clock.nowMs });
    });
  });
}
