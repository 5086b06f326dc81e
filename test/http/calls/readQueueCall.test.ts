import { describe, expect, it } from 'vitest';
import { defaultsOf } from '../../../shared/http/calls/readAnalyzeCall.ts';
import { readQueueCall } from '../../../shared/http/calls/readQueueCall.ts';
import { continuationOf } from '../../../shared/storage/folderContinuation.ts';
import { configOfTest, jsonCall } from '../calls.ts';

const defaults = defaultsOf(configOfTest());

describe('readQueueCall', () => {
  it.each([
    [{}, { isDryRun: false }],
    [
      { prefix: '2026/', task: 'tables', dryRun: true },
      { prefix: '2026/', task: 'tables', isDryRun: true },
    ],
    [{ parts: 'auto' }, { parts: 'auto', isDryRun: false }],
    [
      { model: 'gpt-4', continuation: continuationOf('', 'b!more') },
      { model: 'gpt-4', continuation: 'b!more', isDryRun: false },
    ],
  ])('of %j is %j', async (body, call) => {
    expect(await readQueueCall(jsonCall(body), defaults)).toEqual(call);
  });

  it.each([
    [{ task: 'ask' }, 'task is "ask": must be a task that needs no question and no schema with each image.'],
    [{ model: 'gpt-9' }, 'model "gpt-9" is neither a model nor a deployment of this pool'],
    [{ prefix: 'b/', continuation: continuationOf('a/', 'x') }, 'continuation is of no page of this folder'],
    [{ continuation: 'zz' }, 'continuation is of no page of this folder'],
    [{ dryRun: 'yes', folder: 'a' }, 'folder is not known here.'],
    [{ prefix: 'a'.repeat(1025) }, 'must be at most 1,024 characters.'],
    [[], 'The body'],
    [null, 'The body'],
  ])('of %j says what is wrong', async (body, sentence) => {
    await expect(readQueueCall(jsonCall(body), defaults)).rejects.toThrow(sentence);
  });
});
