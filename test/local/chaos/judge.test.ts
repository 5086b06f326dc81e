import { describe, expect, it } from 'vitest';
import type { Disturbance } from '../../../local/chaos/causeOf.ts';
import { type DroppedImage, isGood, judge, type RecordFacts, type StorageFacts } from '../../../local/chaos/judge.ts';
import type { StorageTrouble } from '../../../local/chaos/storageTroubles.ts';
import type { Charge } from '../../../local/regions/chargeLog.ts';

const IMAGE: DroppedImage = { name: 'a.png', etag: '"1"', digests: ['d1'] };

function recordOf(overrides: Partial<RecordFacts> = {}): RecordFacts {
  const facts = { id: 'r1', name: 'a.png', etag: '"1"', status: 'succeeded', hasLease: false, contentDigest: 'd1' };
  return { ...facts, outcomes: ['answered'], error: null, ...overrides };
}

function storageWith(overrides: Partial<StorageFacts> = {}): StorageFacts {
  const results = new Map([
    ['a.png.analyze.json', 'r1'],
    ['a.png.analyze.md', 'r1'],
  ]);
  return { records: [recordOf()], results, openRows: 0, reservations: 0, messages: { due: 0 }, ...overrides };
}

function chargeOf(sha256 = 'd1', billedTokens = 100): Charge {
  return {
    ...{ id: 'c1', region: 'westus', deployment: 'd-by-0', receivedAtMs: 0, endedAtMs: 1, admissionTokens: 100 },
    ...{ admitted: true, status: 200, code: null, promptTokens: 50, completionTokens: 50, billedTokens },
    ...{ finish: 'stop', answered: true, clientThere: true, fault: null },
    images: [{ sha256, bytes: 1, width: 1, height: 1 }],
  };
}

describe('judge', () => {
  it('finds nothing where each image was paid once and has its result', () => {
    const verdict = judge(
      [IMAGE],
      { charges: [chargeOf(), chargeOf('d1', 0)], disturbances: [], troubles: [] },
      storageWith(),
    );
    expect(verdict).toEqual({
      ...{ images: 1, succeeded: 1, lost: [], failed: [], duplicated: [], paidTwice: [], unrecorded: [], leaked: [] },
      ...{
        extraCharges: 0,
        extraAfter: { fault: 0, kill: 0, outage: 0, storage: 0 },
        unexplained: [],
        ambiguous: 0,
        charges: 2,
        billed: 1,
      },
    });
    expect(isGood(verdict)).toBe(true);
  });

  it.each<[string, Partial<StorageFacts>, readonly Charge[], string, string]>([
    ['an image without a record', { records: [] }, [], 'lost', 'a.png: no record'],
    ['one that is still under way', { records: [recordOf({ status: 'running' })] }, [chargeOf()], 'lost', 'running'],
    ['a success without its result', { results: new Map() }, [chargeOf()], 'lost', 'no md result'],
    ['a failure', { records: [recordOf({ status: 'failed', error: 'internal: x' })] }, [], 'failed', 'internal: x'],
    ['two analyses of a version', { records: [recordOf(), recordOf({ id: 'r2' })] }, [], 'duplicated', '2 analyses'],
    [
      "another version's result",
      { records: [recordOf({ id: 'r2' })] },
      [chargeOf()],
      'duplicated',
      'of another version',
    ],
    ['a charge that no record names', {}, [chargeOf(), chargeOf()], 'unrecorded', 'paid 2 times, 1 attempts'],
    ['a charge for no image', {}, [chargeOf(), chargeOf('other')], 'unrecorded', 'of no image'],
    ['a lease', { records: [recordOf({ hasLease: true })] }, [chargeOf()], 'leaked', 'a lease'],
    ['a row of the index', { openRows: 2 }, [chargeOf()], 'leaked', '2 rows'],
    ['money set aside', { reservations: 1 }, [chargeOf()], 'leaked', '1 reservations'],
    ['a message', { messages: { poison: 3 } }, [chargeOf()], 'leaked', '3 messages in poison'],
  ])('finds %s', (_what, storage, charges, list, sentence) => {
    const verdict = judge(
      [IMAGE],
      { charges, disturbances: [{ fromMs: 0, untilMs: 9 }], troubles: [] },
      storageWith(storage),
    );
    expect(verdict[list as 'lost'].join('\n')).toContain(sentence);
    expect(isGood(verdict)).toBe(false);
  });

  it.each([
    ['a kill while the answer was in hand', { fromMs: 1_000, untilMs: 1_100, asks: '-by-0' }, null, true],
    ['an injected fault', { fromMs: 90_000, untilMs: 90_100 }, 'reset', true],
    ['nothing', { fromMs: 90_000, untilMs: 90_100 }, null, false],
    ['nothing, for another process was killed,', { fromMs: 1_000, untilMs: 1_100, asks: '-by-1' }, null, false],
  ])('takes what was paid twice and stands in the record where %s explains it', (_what, disturbance, fault, isFine) => {
    const records = [recordOf({ outcomes: ['ambiguous', 'answered'] })];
    const charges = [{ ...chargeOf(), fault }, chargeOf()];
    const verdict = judge([IMAGE], { charges, disturbances: [disturbance], troubles: [] }, storageWith({ records }));
    expect(verdict).toMatchObject({ paidTwice: ['a.png: paid 2 times for 1 contents'], extraCharges: 1 });
    expect(isGood(verdict)).toBe(isFine);
    expect(verdict.unexplained).toHaveLength(isFine ? 0 : 1);
  });

  const trouble = (subject: string, fromMs: number, untilMs: number): StorageTrouble => ({
    ...{ resource: 'analyses', subject, fromMs, untilMs },
  });
  const KILLED_LATE: Disturbance = { fromMs: 6_000, untilMs: 6_100, asks: '-by-0' };

  it.each<[string, readonly StorageTrouble[], readonly Disturbance[], boolean]>([
    [
      'its own write was hindered for longer than a lease',
      [trouble('r1', 0, 20_000), trouble('r1', 19_000, 31_000)],
      [],
      true,
    ],
    ['its own write was hindered for less', [trouble('r1', 0, 20_000)], [], false],
    ['its own write was hindered with a gap', [trouble('r1', 0, 20_000), trouble('r1', 21_000, 60_000)], [], false],
    ["another one's write was hindered", [trouble('r2', 0, 60_000)], [], false],
    ['its process was killed while the write was tried again', [trouble('r1', 1_500, 7_500)], [KILLED_LATE], true],
    ['its process was killed later', [], [KILLED_LATE], false],
  ])('takes what was paid twice where the storage explains it: %s', (_what, troubles, disturbances, isFine) => {
    const records = [recordOf({ outcomes: ['ambiguous', 'answered'] })];
    const charges = [chargeOf(), chargeOf()];
    const verdict = judge([IMAGE], { charges, disturbances, troubles }, storageWith({ records }));
    expect(verdict.extraCharges).toBe(1);
    expect(verdict.unexplained).toHaveLength(isFine ? 0 : 1);
    expect(isGood(verdict)).toBe(isFine);
  });
});
