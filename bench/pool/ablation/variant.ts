import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** A passage of a file of shared/pool/ and what stands there when the mechanism is off. */
export interface Edit {
  /** `margin.ts` */
  readonly file: string;
  /** Stands in the file once. */
  readonly from: string;
  readonly to: string;
}

const POOL = resolve(import.meta.dirname, '../../../shared/pool');

/** The players of the bench on a copy of the pool's code in which some passages are replaced; the product's stays as it is. */
export async function loadVariant(edits: readonly Edit[]): Promise<typeof import('./ablated.ts')> {
  const folder = await mkdtemp(join(tmpdir(), 'argus-variant-'));
  const outfile = join(folder, 'ablated.mjs');
  try {
    await build({
      entryPoints: [join(import.meta.dirname, 'ablated.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'warning',
      plugins: [edited(edits)],
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * The text of a file with its passages replaced.
 *
 * @throws an error that names an edit whose passage does not stand in the file once: the code has changed since
 */
export async function editedText(file: string, edits: readonly Edit[]): Promise<string> {
  let text = await readFile(join(POOL, file), 'utf8');
  for (const { from, to } of edits) {
    const count = text.split(from).length - 1;
    if (count !== 1) throw new Error(`${file} holds this passage ${count} times, not once: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

function edited(edits: readonly Edit[]): Plugin {
  const byFile = Map.groupBy(edits, ({ file }) => join(POOL, file));
  return {
    name: 'edited',
    setup: ({ onLoad }) => {
      onLoad({ filter: /[\\/]shared[\\/]pool[\\/]/ }, async ({ path }) => {
        const own = byFile.get(path);
        return own?.[0] === undefined ? undefined : { contents: await editedText(own[0].file, own), loader: 'ts' };
      });
    },
  };
}
