import { app } from '@azure/functions';
import { readImageEvent } from '../shared/analyses/imageEvent.ts';
import { analyzeUpload } from '../shared/analyzeUpload.ts';
import { configOfProcess } from '../shared/config.ts';
import { servicesOfProcess } from '../shared/services.ts';

/** Event Grid's subscription delivers into it when INGESTION is `queue`. */
const IMAGE_EVENTS_QUEUE = 'image-events';

const { imagesContainer, ingestion } = configOfProcess();

if (ingestion === 'queue') {
  app.storageQueue('onImageEvent', {
    queueName: IMAGE_EVENTS_QUEUE,
    connection: 'IMAGES_STORAGE',
    handler: async (message, context) => {
      const event = readImageEvent(message, imagesContainer);
      if (event.kind !== 'created') {
        context.warn(`A message of the queue ${IMAGE_EVENTS_QUEUE} is dropped: ${event.reason}.`);
        return;
      }
      const services = await servicesOfProcess();
      // A place where nothing lies costs one request and leaves no trace.
      for (const place of event.places) await analyzeUpload(place, services);
    },
  });
}
