import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { summarise } from './chargeLog.ts';
import { faultPlanSchema } from './faults.ts';
import { readBody } from './readBody.ts';
import type { Region } from './region.ts';
import { regionChangeSchema } from './regionOptions.ts';

/**
 * How other processes steer a region and read its account, on the region's own port under `/__control/`. No token is
 * asked for: a region listens on the loopback address only.
 *
 * | call | does |
 * |---|---|
 * | `GET charges`, `GET summary`, `DELETE charges` | the account, its totals, a new page |
 * | `GET faults`, `PUT faults`, `DELETE faults` | the plan of faults; PUT replaces it, DELETE ends all faults |
 * | `GET config`, `PATCH config` | the region's settings; quotas, scopes, admission, answers, latency, filter, headers while it runs |
 * | `DELETE windows` | forgets what was counted against the quotas |
 */
export async function handleControl(
  region: Region,
  call: { readonly path: string; readonly incoming: IncomingMessage; readonly outgoing: ServerResponse },
): Promise<void> {
  const body = await readBody(call.incoming);
  const send = (status: number, value: object): void => {
    call.outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const name = `${call.incoming.method} ${call.path}`;
  const action = actions[name];
  if (!action) {
    send(404, { error: `There is no "${name}"; there are ${Object.keys(actions).join(', ')}.` });
    return;
  }
  try {
    const value = body && body.length > 0 ? (JSON.parse(body.toString('utf8')) as unknown) : {};
    send(200, action(region, value));
  } catch (error) {
    if (error instanceof z.ZodError) send(400, { error: z.prettifyError(error) });
    else send(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** What a call answers that changes something. */
const done = (_change: unknown): object => ({});

const actions: Readonly<Record<string, (region: Region, body: unknown) => object>> = {
  'GET charges': (region) => region.charges(),
  'GET summary': (region) => summarise(region.charges()),
  'DELETE charges': (region) => done(region.forgetCharges()),
  'GET faults': (region) => region.faults(),
  'PUT faults': (region, body) => done(region.setFaults(faultPlanSchema.parse(body))),
  'DELETE faults': (region) => done(region.setFaults(faultPlanSchema.parse({}))),
  'GET config': (region) => region.settings(),
  'PATCH config': (region, body) => done(region.change(regionChangeSchema.parse(body))),
  'DELETE windows': (region) => done(region.forgetWindows()),
};
