import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { estimateLocalFolder } from '../../local/estimate/estimateLocalFolder.ts';

const PROJECT = resolve(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

const DOCS = readdirSync(join(PROJECT, 'docs')).filter((name) => name.endsWith('.md'));
const PAGES = [
  ...readdirSync(PROJECT).filter((name) => name.endsWith('.md')),
  ...['docs', 'docs/decisions', 'bench', 'local', ...foldersOf('local')].flatMap((folder) =>
    readdirSync(join(PROJECT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

function foldersOf(folder: string): readonly string[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`);
}

const withoutCode = (page: string): string => page.replaceAll(/```.*?```/gs, '').replaceAll(/`[^`\n]*`/g, '');

/** Links that are neither to another site nor inside code. */
function linksOf(page: string): readonly string[] {
  return [...withoutCode(page).matchAll(/\]\(((?!https?:|mailto:)[^)\s]+)\)/g)].map(([, link = '']) => link);
}

/** The anchors that GitHub gives to headings: `## What is counted` is `#what-is-counted`. */
function anchorsOf(page: string): readonly string[] {
  const headings = page.replaceAll(/```.*?```/gs, '').match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

describe('the pages', () => {
  it.each(PAGES)('%s links only to files and headings that exist', (path) => {
    const page = read(path);
    const dead = linksOf(page).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? join(PROJECT, path) : join(PROJECT, dirname(path), file);
      if (!existsSync(target)) return true;
      if (anchor === undefined || statSync(target).isDirectory()) return false;
      return !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it.each(DOCS)('docs/%s opens with a sentence about what it is for', (name) => {
    const [title = '', opening = ''] = read(`docs/${name}`).split('\n').filter(Boolean);
    expect(title).toMatch(/^# \S/);
    expect(opening).toMatch(name === 'README.md' ? /^\|/ : /^[A-Z`]/);
  });

  it('are all in the index docs/README.md, a line each', () => {
    const listed = linksOf(read('docs/README.md'));
    expect(listed.toSorted()).toEqual(['decisions', ...DOCS.filter((name) => name !== 'README.md')].toSorted());
  });
});

describe('README.md', () => {
  it('gives the costs of the samples that `npm run estimate -- local/samples` gives', async () => {
    const row = /^\| What do the samples cost, [^|]*\| (.*?) \|/m.exec(read('README.md'))?.[1] ?? '';
    const shown = [...row.matchAll(/\$([\d.]+) on ([\w.-]+\w)/g)].map(([, usd, model]) => ({ model, usd }));
    expect(shown.length).toBeGreaterThan(2);
    const { images, documents, estimates } = await estimateLocalFolder({
      folder: join(PROJECT, 'local', 'samples'),
      options: {},
      models: shown.map(({ model = '' }) => model),
      nowMs: Date.UTC(2026, 11, 1),
    });
    expect({ images, documents }).toEqual({ images: 7 + 5, documents: { files: 2, pages: 5 } });
    const names = estimates.map(({ model, cost }) => ({
      model: model.split('@')[0],
      usd: cost.totalUsd.expected?.toFixed(3),
    }));
    expect(names).toEqual(shown);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read('README.md').matchAll(/\bnpm (?:run )?(start|test|bench[:\w]*|estimate)/g)];
    expect(named.map(([, script = '']) => script).filter((script) => !(script in scripts))).toEqual([]);
  });
});

describe('README.zh.md', () => {
  const [english, chinese] = [read('README.md'), read('README.zh.md')];
  const PARTS: Readonly<Record<string, (page: string) => readonly (string | number)[]>> = {
    'code in a sentence': (page) =>
      page
        .replaceAll(/```.*?```/gs, '')
        .match(/`[^`\n]+`/g)
        ?.toSorted() ?? [],
    links: (page) => linksOf(page).filter((link) => !basename(link).startsWith('README.')),
    pictures: (page) => page.match(/(?<=!\[[^\]]*\]\()[^)]+/g) ?? [],
    figures: (page) =>
      (withoutCode(page).match(/\$?\d[\d,.]*(?: %)?/g) ?? []).map((figure) => figure.replace(/[,.]$/, '')).toSorted(),
    headings: (page) => (page.match(/^#+(?= )/gm) ?? []).map(String),
    'rows of tables': (page) => (page.match(/^\|.*\|$/gm) ?? []).map((row) => row.split('|').length),
    commands: (page) =>
      [...page.matchAll(/```\w*\n(.*?)```/gs)]
        .map(([, block = '']) => block.replaceAll(/ +#.*$/gm, ''))
        .filter((block) => !block.startsWith('flowchart')),
    'arrows of the diagram': (page) => /```mermaid.*?```/s.exec(page)?.[0].match(/<?-\.?->|[a-z]{3,}(?=\[)/g) ?? [],
  };

  it.each(Object.keys(PARTS))('has the %s of README.md', (kind) => {
    const part = PARTS[kind];
    expect(part?.(english).length).toBeGreaterThan(0);
    expect(part?.(chinese)).toEqual(part?.(english));
  });

  it('and README.md link to each other', () => {
    expect(english).toContain('](README.zh.md)');
    expect(chinese).toContain('](README.md)');
  });
});
