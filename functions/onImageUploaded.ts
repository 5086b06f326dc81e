import { app } from '@azure/functions';
import { analyzeUpload } from '../shared/pipeline/analyzeUpload.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';
import { placeOfTrigger, registerBlobReferences } from './blobReference.ts';

const settings = processSettings();

// With wrong settings every event would fail, and five failures move a message to a poison queue.
if (settings.kind === 'valid' && settings.config.ingestion === 'blob') {
  const { blobBinding, imagesContainer } = settings.config;
  if (blobBinding === 'reference') registerBlobReferences();
  app.storageBlob('onImageUploaded', {
    path: `${imagesContainer}/{name}`,
    connection: 'IMAGES_STORAGE',
    source: 'EventGrid',
    sdkBinding: blobBinding === 'reference',
    handler: async (input, context) => {
      await analyzeUpload(placeOfTrigger(input, context), await servicesOfProcess());
    },
  });
}
