import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import type { BlobEvent } from './blobEvent.ts';
import type { Deliver } from './blobEvents.ts';

/** Statuses after which Event Grid does not try again (Event Grid, "Delivery and retry": webhook endpoints). */
const FINAL_STATUSES = [400, 401, 403, 404, 413];

/**
 * Delivers events to a webhook, after the handshake in which it must echo a code.
 *
 * @throws Error when the webhook does not echo it.
 */
export async function deliverToWebhook(url: string, onLine: (line: string) => void): Promise<Deliver> {
  const validationCode = randomUUID();
  const eventType = 'Microsoft.EventGrid.SubscriptionValidationEvent';
  const echoed = await post(url, 'SubscriptionValidation', [{ id: randomUUID(), eventType, data: { validationCode } }]);
  const { validationResponse } = echoed.ok ? ((await echoed.json()) as { validationResponse?: string }) : {};
  if (validationResponse !== validationCode) {
    throw new Error(
      `The webhook ${new URL(url).pathname} did not take the subscription: it answered ${echoed.status}.`,
    );
  }
  return async (event) => {
    const { ok, status } = await post(url, 'Notification', [event]);
    if (ok) return;
    if (!FINAL_STATUSES.includes(status)) throw new Error(`the webhook answered ${status}`);
    onLine(`Event for ${event.subject} is dropped: the webhook answered ${status}.`);
  };
}

/** Delivers each event as one message of base64 text, as Event Grid does to a storage queue. */
export function deliverToQueue(queue: QueueClient): Deliver {
  return async (event) => {
    const text = Buffer.from(JSON.stringify(event), 'utf8').toString('base64');
    await queue.sendMessage(text, { messageTimeToLive: -1 });
  };
}

/**
 * Writes an event that was given up as Event Grid does: a file of its own, which holds a list (Event Grid, "Dead letter and
 * retry policies").
 *
 * @returns the name of the file
 */
export async function writeDeadLetter(
  container: ContainerClient,
  event: BlobEvent,
  lastHttpStatusCode: number,
): Promise<string> {
  const name = `UPLOADS/${event.eventTime.slice(0, 13).replaceAll(/[-T]/g, '/')}/${randomUUID()}.json`;
  const letter = {
    ...event,
    ...{ deadLetterReason: 'MaxDeliveryAttemptsExceeded', deliveryAttempts: 30, lastHttpStatusCode },
    ...{ publishTime: event.eventTime, lastDeliveryAttemptTime: new Date().toISOString() },
  };
  const text = JSON.stringify([letter]);
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
  return name;
}

async function post(url: string, type: 'SubscriptionValidation' | 'Notification', events: unknown): Promise<Response> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'aeg-event-type': type },
    body: JSON.stringify(events),
    // Event Grid waits 30 s for an answer.
    signal: AbortSignal.timeout(30_000),
  });
  if (type === 'Notification') await answer.body?.cancel();
  return answer;
}
