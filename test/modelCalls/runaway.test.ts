import { describe, expect, it } from 'vitest';
import { runawayRepeats } from '../../shared/modelCalls/runaway.ts';
import { analyzeUpload } from '../../shared/pipeline/analyzeUpload.ts';
import { errorOf } from '../../shared/records/analysisRecord.ts';
import { drawMarkedAs } from '../image/drawnImages.ts';
import { useStorage } from '../support/storage.ts';
import { answerOf, openStory } from '../support/story.ts';

const storage = useStorage();

describe('runawayRepeats', () => {
  it.each([
    ['a sentence over and over', `{"text":"${'The house is red. '.repeat(60)}`],
    ['entries of a list', `{"objects":[${'{"name":"cup","count":1},'.repeat(60)}`],
  ])('finds %s', (_what, text) => {
    expect(runawayRepeats(text)).toBeGreaterThanOrEqual(5);
  });

  it.each([
    ['a long text', `{"text":"${Array.from({ length: 400 }, (_, place) => `word${place}`).join(' ')}`],
    ['a column of numbers', `{"rows":[${'["0","0"],'.repeat(100)}`],
    [
      'what was repeated long before its end',
      `${'la '.repeat(50)}${Array.from({ length: 900 }, (_, n) => `w${n}`).join(' ')}`,
    ],
  ])('finds nothing in %s', (_what, text) => {
    expect(runawayRepeats(text)).toBeUndefined();
  });
});

describe('an answer that repeats itself up to its cap', () => {
  it('is paid once and not requested again', async () => {
    const text = `{"title":"A square","summary":"${'It is teal and red. '.repeat(100)}`;
    const story = await openStory(
      storage,
      () => ({ ...answerOf(text), finish: 'length' }) as ReturnType<typeof answerOf>,
    );
    const name = 'square.png';
    await story.upload(name, await drawMarkedAs('png'));
    await analyzeUpload({ container: story.parts.imagesContainer, name }, story.parts);
    const [record] = (await story.parts.analyses.list({ limit: 1 })).records;
    expect(story.asked).toHaveLength(1);
    expect(
      [...(record?.warnings.map(({ detail }) => detail) ?? []), record && errorOf(record)?.detail].join(' '),
    ).toContain('repeats itself at least');
  });
});
