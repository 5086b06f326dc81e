import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { type Command, commandLineOrExit } from '../local/process/commandLine.ts';
import { flag, text, wholeNumber } from '../local/process/options.ts';
import { apiVersionOf } from './knownToAzure.ts';
import { callAzure, callJson, errorOf, publicAzure, type Reply } from './resourceManager.ts';
import { azureCredential, tokenOf } from './signIn.ts';

/** One image by both ways through an installation: uploaded as a blob, and sent over HTTP. */

interface SmokeTarget {
  /** `https://<app>/api` */
  readonly apiUrl: string;
  readonly blobs: BlobServiceClient;
  /** Undefined: the app takes no function keys, and the call over HTTP is left out. */
  readonly key: string | undefined;
}

export interface SmokeRun {
  readonly name: string;
  readonly image: Buffer;
  /** What the answer has to contain, in either case; empty: anything. */
  readonly word: string;
  readonly waitMs: number;
  readonly pollMs: number;
  readonly say: (sentence: string) => void;
}

interface Analysis {
  readonly status?: string;
  readonly answer?: unknown;
  readonly deployment?: { readonly name?: string; readonly region?: string } | null;
  readonly usage?: { readonly totalTokens?: number } | null;
  readonly cost?: { readonly usd?: number | null };
  readonly timing?: { readonly totalMs?: number };
  readonly error?: { readonly code?: string; readonly detail?: string };
  readonly detail?: string;
}

/** @throws {Error} saying which way failed, and with what */
export async function smokeTest(target: SmokeTarget, run: SmokeRun): Promise<void> {
  const untilMs = Date.now() + run.waitMs;
  await waitForHealth(target.apiUrl, untilMs, run);
  await throughUpload(target, untilMs, run);
  if (target.key === undefined) run.say('HTTP: left out.');
  else await overHttp(target.apiUrl, target.key, run);
}

/** The first call wakes the app; a wrong setting does not go away by waiting. */
async function waitForHealth(apiUrl: string, untilMs: number, { pollMs, say }: SmokeRun): Promise<void> {
  for (;;) {
    const reply = await callJson(`${apiUrl}/health`);
    const { problems = [] } = (reply.body ?? {}) as {
      readonly problems?: readonly { path: string; message: string }[];
    };
    if (reply.status === 200) return say(`Health: ok at ${apiUrl}.`);
    if (problems.length > 0) {
      throw new Error(`Health: wrong settings: ${problems.map(({ path, message }) => `${path} ${message}`).join(' ')}`);
    }
    if (Date.now() > untilMs) throw new Error(`Health: ${apiUrl}/health answered: ${errorOf(reply)}.`);
    await sleep(pollMs);
  }
}

async function throughUpload(target: SmokeTarget, untilMs: number, run: SmokeRun): Promise<void> {
  const { blobs } = target;
  const image = blobs.getContainerClient('images').getBlockBlobClient(run.name);
  const result = blobs.getContainerClient('results').getBlockBlobClient(`${run.name}.text.json`);
  await retryUnlessAllowed(() => image.uploadData(run.image, { metadata: { task: 'text' } }), untilMs, run);
  try {
    for (;;) {
      const json = await retryUnlessAllowed(() => result.downloadToBuffer().catch(ifMissing), untilMs, run);
      if (json) return run.say(`Upload: ${judge(JSON.parse(json.toString('utf8')), run.word)}`);
      await assertNotRefused(target, run.name);
      if (Date.now() > untilMs) {
        throw new Error(
          `Upload: results/${result.name} is not there after ${Math.round(run.waitMs / 1000)} s. ` +
            '`GET /api/analyses?prefix=smoke-test/` says whether the app has seen the image. If it has not, run ' +
            '`azd hooks run postdeploy`, which connects the uploads.',
        );
      }
      await sleep(run.pollMs);
    }
  } finally {
    await image.deleteIfExists().catch(() => undefined);
  }
}

/** An image that was rejected has no result; its record says why. @throws {Error} with that */
async function assertNotRefused({ apiUrl, key }: SmokeTarget, name: string): Promise<void> {
  if (key === undefined) return;
  const { body } = await callJson(`${apiUrl}/analyses?prefix=${encodeURIComponent(name)}`, {
    headers: { 'x-functions-key': key },
  });
  const { analyses = [] } = (body ?? {}) as { readonly analyses?: readonly Analysis[] };
  const ended = analyses.find(({ status = '' }) => ['rejected', 'failed', 'cancelled'].includes(status));
  if (ended) judge(ended, '');
}

async function overHttp(apiUrl: string, key: string, run: SmokeRun): Promise<void> {
  const reply: Reply = await callJson(`${apiUrl}/analyze?task=text`, {
    method: 'POST',
    headers: { 'x-functions-key': key, 'content-type': 'application/octet-stream', prefer: 'wait=200' },
    body: new Uint8Array(run.image),
    signal: AbortSignal.timeout(230_000),
  });
  const body = (reply.body ?? {}) as Analysis;
  if (reply.status !== 200) throw new Error(`HTTP: status ${reply.status}: ${body.detail ?? errorOf(reply)}`);
  run.say(`HTTP: ${judge(body, run.word)}`);
}

/** @throws {Error} unless the analysis succeeded with the word in its answer */
function judge(analysis: Analysis, word: string): string {
  const { status, error, answer, deployment, usage, cost, timing } = analysis;
  if (status !== 'succeeded') {
    throw new Error(`The analysis is ${status}: ${error?.code ?? 'no code'}: ${error?.detail ?? 'no detail'}`);
  }
  if (!JSON.stringify(answer).toLowerCase().includes(word.toLowerCase())) {
    throw new Error(`The answer does not contain "${word}": ${JSON.stringify(answer).slice(0, 300)}`);
  }
  const seconds = ((timing?.totalMs ?? 0) / 1000).toFixed(1);
  const usd = typeof cost?.usd === 'number' ? `, $${cost.usd.toFixed(5)}` : '';
  return `read in ${seconds} s by ${deployment?.name} in ${deployment?.region}, ${usage?.totalTokens} tokens${usd}.`;
}

/** A role that is minutes old can be unknown to the storage still. */
async function retryUnlessAllowed<T>(call: () => Promise<T>, untilMs: number, run: SmokeRun): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode !== 403 || Date.now() > untilMs) throw error;
      if (attempt === 1)
        run.say('The storage refuses this identity (403); a new role takes some minutes. Trying again.');
      await sleep(run.pollMs);
    }
  }
}

function ifMissing(error: unknown): undefined {
  if ((error as { statusCode?: number }).statusCode === 404) return undefined;
  throw error;
}

const OPTIONS = {
  word: text('WORD', 'the answer has to contain it (default: Harbour, which stands in the sample)'),
  minutes: wholeNumber('waits so long for the result of the upload', { least: 1, most: 60, fallback: 10 }),
  'only-upload': flag('leaves out the call over HTTP: for apps with Entra sign-in, which take no keys'),
};

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run smoke',
  does: `Uploads an image to an installation and waits for its text in \`results\`, then sends it over HTTP. Ends with 1
when either fails. It costs two model calls. The environment says where: the outputs of main.bicep
(API_URL, FUNCTION_APP_NAME, IMAGES_ACCOUNT_NAME), AZURE_SUBSCRIPTION_ID and AZURE_RESOURCE_GROUP, with the
sign-in of azd or az. API_KEY replaces the key of the app, IMAGES_STORAGE (a connection string) the account.`,
  operands: { word: 'IMAGE', says: 'a file (default: local/samples/text/letter.png)', least: 0, most: 1 },
  options: OPTIONS,
};

const SAMPLE = 'local/samples/text/letter.png';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {Error} naming every variable that is missing */
export async function smokeTargetFrom(environment: Environment, isOnlyUpload: boolean): Promise<SmokeTarget> {
  const { API_URL, API_KEY, IMAGES_STORAGE, IMAGES_ACCOUNT_NAME } = environment;
  const forKey = ['AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP', 'FUNCTION_APP_NAME'];
  const missing = [
    'API_URL',
    ...(IMAGES_STORAGE ? [] : ['IMAGES_ACCOUNT_NAME']),
    ...(isOnlyUpload || API_KEY ? [] : forKey),
  ].filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Error(
      `These environment variables are not set: ${missing.join(', ')}. With azd: ` +
        '`set -a; eval "$(azd env get-values)"; set +a`. Without azd set them to the outputs of the deployment.',
    );
  }
  const blobs = IMAGES_STORAGE
    ? BlobServiceClient.fromConnectionString(IMAGES_STORAGE)
    : new BlobServiceClient(`https://${IMAGES_ACCOUNT_NAME}.blob.core.windows.net`, azureCredential());
  const key = isOnlyUpload ? undefined : API_KEY || (await readKey(environment));
  return { apiUrl: API_URL ?? '', blobs, key };
}

/** The host's default key, as the app's portal page shows it. */
async function readKey(environment: Environment): Promise<string> {
  const { AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, FUNCTION_APP_NAME } = environment;
  const credential = azureCredential();
  const azure = publicAzure(() => tokenOf(credential));
  const reply = await callAzure(
    azure,
    'POST',
    `/subscriptions/${AZURE_SUBSCRIPTION_ID}/resourceGroups/${AZURE_RESOURCE_GROUP}/providers/Microsoft.Web/sites/` +
      `${FUNCTION_APP_NAME}/host/default/listKeys?api-version=${apiVersionOf('Microsoft.Web/sites')}`,
  );
  const { functionKeys } = (reply.body ?? {}) as { readonly functionKeys?: Readonly<Record<string, string>> };
  if (functionKeys?.default) return functionKeys.default;
  throw new Error(`The key of ${FUNCTION_APP_NAME} could not be read: ${errorOf(reply)}`);
}

async function main(): Promise<void> {
  const { values, operands } = commandLineOrExit(COMMAND);
  const file = operands[0] ?? SAMPLE;
  const target = await smokeTargetFrom(process.env, values['only-upload']);
  // A name of its own: the same bytes under the same name would keep their earlier result.
  const name = `smoke-test/${new Date().toISOString().replaceAll(':', '')}-${basename(file)}`;
  await smokeTest(target, {
    name,
    image: readFileSync(file),
    word: values.word ?? (operands.length === 0 ? 'Harbour' : ''),
    waitMs: values.minutes * 60_000,
    pollMs: 3_000,
    say: (sentence) => console.log(sentence),
  });
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
