import { app } from '@azure/functions';
import { analyzeUpload } from '../shared/pipeline/analyzeUpload.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';
import { readImageEvent } from '../shared/storage/imageEvent.ts';
import { readQueueMessage } from './queueMessage.ts';

/** Event Grid's subscription delivers into it when INGESTION is `queue`. */
const IMAGE_EVENTS_QUEUE = 'image-events';

const settings = processSettings();

// With wrong settings the events stay in their queue.
if (settings.kind === 'valid' && settings.config.ingestion === 'queue') {
  const { imagesContainer } = settings.config;
  app.storageQueue('onImageEvent', {
    queueName: IMAGE_EVENTS_QUEUE,
    connection: 'IMAGES_STORAGE',
    handler: async (message, context) => {
      const event = readImageEvent(readQueueMessage(message), imagesContainer);
      if (event.kind !== 'created') {
        context.warn(`A message of the queue ${IMAGE_EVENTS_QUEUE} is dropped: ${event.reason}.`);
        return;
      }
      const services = await servicesOfProcess();
      // A missing blob costs one request and leaves no record.
      for (const place of event.places) await analyzeUpload(place, services);
    },
  });
}
