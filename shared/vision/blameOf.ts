import type { ImageFault } from '../pool/outcome.ts';
import { type ErrorParts, errorPartsOf } from './errorParts.ts';
import {
  BY_STATUS,
  DEPLOYMENT_CODES,
  DEPLOYMENT_SENTENCES,
  type DeploymentReason,
  IMAGE_CODES,
  IMAGE_SENTENCES,
  OUR_PARAMETERS,
  REQUEST_CODES,
  REQUEST_SENTENCE,
  SPENT_CODES,
  SPENT_SENTENCE,
} from './refusalWords.ts';
import { sentencesIn } from './serviceSentence.ts';

/** Whose fault a refusal is that no content filter caused. */
export type Blame =
  | { readonly on: 'image'; readonly fault: ImageFault }
  /** No deployment of the model takes such a request. */
  | { readonly on: 'request' }
  /** This deployment: another one may take the request. */
  | { readonly on: 'deployment'; readonly reason: DeploymentReason }
  /** Nothing tells. */
  | { readonly on: 'unknown' };

/**
 * Whose fault a refusal is, told by status, codes, parameter and sentence, in this order. What a caller can bring about
 * (a schema, a cap, a detail) is never held against a deployment on the service's word alone: one caller could take out
 * the whole pool. Such a refusal is `unknown`, and another deployment tells.
 *
 * @param refusal any status from 300 on but 429; no content filter
 * @example 400 with code `OperationNotSupported` is the deployment's, as `misconfigured`; 400 with code
 * `image_parse_error` the image's, as `undecodable`; 400 with a page of HTML is unknown.
 */
export function blameOf({ status, body }: { readonly status: number; readonly body: unknown }): Blame {
  if (status < 400) return { on: 'deployment', reason: 'redirected' };
  const said = sentencesIn(body);
  const parts = errorPartsOf(body);
  if (status !== 404 && isSpent(body)) return { on: 'deployment', reason: 'payment' };
  const byStatus = BY_STATUS[status];
  if (byStatus !== undefined) return { on: 'deployment', reason: byStatus };
  if (parts.codes.some((code) => REQUEST_CODES.has(code)) || says(said, REQUEST_SENTENCE)) return { on: 'request' };
  const fault = imageFault(parts, said);
  if (fault !== undefined) return { on: 'image', fault };
  const reason = deploymentReason(parts, said);
  return reason === undefined ? { on: 'unknown' } : { on: 'deployment', reason };
}

/**
 * Whether money or a limit of use is spent, which a wait of a minute does not bring back. A 429 with the code
 * `insufficient_quota` says so; "exceeded token rate limit" does not.
 */
export function isSpent(body: unknown): boolean {
  const { codes, types } = errorPartsOf(body);
  return [...codes, ...types].some((each) => SPENT_CODES.test(each)) || says(sentencesIn(body), SPENT_SENTENCE);
}

/** What a server error says of the image, if it does: some services answer 500 where they cannot load one. */
export function imageFaultIn(body: unknown): ImageFault | undefined {
  return imageFault(errorPartsOf(body), sentencesIn(body));
}

function says(sentences: readonly string[], pattern: RegExp): boolean {
  return sentences.some((sentence) => pattern.test(sentence));
}

function imageFault({ codes }: ErrorParts, said: readonly string[]): ImageFault | undefined {
  const code = codes.find((each) => Object.hasOwn(IMAGE_CODES, each));
  const byCode = code === undefined ? undefined : IMAGE_CODES[code];
  // One code for several faults: the sentence may know better.
  const bySentence = IMAGE_SENTENCES.find(([pattern]) => says(said, pattern))?.[1];
  return byCode === 'undecodable' && bySentence === 'too-large' ? bySentence : (byCode ?? bySentence);
}

function deploymentReason({ codes, params }: ErrorParts, said: readonly string[]): DeploymentReason | undefined {
  const isOurs = params.some((param) => OUR_PARAMETERS.has(param));
  if (isOurs && codes.some((code) => /^(?:invalid|unsupported|unknown)_(?:value|parameter|type)$/.test(code))) {
    return 'misconfigured';
  }
  const isCallers = params.some((param) => /detail|json_schema/.test(param)) && codes.includes('unsupported_value');
  if (isCallers) return undefined;
  const code = codes.find((each) => Object.hasOwn(DEPLOYMENT_CODES, each));
  if (code !== undefined) return DEPLOYMENT_CODES[code];
  return DEPLOYMENT_SENTENCES.find(([pattern]) => says(said, pattern))?.[1];
}
