import type { z } from 'zod';
import { apiVersionOf } from '../knownToAzure.ts';
import { callAzure, errorOf, type Reply, type ResourceManager } from '../resourceManager.ts';
import { type Fact, known, type Unknown, unknown } from './row.ts';

/** A read of the resource manager: nothing is created or changed. */
export interface Question<Value> {
  readonly method?: 'GET' | 'POST';
  /** From `/subscriptions` on, with the query's other parts and without the API version. */
  readonly path: string;
  /** The type whose API version it goes by. */
  readonly versionOf: string;
  readonly body?: unknown;
  readonly schema: z.ZodType<Value>;
  /** The code of a 404 that is an answer too, and what it means. */
  readonly absent?: { readonly code: string; readonly value: Value };
  /** What is read, for the sentence where it cannot be: `the quota of eastus2`. */
  readonly what: string;
  /** The role that lets one read it. */
  readonly role?: string;
}

/** Asks Azure; why it is not known where Azure does not say. */
export type Ask = <Value>(question: Question<Value>) => Promise<Fact<Value>>;

/** Without a sign-in everything is unknown for the same reason. */
export const cannotAsk =
  (reason: Unknown): Ask =>
  async () =>
    reason;

export function askOf(azure: ResourceManager): Ask {
  return async (question) => {
    const separator = question.path.includes('?') ? '&' : '?';
    const path = `${question.path}${separator}api-version=${apiVersionOf(question.versionOf)}`;
    const reply = await readAll(azure, question.method ?? 'GET', path, question.body);
    const { absent } = question;
    if (absent && reply.status === 404 && errorOf(reply).startsWith(absent.code)) return known(absent.value);
    if (reply.status !== 200) return refusal(question, reply);
    const parsed = question.schema.safeParse(reply.body);
    return parsed.success ? known(parsed.data) : unexpected(question.what, parsed.error);
  };
}

/** Pages of one list: 200 of a thousand models each. */
const MOST_PAGES = 50;

/** The whole answer; of a list its items, from all pages. */
async function readAll(azure: ResourceManager, method: 'GET' | 'POST', path: string, body: unknown): Promise<Reply> {
  const items: unknown[] = [];
  let next = path;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const reply = await callAzure(azure, method, next, body);
    const { value, nextLink } = (reply.body ?? {}) as { readonly value?: unknown; readonly nextLink?: unknown };
    if (reply.status !== 200 || !Array.isArray(value)) return reply;
    items.push(...value);
    // The token goes to no other host than the one that was asked.
    if (typeof nextLink !== 'string' || !nextLink.startsWith(`${azure.url}/`)) return { ...reply, body: items };
    next = nextLink.slice(azure.url.length);
  }
  return { status: 0, body: { error: `the list has more than ${MOST_PAGES} pages` }, atMs: 0 };
}

function refusal({ what, role = 'Reader' }: Question<unknown>, reply: Reply): Unknown {
  const answer = errorOf(reply);
  if (reply.status === 401) {
    return unknown(`Azure does not take the sign-in (${answer}).`, 'Sign in again: `azd auth login` or `az login`.');
  }
  if (reply.status === 403) {
    return unknown(`You may not read ${what} (${answer}).`, `The role ${role} on the subscription lets you.`);
  }
  if (answer.startsWith('SubscriptionNotFound')) {
    return unknown(answer, 'Sign in to the tenant of the subscription, or set AZURE_SUBSCRIPTION_ID to one of yours.');
  }
  const code = reply.status === 0 ? 'no answer' : `status ${reply.status}`;
  return unknown(`Azure did not say ${what} (${code}: ${answer}).`, 'Run the check again.');
}

function unexpected(what: string, error: z.ZodError): Unknown {
  const [issue] = error.issues;
  const place = issue?.path.join('.') || 'the answer';
  return unknown(
    `Azure described ${what} in an unknown way: ${place}: ${issue?.message}.`,
    'Report this to the authors of Argus.',
  );
}
