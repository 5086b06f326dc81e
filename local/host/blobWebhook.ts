import { splitBlobPath } from './blobPath.ts';
import type { BlobTriggerMessage } from './blobTrigger.ts';

type WebhookAnswer =
  | { readonly kind: 'handshake'; readonly validationResponse: string }
  | { readonly kind: 'accepted'; readonly messages: readonly BlobTriggerMessage[] }
  | { readonly kind: 'refused'; readonly reason: string };

interface GridEvent {
  readonly eventType?: string;
  readonly data?: {
    readonly validationCode?: string;
    readonly url?: string;
    readonly eTag?: string;
    readonly blobType?: string;
  };
}

/**
 * What the blob extension makes of a call of Event Grid to `/runtime/webhooks/blobs?functionName=Host.Functions.<name>`
 * (azure-sdk-for-net, BlobsExtensionConfigProvider): the handshake is echoed, each event becomes one message.
 */
export function readBlobEvents(
  body: string,
  call: { readonly functionName: string; readonly eventTypeHeader: string | undefined },
): WebhookAnswer {
  let events: unknown;
  try {
    events = JSON.parse(body);
  } catch {
    return { kind: 'refused', reason: 'The body is no JSON.' };
  }
  const list = (Array.isArray(events) ? events : [events]) as readonly GridEvent[];
  if (call.eventTypeHeader?.toLowerCase() === 'subscriptionvalidation') {
    return { kind: 'handshake', validationResponse: list[0]?.data?.validationCode ?? '' };
  }
  if (call.eventTypeHeader?.toLowerCase() !== 'notification') {
    return { kind: 'refused', reason: 'The header aeg-event-type is neither SubscriptionValidation nor Notification.' };
  }
  try {
    return { kind: 'accepted', messages: list.map((event) => toMessage(event, call.functionName)) };
  } catch (error) {
    return { kind: 'refused', reason: (error as Error).message };
  }
}

function toMessage(event: GridEvent, functionName: string): BlobTriggerMessage {
  const url = new URL(event.data?.url ?? '');
  // At an address instead of a name, as with Azurite, the account is the first part of the path (BlobUriBuilder).
  const isAddress = /^[\d.]+$/.test(url.hostname);
  const path = url.pathname.slice(1);
  const { container, name } = splitBlobPath(isAddress ? path.slice(path.indexOf('/') + 1) : path);
  return {
    FunctionId: functionName,
    BlobType: (event.data?.blobType ?? 'BlockBlob').replace('Blob', ''),
    ContainerName: decodeURIComponent(container),
    BlobName: decodeURIComponent(name),
    ETag: `"${event.data?.eTag ?? ''}"`,
  };
}
