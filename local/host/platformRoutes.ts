import type { IncomingMessage } from 'node:http';
import type { BlobListener } from './blobListener.ts';
import { readBlobEvents } from './blobWebhook.ts';
import { type HostKeys, isOpenedBy, type Locked } from './hostKeys.ts';
import type { HostLog } from './hostLog.ts';
import { answer, type HttpCall, keyOf } from './httpCall.ts';
import type { IndexedFunction } from './indexFunctions.ts';
import type { Settings } from './settings.ts';

interface PlatformHost {
  readonly hostId: string;
  readonly settings: Settings;
  readonly functions: readonly IndexedFunction[];
  /** Whether a function of the app, disabled or not, has a blob trigger: then the host loads the blob extension. */
  readonly hasBlobExtension: boolean;
  readonly blobListener: BlobListener | undefined;
  readonly keys: HostKeys | undefined;
  readonly log: HostLog;
  /** Runs a function by hand, with the `input` of the call. @throws Error when it cannot be run so. */
  invokeByHand(called: IndexedFunction, input: string): Promise<void>;
}

/** Answers what the host itself serves: its page at `/`, `/admin`, `/runtime/health`, the webhook. `false`: none of these. */
export async function servePlatform(host: PlatformHost, call: HttpCall): Promise<boolean> {
  const { pathname } = call.url;
  if (pathname === '/') {
    answerHomepage(host, call);
  } else if (pathname === '/admin/host/status') {
    whenOpen(host, call, { kind: 'admin' }, () => answer(call.outgoing, 200, status(host)));
  } else if (/^\/runtime\/health(\/live|\/ready)?$/.test(pathname)) {
    answer(call.outgoing, 200, { status: 'Healthy' });
  } else if (pathname === '/runtime/webhooks/blobs' && host.hasBlobExtension) {
    await whenOpen(host, call, { kind: 'webhook', extension: 'blobs' }, () => receiveEvents(host, call));
  } else if (pathname.startsWith('/admin/functions/')) {
    await whenOpen(host, call, { kind: 'admin' }, () => runByHand(host, call));
  } else {
    return false;
  }
  return true;
}

/** The page that says that the app runs; `AzureWebJobsDisableHomepage` takes it away (App settings reference). */
function answerHomepage({ settings }: PlatformHost, { outgoing }: HttpCall): void {
  if (settings.AzureWebJobsDisableHomepage?.toLowerCase() === 'true') {
    answer(outgoing, 204);
    return;
  }
  outgoing.setHeader('content-type', 'text/html');
  outgoing.end('<!DOCTYPE html><html><body>Your Functions 4.0 app is up and running.</body></html>\n');
}

function whenOpen<Value>(host: PlatformHost, call: HttpCall, locked: Locked, act: () => Value): Value | undefined {
  if (host.keys === undefined || isOpenedBy(host.keys, locked, keyOf(call))) return act();
  answer(call.outgoing, 401);
  return undefined;
}

function status(host: PlatformHost): object {
  const uptimeMs = Math.round(process.uptime() * 1000);
  return { id: host.hostId, state: 'Running', version: '4.1040.0', processUptime: uptimeMs };
}

/** `POST /admin/functions/<name>` with `{"input":"container/blob"}`, a message's text, or nothing for a timer. */
async function runByHand(host: PlatformHost, call: HttpCall): Promise<void> {
  const name = decodeURIComponent(call.url.pathname.slice('/admin/functions/'.length));
  const called = host.functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (called === undefined) return answer(call.outgoing, 404);
  const body = await readText(call.incoming);
  if (call.incoming.method === 'GET') return answer(call.outgoing, 200, { name: called.name });
  try {
    const { input } = (body === '' ? {} : JSON.parse(body)) as { input?: unknown };
    await host.invokeByHand(called, typeof input === 'string' ? input : JSON.stringify(input ?? ''));
    answer(call.outgoing, 202);
  } catch (error) {
    answer(call.outgoing, 400, { message: (error as Error).message });
  }
}

async function receiveEvents(host: PlatformHost, call: HttpCall): Promise<void> {
  const functionName = call.url.searchParams.get('functionName') ?? '';
  const eventType = call.incoming.headers['aeg-event-type'];
  const received = readBlobEvents(await readText(call.incoming), {
    functionName,
    eventTypeHeader: typeof eventType === 'string' ? eventType : undefined,
  });
  if (received.kind === 'handshake') {
    answer(call.outgoing, 200, { validationResponse: received.validationResponse });
  } else if (received.kind === 'refused' || host.blobListener === undefined) {
    host.log('warning', 'Host.Blobs', received.kind === 'refused' ? received.reason : 'The app has no blob function.');
    answer(call.outgoing, received.kind === 'refused' ? 400 : 404);
  } else {
    await host.blobListener.enqueue(received.messages);
    answer(call.outgoing, 202);
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
