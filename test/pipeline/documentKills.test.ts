import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../shared/capabilities.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import { recoverLost } from '../../shared/upkeep/recoverLost.ts';
import { numberedPdf } from '../support/documents.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, finish, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PAGES = 2;
const PDF = await numberedPdf(PAGES);
/** They answer without the storage. */
const AT_ONCE: readonly (string | symbol)[] = ['isDoubtful', 'placeOf'];
const LONGER_THAN_A_LEASE_MS = 20 * 60_000;

class Killed extends Error {
  override readonly name = 'Killed';
}

/** The same parts in a process that is killed at its nth step outside itself: nothing that it does after that arrives. */
function killedAt(parts: Capabilities, nth: number): { readonly parts: Capabilities; readonly steps: () => number } {
  let steps = 0;
  const mortal = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get: (target, name, receiver) => {
        const value = Reflect.get(target, name, receiver);
        if (typeof value !== 'function' || AT_ONCE.includes(name)) return value;
        return (...given: unknown[]) => {
          steps += 1;
          if (steps >= nth) return Promise.reject(new Killed());
          return Reflect.apply(value, target, given);
        };
      },
    });
  const { analyses, due, results, vision, usage } = parts;
  const dying = {
    ...{ analyses: mortal(analyses), due: mortal(due), results: mortal(results) },
    ...{ vision: mortal(vision), usage: mortal(usage) },
  };
  return { parts: { ...parts, ...dying }, steps: () => steps };
}

/** Works until nothing is due, in a process that may be killed; what is left to the timer is called again. */
async function survive(story: Story): Promise<void> {
  for (let round = 0; round < 5; round++) {
    story.pass(LONGER_THAN_A_LEASE_MS);
    await recoverLost(story.parts);
    await finish(story);
  }
}

async function runKilledAt(nth: number): Promise<{ asked: number; markdown: string | undefined; steps: number }> {
  const story = await openStory(storage, () => answerOf());
  const { parts, steps } = killedAt(story.parts, nth);
  await story.upload('contract.pdf', PDF);
  const place = { container: story.parts.imagesContainer, name: 'contract.pdf' };
  const dies = async (work: Promise<void>): Promise<void> => {
    await work.catch(() => undefined);
  };
  await dies(analyzeUpload(place, parts));
  for (let due = await story.takeDue(); due.length > 0; due = await story.takeDue()) {
    for (const id of due) await dies(resumeAnalysis(id, parts));
    if (steps() >= nth) break;
  }
  // The event comes again, as a queue's message does that was not deleted.
  await analyzeUpload(place, story.parts);
  await survive(story);
  const record = await newestOf(story);
  expect(record).toMatchObject({ status: 'succeeded', document: { pages: PAGES, succeeded: PAGES } });
  const result = await story.parts.results.find(record);
  return { asked: story.asked.length, markdown: result?.markdown, steps: steps() };
}

/** Without its time and the container's name, which differ from run to run. */
function comparable(markdown: string | undefined): string {
  return (markdown ?? '').replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, '').replace(/\(<[^>]*>\)/, '');
}

describe('a document whose process is killed', () => {
  it('ends with the same result wherever that happens, and asks at most once more', async () => {
    const undisturbed = await runKilledAt(Number.MAX_SAFE_INTEGER);
    expect(undisturbed.asked).toBe(PAGES);
    expect(undisturbed.steps).toBeGreaterThan(20);
    const every = Math.ceil(undisturbed.steps / 12);
    for (let nth = 1; nth <= undisturbed.steps; nth += every) {
      const run = await runKilledAt(nth);
      expect(run.asked, `killed at step ${nth}`).toBeLessThanOrEqual(PAGES + 1);
      expect(comparable(run.markdown), `killed at step ${nth}`).toBe(comparable(undisturbed.markdown));
    }
  }, 300_000);
});
