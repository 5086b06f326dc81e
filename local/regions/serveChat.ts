import { answerReply } from './answerReply.ts';
import { type ChatRequest, understandChat } from './chatRequest.ts';
import { complete } from './completion.ts';
import { promptFiltered } from './contentFilter.ts';
import { doorFaultReply } from './doorFault.ts';
import type { Fault } from './fault.ts';
import { filtersOf } from './filtersOf.ts';
import { imageParseError } from './imageErrors.ts';
import type { Limiter, Limits } from './limiter.ts';
import { limitHeaders, retryHeaders, untouchedLimitHeaders } from './limitHeaders.ts';
import type { Look } from './lookAt.ts';
import type { ModelRow } from './modelRow.ts';
import { countPrompt, type PromptTokens } from './promptTokens.ts';
import { publishedErrors } from './publishedErrors.ts';
import type { DeploymentSettings, RegionSettings } from './regionOptions.ts';
import { errorReply, type Reply } from './reply.ts';
import { fixedSight, type Seen } from './seen.ts';
import { overQuota, type ServiceError } from './serviceError.ts';
import { seenTogether } from './severalImages.ts';

/** A deployment as it stands: its row, its quota and what has been counted against it. */
export interface RunningDeployment {
  readonly settings: DeploymentSettings;
  readonly row: ModelRow;
  readonly limits: Limits;
  readonly limiter: Limiter;
  readonly requestSliceMs: number;
}

/** One chat completion: judged at the door, metered, looked at, answered. Gives the reply; sends nothing. */
export async function serveChat(
  body: unknown,
  at: {
    readonly deployment: RunningDeployment;
    readonly region: RegionSettings;
    readonly apiVersion: string | null;
    readonly fault: Fault;
    readonly look: Look;
    readonly nowMs: () => number;
  },
): Promise<Reply> {
  const { deployment, region, fault } = at;
  const limits =
    fault.kind === 'lowered-limit'
      ? { ...deployment.limits, tokensPerMinute: fault.tokensPerMinute }
      : deployment.limits;
  const understood = understandChat(body, {
    model: deployment.settings.model,
    row: deployment.row,
    apiVersion: at.apiVersion,
  });
  const counted = await countIt(understood, at);
  const charge = chargeOf(understood, counted);
  const door = doorFaultReply(fault, { apiVersion: at.apiVersion, limits: untouchedLimitHeaders(limits) });
  if (door) return { ...door, charge: { ...charge, ...door.charge, admissionTokens: 0 } };

  const admission = deployment.limiter.admit({ tokens: charge.admissionTokens ?? 0, limits }, at.nowMs());
  const headers = limitHeaders(admission, limits);
  if (admission.over) {
    const said = { apiVersion: at.apiVersion ?? 'v1', retryAfterMs: admission.retryAfterMs };
    const error = overQuota(admission.over, said);
    return chargedError(error, { headers: { ...headers, ...retryHeaders(admission.retryAfterMs) }, charge });
  }
  const admitted = { ...charge, admitted: true };
  const refuse = (error: ServiceError): Reply => chargedError(error, { headers, charge: admitted });
  if (understood.kind === 'refused') return refuse(understood.error);
  if (counted.kind === 'refused') return refuse(counted.error);

  if (fault.kind === 'refuse') return refuse(publishedErrors[fault.as].error);

  const seen = await seeAll(understood.chat, { prompt: counted, region, look: at.look });
  if (seen === 'broken') return refuse(imageParseError);
  const stopped = filtersOf(understood.chat, { fault, region, seen });
  if (stopped.image) return refuse(promptFiltered(stopped.image));
  const completion = await complete(understood.chat, {
    row: deployment.row,
    seen,
    instead: fault.kind === 'answer' ? fault.text : undefined,
    filtered: stopped.answer,
  });
  const { model, version } = deployment.settings;
  return answerReply(completion, {
    model: version === '' ? model : `${model}-${version}`,
    prompt: counted,
    headers,
    charge: admitted,
    region,
    fault,
    createdAtMs: at.nowMs(),
  });
}

async function countIt(
  understood: ReturnType<typeof understandChat>,
  at: { readonly deployment: RunningDeployment; readonly region: RegionSettings },
): Promise<Awaited<ReturnType<typeof countPrompt>>> {
  // A request that is refused for what it says still counts as a request.
  if (understood.kind === 'refused') return understood;
  return countPrompt(understood.chat, { row: at.deployment.row, admission: at.region.admission });
}

function chargeOf(
  understood: ReturnType<typeof understandChat>,
  counted: Awaited<ReturnType<typeof countPrompt>>,
): Reply['charge'] {
  const sent = understood.kind === 'chat' ? understood.chat.images : [];
  const images = sent.map(({ sha256, bytes, width, height }) => ({ sha256, bytes: bytes.length, width, height }));
  return { images, admissionTokens: counted.kind === 'counted' ? counted.admissionTokens : 0 };
}

function chargedError(
  error: ServiceError,
  with_: { readonly headers: Readonly<Record<string, string>>; readonly charge: Reply['charge'] },
): Reply {
  const reply = errorReply(error, with_.headers);
  return { ...reply, charge: { ...with_.charge, ...reply.charge } };
}

async function seeAll(
  chat: ChatRequest,
  by: { readonly prompt: PromptTokens; readonly region: RegionSettings; readonly look: Look },
): Promise<Seen | undefined | 'broken'> {
  const looks = chat.images.map((image, index) => {
    const size = by.prompt.sights[index] ?? image;
    return by.region.answers === 'fixed' ? fixedSight(image) : by.look(image, size);
  });
  const looked = await Promise.all(looks);
  const all = looked.filter((seen) => seen !== null);
  if (all.length < looked.length) return 'broken';
  const heightsPx = chat.images.map((image, index) => (by.prompt.sights[index] ?? image).height);
  return seenTogether(all, heightsPx);
}
