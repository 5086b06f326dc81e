import { z } from 'zod';
import { blobNameProblem } from './blobName.ts';
import type { BlobPlace } from './imageStore.ts';

const BLOB_CREATED = 'Microsoft.Storage.BlobCreated';

const blobEvent = z.object({
  eventType: z.string(),
  subject: z.string(),
  data: z.object({ url: z.string() }).partial().optional(),
});

/** The content of an Event Grid message about a blob of one container. */
type ImageEvent =
  /** The place of the blob; two places if subject and URL of the event disagree. */
  | { readonly kind: 'created'; readonly places: readonly [BlobPlace, ...BlobPlace[]] }
  /** An upload of this container with a name that no blob can have. */
  | { readonly kind: 'nameless'; readonly name: string; readonly reason: string }
  | { readonly kind: 'other'; readonly reason: string };

/**
 * Reads one message of Event Grid's own schema (Azure Blob Storage as an Event Grid source, 2025-10-21).
 *
 * The subject holds the blob's name as it is, the URL holds it percent-encoded. The subject counts; but it has been
 * seen to lose characters outside the basic plane (azure-event-grid-viewer#9), and URLs have been seen with a bare `#`
 * (azure-sdk-for-net#23634). If the two disagree, both are returned, and the storage shows which one exists.
 *
 * @example readImageEvent({ eventType: 'Microsoft.Storage.BlobCreated', subject:
 * '/blobServices/default/containers/images/blobs/a b.png' }, 'images') // { kind: 'created', places: [{ container:
 * 'images', name: 'a b.png' }] }
 */
export function readImageEvent(message: unknown, container: string): ImageEvent {
  const parsed = blobEvent.safeParse(message);
  if (!parsed.success) return { kind: 'other', reason: "it is not an event of Event Grid's schema" };
  const { eventType, subject, data } = parsed.data;
  if (eventType !== BLOB_CREATED) return { kind: 'other', reason: `it is a ${eventType}, not a ${BLOB_CREATED}` };
  const prefix = `/blobServices/default/containers/${container}/blobs/`;
  const name = subject.slice(prefix.length);
  if (!subject.startsWith(prefix) || name === '') {
    return { kind: 'other', reason: `its blob does not lie in the container ${container}` };
  }
  const inUrl = data?.url === undefined ? undefined : nameInUrl(data.url, container);
  const names = [...new Set([name, inUrl ?? name])];
  const [first, ...others] = names.filter((each) => blobNameProblem(each) === undefined);
  if (first === undefined) return { kind: 'nameless', name, reason: `its blob's name ${blobNameProblem(name)}` };
  return {
    kind: 'created',
    places: [{ container, name: first }, ...others.map((each) => ({ container, name: each }))],
  };
}

/** The name behind the container's own, taken as text: a URL parser would end it at a bare `#` or `?`. */
function nameInUrl(url: string, container: string): string | undefined {
  const written = new RegExp(`^https?://[^/]+/(?:[^/]+/)?${container}/(.+)$`).exec(url)?.[1];
  try {
    return written === undefined ? undefined : decodeURIComponent(written);
  } catch {
    return written;
  }
}
