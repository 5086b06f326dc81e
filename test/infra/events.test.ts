import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { hasCompiler } from './compile.ts';
import { builtTemplate, goldenSnapshots, ofType } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const SUBSCRIPTION = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';

const [toQueue] = ofType(
  goldenSnapshots.get('infra/examples/private.bicepparam') ?? { predictedResources: [], diagnostics: [] },
  SUBSCRIPTION,
);

/** The one resource of the second phase, as the template has it. */
function toFunction(): { readonly properties: Readonly<Record<string, unknown>> } {
  const { resources } = JSON.parse(readFileSync(builtTemplate('webhook').file, 'utf8'));
  return resources.toFunction;
}

describe('events of uploads', () => {
  it('are only finished uploads to the container with the images, not to one whose name begins alike', () => {
    expect(toQueue?.properties.filter).toEqual({
      includedEventTypes: ['Microsoft.Storage.BlobCreated'],
      subjectBeginsWith: '/blobServices/default/containers/images/blobs/',
      enableAdvancedFilteringOnArrays: true,
      advancedFilters: [
        {
          operatorType: 'StringIn',
          key: 'data.api',
          values: ['PutBlob', 'PutBlockList', 'FlushWithClose', 'SftpCommit', 'CopyBlob'],
        },
      ],
    });
  });

  it("are tried for a day and then kept as dead letters, written with the topic's own identity", () => {
    expect(toQueue?.properties.retryPolicy).toEqual({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 });
    expect(toQueue?.properties.deadLetterWithResourceIdentity).toMatchObject({
      identity: { type: 'SystemAssigned' },
      deadLetterDestination: { endpointType: 'StorageBlob', properties: { blobContainerName: 'deadletters' } },
    });
  });

  it('go to the queue with that identity, the only one that a storage firewall lets through, as messages that never expire', () => {
    expect(toQueue?.properties.deliveryWithResourceIdentity).toMatchObject({
      identity: { type: 'SystemAssigned' },
      destination: {
        endpointType: 'StorageQueue',
        properties: { queueName: 'image-events', queueMessageTimeToLiveInSeconds: -1 },
      },
    });
  });

  it('wait for the second phase with the blob trigger: the first makes the topic alone', () => {
    const snapshot = goldenSnapshots.get('infra/main.bicepparam');
    expect(snapshot && ofType(snapshot, 'Microsoft.EventGrid/systemTopics')).toHaveLength(1);
    expect(snapshot && ofType(snapshot, SUBSCRIPTION)).toEqual([]);
  });
});

describe.runIf(hasCompiler())('webhook.bicep', () => {
  it("calls the blob trigger with the host's key, as part of an address", () => {
    expect(toFunction().properties.destination).toMatchObject({
      endpointType: 'WebHook',
      properties: {
        minimumTlsVersionAllowed: '1.2',
        endpointUrl: expect.stringMatching(
          /runtime\/webhooks\/blobs\?functionName=Host\.Functions\.onImageUploaded&code=.*uriComponent\(listKeys\(/,
        ),
      },
    });
  });

  it('has the filter, the retries and the dead letters of the other way', () => {
    const { filter, retryPolicy, deadLetterWithResourceIdentity } = toFunction().properties;
    expect(filter).toMatch(/uploadFilter\(/);
    expect(retryPolicy).toMatch(/retryPolicy\(\)/);
    expect(deadLetterWithResourceIdentity).toMatch(/deadLetters\(/);
  });

  it('gives no key to anybody: it has no output', () => {
    expect(JSON.parse(readFileSync(builtTemplate('webhook').file, 'utf8'))).not.toHaveProperty('outputs');
  });
});
