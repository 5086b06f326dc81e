import { describe, expect, it } from 'vitest';
import { overrideHostJson } from '../../../local/host/appFolder.ts';
import { parseHostFile, parseTimeSpanMs } from '../../../local/host/hostFile.ts';

describe('parseHostFile', () => {
  it.each([
    [100, 32, 68],
    [64, 32, 32],
    [63, 32, 31],
    [16, 9, 7],
    [4, 3, 1],
    [3, 2, 1],
    [2, 2, 0],
    [1, 1, 0],
  ])(
    'turns blobs.maxDegreeOfParallelism %i into batches of %i and a threshold of %i',
    (parallel, batchSize, newBatchThreshold) => {
      const { blobs } = parseHostFile({ extensions: { blobs: { maxDegreeOfParallelism: parallel } } });
      expect(blobs).toMatchObject({ batchSize, newBatchThreshold });
    },
  );

  it('has the defaults of the host', () => {
    expect(parseHostFile({ version: '2.0' })).toMatchObject({
      routePrefix: 'api',
      functionTimeoutMs: undefined,
      blobs: { maxDequeueCount: 5, visibilityTimeoutMs: 0 },
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxDequeueCount: 5,
        visibilityTimeoutMs: 0,
        maxPollingIntervalMs: 60_000,
        messageEncoding: 'base64',
      },
    });
  });

  it('does not let queues.maxDequeueCount touch blob functions', () => {
    expect(parseHostFile({ extensions: { queues: { maxDequeueCount: 2 } } }).blobs.maxDequeueCount).toBe(5);
  });

  it.each([
    [{ queues: { batchSize: 33 } }, 'extensions.queues.batchSize is 33; it must be a whole number from 1 to 32.'],
    [{ blobs: { maxDegreeOfParallelism: 0 } }, 'extensions.blobs.maxDegreeOfParallelism is 0;'],
    [{ queues: { visibilityTimeout: '30' } }, '"30" in host.json is no time span such as 00:00:30.'],
  ])('refuses %o', (extensions, sentence) => {
    expect(() => parseHostFile({ extensions })).toThrow(sentence);
  });
});

describe('parseTimeSpanMs', () => {
  it.each([
    ['00:00:02', 2_000],
    ['00:00:00.250', 250],
    ['01:02:03', 3_723_000],
    ['1.00:00:00', 86_400_000],
  ])('reads %s as %i ms', (span, ms) => {
    expect(parseTimeSpanMs(span)).toBe(ms);
  });
});

describe('overrideHostJson', () => {
  it('takes a value of host.json from a setting', () => {
    const settings = { AzureFunctionsJobHost__extensions__queues__batchSize: '3', OTHER: 'x' };
    const overridden = overrideHostJson({ extensions: { http: { routePrefix: '' } } }, settings);
    expect(overridden).toEqual({ extensions: { http: { routePrefix: '' }, queues: { batchSize: '3' } } });
    expect(parseHostFile(overridden)).toMatchObject({ routePrefix: '', queues: { batchSize: 3 } });
  });
});
