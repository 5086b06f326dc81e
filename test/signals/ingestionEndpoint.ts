import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Envelope } from '../../shared/signals/envelopes.ts';

/** How the endpoint answers: as Application Insights does when all is well, or otherwise. */
export type Ingestion =
  | { readonly kind: 'accept' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly to: string }
  /** All but those at these places, with the status of each. */
  | { readonly kind: 'partly'; readonly refused: Readonly<Record<number, number>> }
  /** Takes the request and never answers. */
  | { readonly kind: 'silent' };

export interface TrackRequest {
  readonly path: string;
  readonly authorization: string;
  readonly contentType: string;
  /** As it came, without its compression. */
  readonly text: string;
  readonly envelopes: readonly Envelope[];
}

export interface IngestionEndpoint {
  readonly url: string;
  readonly connectionString: string;
  /** What came in, whatever the answer was; a test may take it out. */
  readonly requests: TrackRequest[];
  readonly answer: (next: Ingestion) => void;
  readonly close: () => Promise<void>;
}

/** The ingestion endpoint of Application Insights on 127.0.0.1: the track API, version 2.1. */
export async function startIngestionEndpoint(): Promise<IngestionEndpoint> {
  const requests: TrackRequest[] = [];
  let answer: Ingestion = { kind: 'accept' };
  const server = createServer(async (incoming, outgoing) => {
    const request = await readTrackRequest(incoming);
    requests.push(request);
    const reply = (status: number, body: object): void => {
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const itemsReceived = request.envelopes.length;
    if (answer.kind === 'silent') return;
    if (answer.kind === 'redirect') outgoing.writeHead(308, { location: answer.to }).end();
    else if (answer.kind === 'status') reply(answer.status, { itemsReceived, itemsAccepted: 0, errors: [] });
    else {
      const refused = answer.kind === 'partly' ? Object.entries(answer.refused) : [];
      const errors = refused.map(([index, statusCode]) => ({ index: Number(index), statusCode, message: 'refused' }));
      const itemsAccepted = itemsReceived - errors.length;
      reply(errors.length > 0 ? 206 : 200, { itemsReceived, itemsAccepted, errors });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    connectionString: `InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=${url}/;LiveEndpoint=${url}/`,
    requests,
    answer: (next) => {
      answer = next;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readTrackRequest(incoming: IncomingMessage): Promise<TrackRequest> {
  const body = Buffer.concat(await incoming.toArray());
  const text = (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  return {
    path: incoming.url ?? '',
    authorization: incoming.headers.authorization ?? '',
    contentType: incoming.headers['content-type'] ?? '',
    text,
    envelopes: text.split('\n').map((line) => JSON.parse(line) as Envelope),
  };
}
