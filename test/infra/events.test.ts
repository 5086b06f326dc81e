import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../infra/examples.ts';
import { hasCompiler } from './compile.ts';
import { goldenSnapshots, ofType, templateOf } from './snapshot.ts';

vi.setConfig({ testTimeout: 300_000 });

const SUBSCRIPTION = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';

/** The one resource of the second phase, as the template has it. */
async function propertiesOfSubscription(template: 'webhook' | 'queue'): Promise<Readonly<Record<string, unknown>>> {
  const { resources } = await templateOf(template);
  return (template === 'webhook' ? resources.toFunction : resources.toQueue).properties;
}

/** What a function of uploadEvents.bicep gives, as it stands in the built template. */
async function givenBy(name: string): Promise<unknown> {
  const { functions } = await templateOf('queue');
  const members = Object.assign({}, ...functions.map(({ members }: { members: object }) => members));
  return members[name].output.value;
}

describe.runIf(await hasCompiler())('events of uploads', () => {
  it('are only finished uploads to the container with the images, not to one whose name begins alike', async () => {
    expect(await givenBy('uploadFilter')).toEqual({
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

  it("are tried for a day and then kept as dead letters, written with the topic's own identity", async () => {
    expect(await givenBy('retryPolicy')).toEqual({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 });
    expect(await givenBy('deadLetters')).toMatchObject({
      identity: { type: 'SystemAssigned' },
      deadLetterDestination: {
        endpointType: 'StorageBlob',
        properties: { blobContainerName: "[parameters('container')]" },
      },
    });
  });

  it('go to the queue with that identity, the only one that a storage firewall lets through, as messages that never expire', async () => {
    expect((await propertiesOfSubscription('queue')).deliveryWithResourceIdentity).toMatchObject({
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

  it.each(['webhook', 'queue'] as const)(
    'have one filter, retries and dead letters, also by %s.bicep',
    async (template) => {
      const { filter, retryPolicy, deadLetterWithResourceIdentity } = await propertiesOfSubscription(template);
      expect(filter).toMatch(/uploadFilter\(variables\('imagesContainer'\)\)/);
      expect(retryPolicy).toMatch(/retryPolicy\(\)/);
      expect(deadLetterWithResourceIdentity).toMatch(/deadLetters\(/);
    },
  );

  it.each(['webhook', 'queue'] as const)('%s.bicep gives no key to anybody: it has no output', async (template) => {
    expect(await templateOf(template)).not.toHaveProperty('outputs');
  });
});

describe.runIf(await hasCompiler())('webhook.bicep', () => {
  it("calls the blob trigger with the host's key, as part of an address", async () => {
    expect((await propertiesOfSubscription('webhook')).destination).toMatchObject({
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
