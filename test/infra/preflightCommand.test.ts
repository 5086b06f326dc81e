import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signedIn } from '../../infra/preflight/main.ts';
import type { Row } from '../../infra/preflight/row.ts';
import { targetFrom } from '../../infra/preflight/target.ts';
import { hasCompiler, ROOT } from './compile.ts';

vi.setConfig({ testTimeout: 300_000 });

const GROUP = 'rg-argus';
const environment = { AZURE_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000000', AZURE_RESOURCE_GROUP: GROUP };

const brief = (rows: readonly Row[]): readonly string[] => rows.map(({ state, check }) => `${state}: ${check}`);

describe('signedIn', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'argus-az-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  it('takes the token of az once', async () => {
    const az = join(folder, 'az');
    const answer = { accessToken: 'token', expiresOn: '2099-01-01 00:00:00.000000', expires_on: 4_070_908_800 };
    writeFileSync(az, `#!/bin/sh\necho "$@" >> ${folder}/calls\necho '${JSON.stringify(answer)}'\n`);
    chmodSync(az, 0o755);
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
    const azure = await signedIn(targetFrom(environment));
    if (azure.kind !== 'known') throw new Error(azure.why);
    expect([await azure.value.getToken(), await azure.value.getToken()]).toEqual(['token', 'token']);
    expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [{}, 'AZURE_SUBSCRIPTION_ID is not set.'],
    [environment, 'There is no sign-in to Azure here.'],
  ])('says what is missing with %j', async (variables, why) => {
    vi.stubEnv('PATH', folder);
    expect(await signedIn(targetFrom(variables))).toMatchObject({ kind: 'unknown', why });
  });
});

describe('npm run preflight', async () => {
  const run = (args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [join(ROOT, 'infra/preflight/main.ts'), ...args], {
      encoding: 'utf8',
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
    });

  it('says what it is for', () => {
    expect(run(['--help'])).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^npm run preflight/),
    });
  });

  it('refuses an option that there is not, in a sentence', () => {
    expect(run(['--fix'])).toMatchObject({
      status: 1,
      stderr: 'The arguments are --fix; they may be one parameter file, --json and --without-rights.\n',
    });
  });

  describe.runIf(await hasCompiler())('with a compiler', () => {
    it('says without a sign-in what it could not check, and ends with 0', () => {
      const { status, stdout } = run(['--json'], { ...environment, AZURE_ENV_NAME: 'prod' });
      expect(status).toBe(0);
      const { fails, rows }: { fails: number; rows: readonly Row[] } = JSON.parse(stdout);
      expect(fails).toBe(0);
      expect(brief(rows)).toEqual([
        'ok: Parameters infra/main.bicepparam',
        'could not check: Resource providers and API versions',
        'could not check: Flex Consumption in swedencentral',
        ...['swedencentral', 'eastus2', 'japaneast'].map(
          (region) => `could not check: Model gpt-5.4-mini@2026-03-17 GlobalStandard in ${region}`,
        ),
        'could not check: Quota OpenAI.GlobalStandard.gpt-5.4-mini (global)',
        'could not check: Deleted Azure OpenAI accounts',
        'could not check: Names that are unique in Azure',
        `could not check: Rights on ${GROUP}`,
      ]);
      expect(rows.at(-1)).toMatchObject({ todo: 'Run `azd auth login` or `az login`.' });
    });

    it('ends with 1 where the templates refuse the parameters, with their sentence, without a sign-in too', () => {
      const { status, stdout } = run(['--json'], { ...environment, AZURE_LOCATION: 'mars' });
      expect(status).toBe(1);
      const [row] = JSON.parse(stdout).rows;
      expect(row).toMatchObject({
        state: 'fails',
        found: expect.stringMatching(/^The location mars is not known to offer/),
      });
    });
  });
});

describe('azd', () => {
  it('runs the preflight before it provisions, on either system, and shows what it says', () => {
    const azd = readFileSync(join(ROOT, 'azure.yaml'), 'utf8');
    const hook = azd.match(/\n {2}preprovision:\n(?: {4}.*\n)+/)?.[0] ?? '';
    expect(hook.match(/npm exec -- node infra\/preflight\/main\.ts$/gm)).toHaveLength(2);
    expect(hook.match(/interactive: true/g)).toHaveLength(2);
  });
});
