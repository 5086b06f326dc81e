import { describe, expect, it } from 'vitest';
import { resumeAnalysis } from '../../shared/pipeline/resumeAnalysis.ts';
import type { Outcome, Refused } from '../../shared/pool/outcome.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { filtered, refused } from '../pool/deployments.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, drop, newestOf, openStory, type Story } from '../support/story.ts';

const storage = useStorage();
const JPEG = await drawMarkedAs('jpeg');
const BAD_IMAGE: Refused = { ...refused('bad-image', 400), imageFault: 'undecodable', detail: 'Invalid image data.' };

const outcomesOf = async (story: Story): Promise<readonly string[]> =>
  (await newestOf(story)).attempts.map(({ outcome }) => outcome);

/** A story whose requests end so, one after the other; the last one for all that follow. */
function storyOf(...outcomes: readonly Outcome[]): Promise<Story> {
  return openStory(storage, (asked) => outcomes[Math.min(asked, outcomes.length) - 1] ?? answerOf());
}

describe('an image that the service cannot read', () => {
  it('is encoded again and sent once more, with a note in its record', async () => {
    const story = await storyOf(BAD_IMAGE, answerOf());
    const sent: string[] = [];
    const { ask } = story.parts.vision;
    const vision: Story['parts']['vision'] = {
      ask: (deployment, body, limits) => {
        sent.push(JSON.stringify(body));
        return ask(deployment, body, limits);
      },
    };
    await drop({ ...story, parts: { ...story.parts, vision } }, 'odd.jpg', JPEG);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'succeeded', warnings: [{ code: 're-encoded' }] });
    expect(await outcomesOf(story)).toEqual(['refused', 'answered']);
    expect(new Set(sent).size).toBe(2);
    expect(record.image?.sentBytes).not.toBe(JPEG.byteLength);
  });

  it('is rejected with the service’s sentence once the other deployments cannot read our own encoding either', async () => {
    const story = await storyOf(BAD_IMAGE);
    await drop(story, 'broken.jpg', JPEG);
    expect(await newestOf(story)).toMatchObject({
      status: 'rejected',
      error: { code: 'broken-image', detail: 'The model service refused the image with 400: Invalid image data.' },
      warnings: [{ code: 're-encoded' }],
    });
    expect(story.asked).toHaveLength(5);
    expect(new Set(story.asked).size).toBeGreaterThan(1);
  });
});

describe('a deployment that refuses what another one takes', () => {
  it.each(['unclear', 'bad-request', 'misconfigured'] as const)(
    'is at fault (%s): its circuit opens, and the image is answered',
    async (reason) => {
      const story = await storyOf(refused(reason, 400), answerOf());
      await drop(story, 'good.jpg', JPEG);
      expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
      const [first] = story.asked;
      const seen = (await story.parts.ledger.view()).find(({ deployment }) => deployment.name === first);
      expect(seen?.circuit).toMatchObject({ state: 'open', reason: `answers 400: It said ${reason}` });
    },
  );
});

describe('a request that every deployment refuses', () => {
  it('fails after the second that answers others, with the service’s sentence', async () => {
    const answers = Array<Outcome>(4).fill(answerOf());
    const story = await storyOf(...answers, refused('unclear', 400));
    for (const name of ['1', '2', '3', '4']) await drop(story, `${name}.jpg`, JPEG);
    await drop(story, 'refused.jpg', JPEG);
    expect(await newestOf(story)).toMatchObject({
      status: 'failed',
      error: { code: 'service-refused', detail: 'The service refused the request with 400: It said unclear.' },
    });
    expect(story.asked).toHaveLength(6);
    expect((await story.parts.ledger.view()).map(({ circuit }) => circuit.state)).toEqual(Array(4).fill('closed'));
  });

  it('fails after all of them where none has ever answered', async () => {
    const story = await storyOf(refused('unclear', 400));
    await drop(story, 'refused.jpg', JPEG);
    expect(await newestOf(story)).toMatchObject({ status: 'failed', error: { code: 'service-refused' } });
    expect(new Set(story.asked).size).toBe(4);
    expect(story.asked).toHaveLength(4);
  });

  it('waits for the outage’s end where each says that its settings are wrong', async () => {
    const story = await storyOf(...Array<Outcome>(4).fill(refused('misconfigured', 400)), answerOf());
    await drop(story, 'waits.jpg', JPEG);
    const record = await newestOf(story);
    expect(record).toMatchObject({ status: 'waiting', waitingFor: 'outage' });
    expect(story.asked).toHaveLength(4);
    story.pass(61_000);
    await resumeAnalysis(record.id, story.parts);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
  });
});

describe('what an answer teaches about the lengths of others', () => {
  it.each<[string, Outcome, boolean]>([
    ['a whole answer', answerOf(), true],
    ['a refusal in words', answerOf("I'm sorry, but I can't assist with that."), false],
    ['an answer to be repaired', answerOf('{"title":4}'), false],
    ['an answer that is cut', { ...(answerOf('{"title":"A') as object), finish: 'length' } as Outcome, true],
  ])('%s', async (_, outcome, teaches) => {
    const story = await storyOf(outcome);
    const lessons: boolean[] = [];
    const { ledger } = story.parts;
    const watched: Story['parts']['ledger'] = {
      ...ledger,
      settle: (booking, ...ended) => {
        lessons.push(booking.answer?.isNoLesson !== true);
        return ledger.settle(booking, ...ended);
      },
    };
    await drop({ ...story, parts: { ...story.parts, ledger: watched } }, 'one.jpg', JPEG);
    expect(lessons[0]).toBe(teaches);
  });
});

describe('a content filter that may let the same prompt pass', () => {
  const mayPass: Outcome = {
    ...(filtered as Extract<Outcome, { kind: 'filtered' }>),
    category: 'invalid_prompt',
    mayPass: true,
  };

  it('gets the same request once more', async () => {
    const story = await storyOf(mayPass, answerOf());
    await drop(story, 'passes.jpg', JPEG);
    expect(await newestOf(story)).toMatchObject({ status: 'succeeded' });
  });

  it('rejects the image the second time', async () => {
    const story = await storyOf(mayPass);
    await drop(story, 'stopped.jpg', JPEG);
    expect(await newestOf(story)).toMatchObject({
      status: 'rejected',
      error: { code: 'content-filtered', category: 'invalid_prompt' },
    });
    expect(story.asked).toHaveLength(2);
  });
});
