import type { StorageCall } from '../storageCall.ts';
import type { StorageAnswer, StorageLayer } from '../storageLayer.ts';
import { readToken, writeToken } from './continuation.ts';
import { type NextChoice, type SmallPages, seededChoices, withQuery, worstChoices } from './seededChoices.ts';

/** A row's place in a table; without a row key it is the beginning of a partition. */
export interface RowPlace {
  readonly partitionKey: string;
  readonly rowKey?: string;
}

/** How often a page is empty, or ends early, that need not. */
const EMPTY_RATE = 0.2;
const EARLY_RATE = 0.25;
/** How often a page that goes on with another partition is given no row key. */
const NO_ROW_KEY_RATE = 0.5;

/**
 * Pages of entities as the Table service may cut them: at most 1,000 rows, never beyond the border of a partition, earlier
 * after five seconds of work, and sometimes empty with a continuation (Microsoft Learn, "Query timeout and pagination", read
 * 2026-11-30). The continuation may lack its row key (same page; Azure/azure-sdk-for-net#19891, 2021-03-28).
 */
export function tablePages(seed: number, smallPages: SmallPages = () => undefined): StorageLayer {
  const choicesOf = seededChoices(seed);
  return {
    rewrite: (call) => {
      if (call.operation !== 'QueryEntities') return undefined;
      const query = call.url.searchParams;
      const selected = selectedOf(query);
      const place = placeAsked(query);
      const most = smallPages(call.resource);
      const path = withQuery(call.url, {
        ...(most !== undefined && { $top: String(Math.min(most, Number(query.get('$top') ?? most))) }),
        ...(selected && { $select: [...new Set([...selected, 'PartitionKey', 'RowKey'])].join(',') }),
        ...(place && { NextPartitionKey: toAzurite(place.partitionKey), NextRowKey: toAzurite(place.rowKey) }),
      });
      return { path };
    },
    answer: (call) => {
      if (call.operation !== 'QueryEntities') return undefined;
      const isSmall = smallPages(call.resource) !== undefined;
      return (answer) => cutAnswer(call, answer, isSmall ? worstChoices() : choicesOf(call.resource));
    },
  };
}

interface Row {
  readonly PartitionKey: string;
  readonly RowKey: string;
}

function cutAnswer(call: StorageCall, answer: StorageAnswer, choose: NextChoice): StorageAnswer {
  if (answer.status !== 200) return answer;
  const page = JSON.parse(answer.body.toString()) as { value: readonly Row[] };
  const query = call.url.searchParams;
  const asked = placeAsked(query);
  const { rows, next } = endPage(page.value, { asked, next: placeGiven(answer) }, choose);
  const {
    'x-ms-continuation-nextpartitionkey': _partition,
    'x-ms-continuation-nextrowkey': _row,
    ...headers
  } = answer.headers;
  const selected = selectedOf(query);
  const isWhole = rows.length === page.value.length && selected === undefined;
  return {
    ...answer,
    headers: {
      ...headers,
      ...(next && { 'x-ms-continuation-nextpartitionkey': writeToken(next.partitionKey) }),
      ...(next?.rowKey !== undefined && { 'x-ms-continuation-nextrowkey': writeToken(next.rowKey) }),
    },
    body: isWhole
      ? answer.body
      : Buffer.from(JSON.stringify({ ...page, value: rows.map((row) => asSelected(row, selected)) })),
  };
}

/**
 * Where a page ends and what comes next.
 *
 * @param page the place that was asked for, and where Azurite would go on
 * @param choose numbers from 0 to 1
 */
export function endPage<R extends Row>(
  rows: readonly R[],
  page: { readonly asked: RowPlace | undefined; readonly next: RowPlace | undefined },
  choose: NextChoice,
): { readonly rows: readonly R[]; readonly next: RowPlace | undefined } {
  const [kind, where, form] = [choose(), choose(), choose()];
  const border = rows.findIndex(({ PartitionKey }) => PartitionKey !== rows[0]?.PartitionKey);
  const whole = border < 0 ? rows.length : border;
  const early = kind < EMPTY_RATE + EARLY_RATE && whole > 1 ? 1 + Math.floor(where * (whole - 1)) : whole;
  const isEmpty = kind < EMPTY_RATE && page.asked === undefined;
  const count = isEmpty ? 0 : early;
  const first = rows[count];
  // Where nothing matches, an empty page goes on from the beginning of the table.
  const nothing = isEmpty ? { partitionKey: '' } : undefined;
  const next = first ? { partitionKey: first.PartitionKey, rowKey: first.RowKey } : (page.next ?? nothing);
  // No row of the next partition was given yet, so that its beginning is as good a place as its first row that matches.
  const isNewPartition = next?.partitionKey !== rows[count - 1]?.PartitionKey;
  const hasNoRowKey = next !== undefined && isNewPartition && form < NO_ROW_KEY_RATE;
  return { rows: rows.slice(0, count), next: hasNoRowKey ? { partitionKey: next.partitionKey } : next };
}

function selectedOf(query: URLSearchParams): readonly string[] | undefined {
  const selected = query.get('$select') ?? '*';
  return selected === '*' || selected === '' ? undefined : selected.split(',').map((name) => name.trim());
}

function asSelected(row: Row, selected: readonly string[] | undefined): object {
  if (selected === undefined) return row;
  const { PartitionKey, RowKey, ...rest } = row;
  return {
    ...(selected.includes('PartitionKey') && { PartitionKey }),
    ...(selected.includes('RowKey') && { RowKey }),
    ...rest,
  };
}

function placeAsked(query: URLSearchParams): RowPlace | undefined {
  const partitionKey = readToken(query.get('NextPartitionKey') ?? '');
  const rowKey = readToken(query.get('NextRowKey') ?? '');
  return partitionKey === undefined ? undefined : { partitionKey, ...(rowKey !== undefined && { rowKey }) };
}

/** Azurite's own continuation: plain base64 of the keys. */
function placeGiven({ headers }: StorageAnswer): RowPlace | undefined {
  const partitionKey = headers['x-ms-continuation-nextpartitionkey'];
  const rowKey = headers['x-ms-continuation-nextrowkey'];
  if (typeof partitionKey !== 'string' || typeof rowKey !== 'string') return undefined;
  return { partitionKey: fromAzurite(partitionKey), rowKey: fromAzurite(rowKey) };
}

function toAzurite(key: string | undefined): string | undefined {
  return key === undefined ? undefined : Buffer.from(key).toString('base64');
}

function fromAzurite(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
