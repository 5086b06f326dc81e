import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, withoutComments } from './sourceText.ts';

const PROJECT = resolve(import.meta.dirname, '..');

/** From the bottom up: a room, a folder or a single file of shared/, imports only what stands before it. */
const ROOMS = [
  // What is known, how storage is used, what a file is.
  'errors',
  'storage',
  'concurrency',
  'catalog',
  'image',
  'documents',
  // What it costs, what is asked, which deployment serves it and when, the wire.
  'tokens',
  'tasks',
  'pool',
  'requests',
  'signals',
  'vision',
  // What is kept of an analysis: its record, its money, its result.
  'records',
  'money',
  'results',
  // All that use cases work with.
  'capabilities',
  // What happens to one image, and to all that wait.
  'modelCalls',
  'pipeline',
  'backlog',
  'estimates',
  // What the operator set, what the timer does, what a caller asks.
  'settings',
  'upkeep',
  'http',
  'services',
];

/** Files of these rooms that do what the others decide. */
const SHELLS = ['shared/settings/processSettings.ts'];

/** Rooms whose files decide and do nothing else. */
const PURE_ROOMS = ['catalog', 'image', 'tokens', 'tasks', 'pool', 'settings'];

const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bMath\.random\b|\bperformance\.|\bconsole\.|\bset(?:Timeout|Interval|Immediate)\b|\bprocess\.|\brandom(?:UUID|Bytes|Int)\b|['"]node:timers|['"]node:fs/;

interface SourceFile {
  /** `shared/pool/book.ts` */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly from: string;
  /** As a path of the project where it is relative, else as written. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function filesOf(folder: string): readonly SourceFile[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: relative(PROJECT, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf8') };
    });
}

function importsIn(files: readonly SourceFile[]): readonly Import[] {
  return files.flatMap(({ path, text }) =>
    importsOf(text).map(({ specifier, isTypeOnly }) => ({
      from: path,
      to: specifier.startsWith('.') ? posix.normalize(`${dirname(path)}/${specifier}`) : specifier,
      isTypeOnly,
    })),
  );
}

/** `shared/pool/book.ts` is of the room `pool`, `shared/errors.ts` of `errors`; undefined outside shared/. */
function roomOf(path: string): string | undefined {
  return /^shared\/([^/]+?)(?:\.ts)?(?:\/|$)/.exec(path)?.[1];
}

/** Files that import each other in a circle, types included: of each circle its files in order of their names. */
function circlesIn(imports: readonly Import[]): readonly string[] {
  const importedBy = Map.groupBy(imports, ({ from }) => from);
  const reachedFrom = (file: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const next = [file];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      for (const { to } of importedBy.get(at) ?? []) {
        if (reached.has(to)) continue;
        reached.add(to);
        next.push(to);
      }
    }
    return reached;
  };
  const reach = new Map([...importedBy.keys()].map((file) => [file, reachedFrom(file)] as const));
  const circles = [...reach].flatMap(([file, reached]) =>
    reached.has(file)
      ? [
          [...reached]
            .filter((other) => reach.get(other)?.has(file))
            .toSorted()
            .join(', '),
        ]
      : [],
  );
  return [...new Set(circles)];
}

const told = ({ from, to }: Import): string => `${from} imports ${to}`;

const shared = filesOf('shared');
const functions = filesOf('functions');
const local = filesOf('local');

describe('rooms of shared/', () => {
  it('are all in the list of their order', () => {
    const unlisted = [...new Set(shared.map(({ path }) => roomOf(path)))].filter((room) => !ROOMS.includes(room ?? ''));
    expect(unlisted).toEqual([]);
  });

  it('import only rooms before them, types included', () => {
    const wrong = importsIn(shared).filter(({ from, to }) => {
      if (!to.startsWith('shared/')) return false;
      const [own, other] = [roomOf(from) ?? '', roomOf(to) ?? ''];
      return own !== other && ROOMS.indexOf(other) >= ROOMS.indexOf(own);
    });
    expect(wrong.map(told)).toEqual([]);
  });

  it('import in no circle, types included', () => {
    expect(circlesIn(importsIn(shared))).toEqual([]);
  });

  it('import nothing of the project from outside shared/ but its package file', () => {
    const outside = importsIn(shared).filter(
      ({ to }) => /^(?:\.\.|functions|local|test|bench|infra|docs|dist)(?:\/|$)/.test(to) || to === 'package.json',
    );
    expect(outside.map(told)).toEqual(['shared/http/views/health.ts imports package.json']);
  });

  it('import files that are there', () => {
    const paths = new Set([...shared, ...functions].map(({ path }) => path));
    const missing = importsIn([...shared, ...functions]).filter(
      ({ to }) => /^(?:shared|functions)\//.test(to) && to.endsWith('.ts') && !paths.has(to),
    );
    expect(missing.map(told)).toEqual([]);
  });
});

describe('functions/', () => {
  it('import only each other and shared/', () => {
    const wrong = importsIn(functions).filter(({ to }) => /^(?:\.\.|local|test|bench|infra)(?:\/|$)/.test(to));
    expect(wrong.map(told)).toEqual([]);
  });

  it('are all imported by main.ts, so that each is registered', () => {
    const triggers = functions.filter(({ text }) => /\bapp\.(?:http|storageBlob|storageQueue|timer)\(/.test(text));
    const imported = importsIn(functions.filter(({ path }) => path === 'functions/main.ts')).map(({ to }) => to);
    expect(triggers.map(({ path }) => path).filter((path) => !imported.includes(path))).toEqual([]);
  });
});

describe('local/', () => {
  it.each(['regions', 'identity', 'host', 'storage', 'access', 'process'])(
    '%s/ shares no code with the application',
    (part) => {
      const wrong = importsIn(local.filter(({ path }) => path.startsWith(`local/${part}/`))).filter(({ to }) =>
        /^(?:shared|functions)\//.test(to),
      );
      expect(wrong.map(told)).toEqual([]);
    },
  );
});

describe('what the world can be touched with', () => {
  it('is the environment only in shared/settings/processSettings.ts', () => {
    const readers = [...shared, ...functions].filter(({ text }) => /\bprocess\.env\b/.test(withoutComments(text)));
    expect(readers.map(({ path }) => path)).toEqual(['shared/settings/processSettings.ts']);
  });

  it.each(PURE_ROOMS)('is no clock, randomness, timer, file, process or console in %s', (room) => {
    const impure = shared
      .filter(({ path }) => roomOf(path) === room && !SHELLS.includes(path))
      .flatMap(({ path, text }) => {
        const found = IMPURE.exec(withoutComments(text))?.[0];
        return found === undefined ? [] : [`${path} uses ${found}`];
      });
    expect(impure).toEqual([]);
  });

  it('is @azure/functions only in functions/, and as types in shared/http', () => {
    const wrong = importsIn(shared).filter(
      ({ from, to, isTypeOnly }) =>
        to.startsWith('@azure/functions') && !(roomOf(from) === 'http' && isTypeOnly && to === '@azure/functions'),
    );
    expect(wrong.map(told)).toEqual([]);
  });

  it.each([
    ['@azure/identity', /^shared\/services\.ts$/],
    ['sharp', /^shared\/image\//],
    ['openai', /^shared\/vision\//],
    ['gpt-tokenizer', /^shared\/tasks\//],
    ['@opentelemetry/sdk-metrics', /^shared\/signals\//],
    ['@opentelemetry/sdk-trace', /^shared\/signals\//],
  ])('is %s only in its place', (library, place) => {
    const users = importsIn([...shared, ...functions]).filter(
      ({ to }) => to === library || to.startsWith(`${library}/`),
    );
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ from }) => !place.test(from)).map(told)).toEqual([]);
  });
});

describe('a file', () => {
  it('does not stand in a folder that is named for nothing', () => {
    const vague = [...shared, ...functions, ...local].filter(({ path }) =>
      /(?:^|\/)(?:utils?|helpers?|common|types?)(?:\/|\.ts$)/.test(path),
    );
    expect(vague.map(({ path }) => path)).toEqual([]);
  });
});

describe('circlesIn', () => {
  it('finds files that import each other, directly or over others, and nothing else', () => {
    const imports = ['ab', 'bc', 'cb', 'cd', 'ef', 'fg', 'ge', 'eb'].map(([from = '', to = '']) => ({
      from,
      to,
      isTypeOnly: true,
    }));
    expect(circlesIn(imports)).toEqual(['b, c', 'e, f, g']);
  });
});

describe('importsOf', () => {
  it('finds every way in which one file names another', () => {
    const text = `
      import { a } from './a.ts';
      import type { B } from './b.ts';
      import c, {
        d,
        type E,
      } from './c.ts';
      import './d.ts';
      export { f } from './e.ts';
      export type { G } from './f.ts';
      export * from './g.ts';
      import data from './h.json' with { type: 'json' };
      const i = await import('./i.ts');
      type J = import('./j.ts').J;
      // import { k } from './k.ts';
    `;
    expect(importsOf(text)).toEqual([
      { specifier: './a.ts', isTypeOnly: false },
      { specifier: './b.ts', isTypeOnly: true },
      { specifier: './c.ts', isTypeOnly: false },
      { specifier: './d.ts', isTypeOnly: false },
      { specifier: './e.ts', isTypeOnly: false },
      { specifier: './f.ts', isTypeOnly: true },
      { specifier: './g.ts', isTypeOnly: false },
      { specifier: './h.json', isTypeOnly: false },
      { specifier: './i.ts', isTypeOnly: false },
      { specifier: './j.ts', isTypeOnly: false },
    ]);
  });
});
