import { refusalAnswer, type StorageAnswer, type StorageLayer, type StorageRefusal } from '../storageLayer.ts';
import { readMarker, writeMarker } from './continuation.ts';
import { type NextChoice, type SmallPages, seededChoices, withQuery, worstChoices } from './seededChoices.ts';

/** How often a listing starts with an empty page, or a page ends early, that need not. */
const EMPTY_RATE = 0.2;
const EARLY_RATE = 0.25;
/** Behind every name below a prefix: no name has a character above this one that XML could carry. */
const AFTER_ALL = '\uFFFD';
const ITEM = /<(Blob|BlobPrefix|Container)>.*?<\/\1>/gs;

/** A blob, a prefix or a container of a listing: its XML, and the last name that it stands for. */
interface ListedItem {
  readonly xml: string;
  readonly name: string;
}

/**
 * Listings of blobs and containers as the Blob service may cut them. A page may hold fewer than asked for and still have a
 * marker (Microsoft Learn, "Listing Blob storage resources", read 2026-11-30), even none at all (gaul/s3proxy#329, 2020-08-26).
 * A marker that the service did not make is refused (noobaa/noobaa-core#6270, 2020-11-18: "Invalid ListBlobs marker."; with a
 * blob's name as marker: minio/minio#4948, 2017-10-10).
 */
export function blobPages(seed: number, smallPages: SmallPages = () => undefined): StorageLayer {
  const choicesOf = seededChoices(seed);
  return {
    refuse: (call) => {
      if (!isListing(call.operation)) return undefined;
      const marker = call.url.searchParams.get('marker') ?? '';
      return marker === '' || readMarker(marker) !== undefined
        ? undefined
        : refusalAnswer(call, invalidMarker(call.operation, marker));
    },
    rewrite: ({ operation, resource, url }) => {
      if (!isListing(operation)) return undefined;
      const marker = url.searchParams.get('marker');
      const most = smallPages(resource);
      if (!marker && most === undefined) return undefined;
      const asked = Number(url.searchParams.get('maxresults') ?? most);
      return {
        path: withQuery(url, {
          // An empty page ends where it began; Azurite knows no marker for that.
          ...(marker && { marker: readMarker(marker) || undefined }),
          ...(most !== undefined && { maxresults: String(Math.min(most, asked)) }),
        }),
      };
    },
    answer: ({ operation, resource, url }) => {
      if (!isListing(operation)) return undefined;
      const marker = url.searchParams.get('marker') ?? '';
      // The marker of an empty first page names no blob either: the page behind it is never empty.
      const chooseWorst = marker === '' ? worstChoices() : () => 1;
      const choose = smallPages(resource) === undefined ? choicesOf(resource) : chooseWorst;
      return (answer) => (answer.status === 200 ? cutAnswer(answer, marker, choose) : answer);
    },
  };
}

function isListing(operation: string): boolean {
  return operation === 'ListBlobs' || operation === 'ListContainers';
}

function cutAnswer(answer: StorageAnswer, marker: string, choose: NextChoice): StorageAnswer {
  const text = answer.body.toString();
  const items = (text.match(ITEM) ?? []).map(listedItem).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const given = unescapeXml(/<NextMarker>(.*?)<\/NextMarker>/s.exec(text)?.[1] ?? '');
  const page = endListing(items, { asked: readMarker(marker) ?? '', next: given }, choose);
  const prefixes = page.items.filter(({ xml }) => xml.startsWith('<BlobPrefix>'));
  const others = page.items.filter(({ xml }) => !xml.startsWith('<BlobPrefix>'));
  const next = page.next === undefined ? '' : writeMarker(page.next);
  const cut = text
    .replace(ITEM, '')
    .replace(/<Marker>.*?<\/Marker>/s, `<Marker>${marker}</Marker>`)
    .replace(/<NextMarker\/>|<NextMarker>.*?<\/NextMarker>/s, `<NextMarker>${next}</NextMarker>`)
    .replace(/<(Blobs|Containers)(?:\/>|><\/\1>)/, (_all, list: string) => {
      return `<${list}>${[...prefixes, ...others].map(({ xml }) => xml).join('')}</${list}>`;
    });
  return { ...answer, body: Buffer.from(cut) };
}

/**
 * Where a page of a listing ends, and the name behind which the next one begins.
 *
 * @param items in the order of their names; versions and snapshots of one blob stay together
 * @param page the name behind which this page begins ('' for the first), and where Azurite would go on ('' for nowhere)
 * @param choose numbers from 0 to 1
 */
export function endListing(
  items: readonly ListedItem[],
  page: { readonly asked: string; readonly next: string },
  choose: NextChoice,
): { readonly items: readonly ListedItem[]; readonly next: string | undefined } {
  const [kind, where] = [choose(), choose()];
  if (kind < EMPTY_RATE && page.asked === '') return { items: [], next: '' };
  const whole = { items, next: page.next === '' ? undefined : page.next };
  if (kind >= EMPTY_RATE + EARLY_RATE || items.length < 2) return whole;
  const last = items[Math.floor(where * (items.length - 1))]?.name ?? '';
  const kept = items.filter(({ name }) => name <= last);
  return kept.length === items.length ? whole : { items: kept, next: last };
}

function listedItem(xml: string): ListedItem {
  const name = unescapeXml(/<Name[^>]*>(.*?)<\/Name>/s.exec(xml)?.[1] ?? '');
  return { xml, name: xml.startsWith('<BlobPrefix>') ? name + AFTER_ALL : name };
}

function invalidMarker(operation: string, marker: string): StorageRefusal {
  return {
    status: 400,
    code: 'InvalidQueryParameterValue',
    message: 'Value for one of the query parameters specified in the request URI is invalid.',
    details: { QueryParameterName: 'marker', QueryParameterValue: marker, Reason: `Invalid ${operation} marker.` },
  };
}

function unescapeXml(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex?: string, decimal?: string, named?: string) => {
    if (named !== undefined) return characters[named] ?? all;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
