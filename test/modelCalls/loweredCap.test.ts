import { describe, expect, it } from 'vitest';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import type { Ledger } from '../../shared/pool/ledger.ts';
import type { Outcome } from '../../shared/pool/outcome.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, DESCRIPTION, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const PNG = await drawMarkedAs('png');
const CUT: Outcome = { kind: 'answered', text: DESCRIPTION.slice(0, 70), finish: 'length', usage: null, hints: {} };
const MISFIT = answerOf('{"headline":"Without a title or a summary"}');

/** The pool's ledger, which lowers every cap that may be lowered to 200. */
function lowering(ledger: Ledger): Ledger {
  return {
    ...ledger,
    book: async (need) => {
      const placement = await ledger.book(need);
      if (placement.kind !== 'booked' || need.answer?.canLower !== true) return placement;
      const answer = { ...need.answer, capTokens: 200, isLowered: true };
      return { kind: 'booked', booking: { ...placement.booking, answer } };
    },
  };
}

/** The output caps that an image was asked with. */
async function capsOf(answers: readonly Outcome[]): Promise<readonly unknown[]> {
  const story = await openStory(storage, () => answerOf());
  const caps: unknown[] = [];
  const parts: Story['parts'] = {
    ...story.parts,
    ledger: lowering(story.parts.ledger),
    vision: {
      ask: async (_, body) => {
        caps.push(body.max_tokens);
        const outcome = answers[caps.length - 1] ?? answerOf();
        return { outcome, tookMs: 5, sentAtMs: parts.now(), requestId: null };
      },
    },
  };
  await story.upload('square.png', PNG);
  await analyzeUpload({ container: parts.imagesContainer, name: 'square.png' }, parts);
  return caps;
}

describe('a cap that the ledger has lowered', () => {
  it('is sent', async () => {
    expect(await capsOf([])).toEqual([200]);
  });

  it('is followed by the task’s longest where it has cut the answer', async () => {
    expect(await capsOf([CUT])).toEqual([200, 2000]);
  });

  it('is not kept for a repair, which gets the task’s own', async () => {
    expect(await capsOf([MISFIT])).toEqual([200, 800]);
  });
});
