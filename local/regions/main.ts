import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { startIdentityEndpoint } from '../identity/identityEndpoint.ts';
import { writeCharges } from './chargeLog.ts';
import { regionOptionsSchema, seedRegions } from './regionOptions.ts';
import { startRegions } from './startRegions.ts';

/**
 * The emulated regions and the identity endpoint as a process of their own:
 *
 *     node local/regions/main.ts '{"identity":{"port":0},"regions":[...]}'
 *
 * Without an argument the configuration is read from standard input up to its first line's end; an empty one gives the
 * seed's four regions. One line of JSON says when and where they are ready. The process ends on SIGTERM, on SIGINT, and
 * when its standard input closes, so that it never outlives whoever started it.
 */
const configurationSchema = z.strictObject({
  secret: z.string().optional(),
  identity: z
    .strictObject({
      port: z.int().min(0).max(65_535).default(0),
      tokenLifetimeSeconds: z.number().positive().optional(),
    })
    .default({ port: 0 }),
  regions: z.array(regionOptionsSchema).min(1).optional(),
  seed: z.int().optional(),
  /** Where the charges are written when the process ends. */
  chargesFile: z.string().optional(),
});

try {
  await run(process.argv[2] ?? (await firstLine()));
} catch (error) {
  const sentence =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
  console.error(`The emulated regions could not start: ${sentence}`);
  process.exit(1);
}

async function run(line: string): Promise<void> {
  const configuration = configurationSchema.parse(line.trim() === '' ? {} : JSON.parse(line));
  const secret = configuration.secret ?? randomUUID();
  const { port, tokenLifetimeSeconds } = configuration.identity;
  const identity = await startIdentityEndpoint({
    port,
    secret,
    ...(tokenLifetimeSeconds === undefined ? {} : { tokenLifetimeSeconds }),
  });
  const regions = await startRegions({
    secret,
    regions: configuration.regions ?? seedRegions(),
    ...(configuration.seed === undefined ? {} : { seed: configuration.seed }),
  });

  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    if (configuration.chargesFile !== undefined) await writeCharges(regions.charges(), configuration.chargesFile);
    await Promise.all([regions.close(), identity.close()]);
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.stdin.on('close', end);
  process.stdin.on('end', end);
  process.stdin.resume();
  if (process.stdin.readableEnded) await end();

  const ready = {
    ready: true,
    identity: { url: identity.url, header: identity.header },
    regions: regions.all.map(({ name, endpoint, control }) => ({ name, endpoint, control })),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

/** Up to the first line's end, so that standard input may stay open behind it. */
function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let read = '';
    const take = (chunk: Buffer): void => {
      read += chunk.toString('utf8');
      if (read.includes('\n')) finish();
    };
    const finish = (): void => {
      process.stdin.off('data', take);
      process.stdin.off('end', finish);
      resolve(read.split('\n')[0] ?? '');
    };
    process.stdin.on('data', take);
    process.stdin.on('end', finish);
  });
}
