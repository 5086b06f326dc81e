import { app } from '@azure/functions';
import { DUE_QUEUE } from '../shared/analyses/dueQueue.ts';
import { readImageEvent } from '../shared/analyses/imageEvent.ts';
import { configOfProcess } from '../shared/config.ts';
import { readDeadLetter, recordDeadLetter } from '../shared/deadLetters.ts';
import { servicesOfProcess } from '../shared/services.ts';

/** Where the host moves what failed at every delivery; what each was about is called again, or becomes a record that says so. */
const POISON_QUEUES = {
  onBlobPoison: 'webjobs-blobtrigger-poison',
  onDuePoison: `${DUE_QUEUE}-poison`,
  onEventPoison: 'image-events-poison',
} as const;

const { imagesContainer } = configOfProcess();

for (const [name, queueName] of Object.entries(POISON_QUEUES)) {
  app.storageQueue(name, {
    queueName,
    connection: 'IMAGES_STORAGE',
    handler: async (message, context) => {
      const services = await servicesOfProcess();
      const letter = readDeadLetter(message);
      if (letter) {
        await recordDeadLetter(letter, services);
        return;
      }
      const event = readImageEvent(message, imagesContainer);
      if (event.kind !== 'created') {
        context.warn(`A message of the queue ${queueName} is dropped: ${event.reason}.`);
        return;
      }
      for (const place of event.places) await recordDeadLetter({ kind: 'blob', place }, services);
    },
  });
}
