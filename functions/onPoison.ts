import { app } from '@azure/functions';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';
import { DUE_QUEUE } from '../shared/storage/dueQueue.ts';
import { readImageEvent } from '../shared/storage/imageEvent.ts';
import { readDeadLetter, recordDeadLetter } from '../shared/upkeep/deadLetters.ts';
import { readQueueMessage } from './queueMessage.ts';

/** Handles poison messages: wakes their analysis again, or writes a failed record. */
const POISON_QUEUES = {
  onBlobPoison: 'webjobs-blobtrigger-poison',
  onDuePoison: `${DUE_QUEUE}-poison`,
  onEventPoison: 'image-events-poison',
} as const;

const settings = processSettings();

// With wrong settings the messages stay in their queues. A poison queue has no poison queue: after five failures the
// host would skip a message for ever.
if (settings.kind === 'valid') {
  const { imagesContainer } = settings.config;
  for (const [name, queueName] of Object.entries(POISON_QUEUES)) {
    app.storageQueue(name, {
      queueName,
      connection: 'IMAGES_STORAGE',
      handler: async (input, context) => {
        const message = readQueueMessage(input);
        const letter = readDeadLetter(message);
        if (letter) {
          await recordDeadLetter(letter, await servicesOfProcess());
          return;
        }
        const event = readImageEvent(message, imagesContainer);
        if (event.kind !== 'created') {
          context.warn(`A message of the queue ${queueName} is dropped: ${event.reason}.`);
          return;
        }
        const services = await servicesOfProcess();
        for (const place of event.places) await recordDeadLetter({ kind: 'blob', place }, services);
      },
    });
  }
}
