import { app } from '@azure/functions';
import { DUE_QUEUE } from '../shared/analyses/dueQueue.ts';
import { processSettings } from '../shared/processSettings.ts';
import { resumeAnalysis } from '../shared/resumeAnalysis.ts';
import { servicesOfProcess } from '../shared/services.ts';
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
