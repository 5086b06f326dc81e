import type { OpenAI } from 'openai';
import { defaultsOf } from '../../shared/http/calls/readAnalyzeCall.ts';
import { toDataUrl } from '../../shared/image/pixels/cutIntoParts.ts';
import { planAnalysis } from '../../shared/modelCalls/planAnalysis.ts';
import { resolveRequest } from '../../shared/requests/resolveRequest.ts';
import { readConfig } from '../../shared/settings/config.ts';
import { requestBody } from '../../shared/vision/requestBody.ts';
import type { LiveJob } from './jobs.ts';

type ChatBody = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/** What is asked of every image, by whoever asks. */
export interface Question {
  /** The very request that Argus sends for the same image. */
  readonly bodyOf: (image: Pick<LiveJob, 'png' | 'width' | 'height'>, maxOutputTokens: number) => Promise<ChatBody>;
}

/** The task `describe`, put to the first deployment of a pool (the text of VISION_DEPLOYMENTS). */
export function questionTo(pool: string): Question {
  const config = readConfig({ VISION_DEPLOYMENTS: pool, IMAGES_STORAGE: 'UseDevelopmentStorage=true' });
  const [deployment] = config.deployments;
  if (!deployment) throw new Error('The pool is empty.');
  const request = resolveRequest({ task: 'describe' }, defaultsOf(config));
  return {
    bodyOf: async ({ png, width, height }, maxOutputTokens) => {
      const { model, prompt, detail } = await planAnalysis(
        request,
        { width, height },
        { deployment, nowMs: Date.now() },
      );
      const images = [toDataUrl(png, 'image/png')];
      return requestBody({ deployment, parameters: model.parameters, prompt, images, detail, maxOutputTokens });
    },
  };
}
