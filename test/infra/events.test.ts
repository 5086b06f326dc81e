import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { hasCompiler } from './compile.ts';
import { builtTemplate, goldenSnapshots, ofType } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const SUBSCRIPTION = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';

/** The one resource of the second phase, as the template has it. */
function subscriptionOf(template: 'webhook' | 'queue'): { readonly properties: Readonly<Record<string, unknown>> } {
  const { resources } = JSON.parse(readFileSync(builtTemplate(template).file, 'utf8'));
  return template === 'webhook' ? resources.toFunction : resources.toQueue;
}

/** What a function of uploadEvents.bicep gives, as it stands in the built template. */
function givenBy(name: string): unknown {
  const { functions } = JSON.parse(readFileSync(builtTemplate('queue').file, 'utf8'));
  const members = Object.assign({}, ...functions.map(({ members }: { members: object }) => members));
  return members[name].output.value;
}

describe.runIf(hasCompiler())('events of uploads', () => {
  it('are only finished uploads to the container with the images, not to one whose name begins alike', () => {
    expect(givenBy('uploadFilter')).toEqual({
      includedEventTypes: ['Microsoft.Storage.BlobCreated'],
      subjectBeginsWith: "[format('/blobServices/default/containers/{0}/blobs/', parameters('container'))]",
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
    expect(givenBy('retryPolicy')).toEqual({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 });
    expect(givenBy('deadLetters')).toMatchObject({
      identity: { type: 'SystemAssigned' },
      deadLetterDestination: {
        endpointType: 'StorageBlob',
        properties: { blobContainerName: "[parameters('container')]" },
      },
    });
  });

  it('go to the queue with that identity, the only one that a storage firewall lets through, as messages that never expire', () => {
    expect(subscriptionOf('queue').properties.deliveryWithResourceIdentity).toMatchObject({
      identity: { type: 'SystemAssigned' },
      destination: {
        endpointType: 'StorageQueue',
        properties: { queueName: "[variables('eventsQueue')]", queueMessageTimeToLiveInSeconds: -1 },
      },
    });
  });

  it.each(EXAMPLES)('%s leaves the subscription to the second phase: the first makes the topic alone', (example) => {
    const snapshot = goldenSnapshots.get(example);
    expect(snapshot && ofType(snapshot, 'Microsoft.EventGrid/systemTopics')).toHaveLength(1);
    expect(snapshot && ofType(snapshot, SUBSCRIPTION)).toEqual([]);
  });

  it.each(['webhook', 'queue'] as const)('have one filter, retries and dead letters, also by %s.bicep', (template) => {
    const { filter, retryPolicy, deadLetterWithResourceIdentity } = subscriptionOf(template).properties;
    expect(filter).toMatch(/uploadFilter\(variables\('imagesContainer'\)\)/);
    expect(retryPolicy).toMatch(/retryPolicy\(\)/);
    expect(deadLetterWithResourceIdentity).toMatch(/deadLetters\(/);
  });

  it.each(['webhook', 'queue'] as const)('%s.bicep gives no key to anybody: it has no output', (template) => {
    expect(JSON.parse(readFileSync(builtTemplate(template).file, 'utf8'))).not.toHaveProperty('outputs');
  });
});

describe.runIf(hasCompiler())('webhook.bicep', () => {
  it("calls the blob trigger with the host's key, as part of an address", () => {
    expect(subscriptionOf('webhook').properties.destination).toMatchObject({
      endpointType: 'WebHook',
      properties: {
        minimumTlsVersionAllowed: '1.2',
        endpointUrl: expect.stringMatching(
          /runtime\/webhooks\/blobs\?functionName=Host\.Functions\.onImageUploaded&code=.*uriComponent\(listKeys\(/,
        ),
      },
    });
  });
});
