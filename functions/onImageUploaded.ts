import { app } from '@azure/functions';
import { analyzeUpload } from '../shared/analyzeUpload.ts';
import { configOfProcess } from '../shared/config.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { placeOfTrigger, registerBlobReferences } from './blobReference.ts';

const { blobBinding, imagesContainer, ingestion } = configOfProcess();

if (ingestion === 'blob') {
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
