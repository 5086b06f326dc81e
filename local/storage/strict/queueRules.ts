import type { StorageCall } from '../storageCall.ts';
import { refusalAnswer, type StorageAnswer, type StorageLayer, type StorageRefusal } from '../storageLayer.ts';
import { type NextChoice, seededChoices } from './seededChoices.ts';

/** Microsoft Learn, "Put Message", read 2026-11-30: without `messagettl` a message lives for 7 days. */
const DEFAULT_TIME_TO_LIVE_SECONDS = 604_800;
/** How long a deleted message may still be counted, and how often it is. */
const STILL_COUNTED_MS = 1_000;
const STILL_COUNTED_RATE = 0.3;
const SWAPPED_RATE = 0.5;

/** What the Queue service refuses and Azurite takes, and what it leaves open and Azurite never does otherwise. */
export function queueRules(seed: number): StorageLayer {
  const choicesOf = seededChoices(seed);
  const lastDeletedMs = new Map<string, number>();
  return {
    refuse: (call) => {
      if (call.operation !== 'PutMessage') return undefined;
      const problem = problemOfVisibility(call);
      return problem && refusalAnswer(call, problem);
    },
    answer: ({ service, operation, resource }) => {
      if (service !== 'queue') return undefined;
      if (operation === 'DeleteMessage') lastDeletedMs.set(resource, Date.now());
      if (operation === 'GetQueueMetadata') {
        const sinceMs = Date.now() - (lastDeletedMs.get(resource) ?? 0);
        return sinceMs < STILL_COUNTED_MS ? (answer) => countRoughly(answer, choicesOf(resource)) : undefined;
      }
      const isList = operation === 'GetMessages' || operation === 'PeekMessages';
      return isList ? (answer) => swapMessages(answer, choicesOf(resource)) : undefined;
    },
  };
}

/** Microsoft Learn, "Put Message", read 2026-11-30: the visibility timeout must be smaller than the time to live. */
function problemOfVisibility({ url }: StorageCall): StorageRefusal | undefined {
  const hidden = url.searchParams.get('visibilitytimeout');
  const timeToLiveSeconds = Number(url.searchParams.get('messagettl') ?? DEFAULT_TIME_TO_LIVE_SECONDS);
  if (hidden === null || timeToLiveSeconds === -1 || !(Number(hidden) >= timeToLiveSeconds)) return undefined;
  return {
    status: 400,
    code: 'InvalidQueryParameterValue',
    message: 'Value for one of the query parameters specified in the request URI is invalid.',
    details: {
      QueryParameterName: 'visibilitytimeout',
      QueryParameterValue: hidden,
      Reason: 'messagettl must be greater than visibilitytimeout.',
    },
  };
}

/**
 * Microsoft Learn, "Get Queue Metadata", read 2026-11-30: the count is approximate, not lower than the number of messages, and
 * may be higher. Here one that was deleted within the last second is sometimes still counted.
 */
function countRoughly(answer: StorageAnswer, choose: NextChoice): StorageAnswer {
  const count = answer.headers['x-ms-approximate-messages-count'];
  if (answer.status !== 200 || typeof count !== 'string' || choose() >= STILL_COUNTED_RATE) return answer;
  return { ...answer, headers: { ...answer.headers, 'x-ms-approximate-messages-count': String(Number(count) + 1) } };
}

/** Microsoft Learn, "Get Messages", read 2026-11-30: messages are generally, but not always, given first in, first out. */
function swapMessages(answer: StorageAnswer, choose: NextChoice): StorageAnswer {
  const text = answer.body.toString();
  const messages = text.match(/<QueueMessage>.*?<\/QueueMessage>/gs) ?? [];
  if (answer.status !== 200 || messages.length < 2 || choose() >= SWAPPED_RATE) return answer;
  const from = text.indexOf('<QueueMessage>');
  const until = text.lastIndexOf('</QueueMessage>') + '</QueueMessage>'.length;
  const swapped = text.slice(0, from) + messages.toReversed().join('') + text.slice(until);
  return { ...answer, body: Buffer.from(swapped) };
}
