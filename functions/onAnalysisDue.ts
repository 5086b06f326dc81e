import { app } from '@azure/functions';
import { resumeAnalysis } from '../shared/pipeline/resumeAnalysis.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';
import { DUE_QUEUE } from '../shared/storage/dueQueue.ts';
import { readQueueMessage } from './queueMessage.ts';

// With wrong settings the messages stay in their queue: they have no end of life.
if (processSettings().kind === 'valid') {
  app.storageQueue('onAnalysisDue', {
    queueName: DUE_QUEUE,
    connection: 'IMAGES_STORAGE',
    handler: async (message, context) => {
      const analysisId = (readQueueMessage(message) as { analysisId?: unknown } | null)?.analysisId;
      if (typeof analysisId !== 'string') {
        context.warn('A message of the queue of due analyses names no analysis; it is dropped.');
        return;
      }
      await resumeAnalysis(analysisId, await servicesOfProcess());
    },
  });
}
