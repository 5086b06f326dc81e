import { app } from '@azure/functions';
import { DUE_QUEUE } from '../shared/analyses/dueQueue.ts';
import { resumeAnalysis } from '../shared/resumeAnalysis.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.storageQueue('onAnalysisDue', {
  queueName: DUE_QUEUE,
  connection: 'IMAGES_STORAGE',
  handler: async (message, context) => {
    const analysisId = (message as { analysisId?: unknown } | null)?.analysisId;
    if (typeof analysisId !== 'string') {
      context.warn('A message of the queue of due analyses names no analysis; it is dropped.');
      return;
    }
    await resumeAnalysis(analysisId, await servicesOfProcess());
  },
});
