import { resolve } from 'node:path';
import { NO_BICEP } from '../../local/make/bicep.ts';
import { askForAll } from '../support/askForAll.ts';

/** How test files ask the compiler that `compilerForAll.ts` starts for all of them. */

export const ROOT = resolve(import.meta.dirname, '../..');

/** What the compiler can be asked for. A file is named from the root of the project; parameters are text for `main.bicep`. */
export type Work =
  | { readonly does: 'build'; readonly file: string }
  | { readonly does: 'build parameters'; readonly parameters: string }
  | ({ readonly does: 'snapshot'; readonly scope: object } & (
      | { readonly file: string }
      | { readonly parameters: string }
    ));

export interface Compiled {
  /** Absent where there is an error among the problems. */
  readonly made?: string;
  /** Diagnostics, a line each; empty where there is none. */
  readonly problems: string;
}

/** Whether the templates can be checked here. In CI that they cannot is a failure; else templates.test.ts says so. */
export async function hasCompiler(): Promise<boolean> {
  return canCheck(await askForAll<boolean>('hasCompiler'), process.env.CI);
}

/** @throws {Error} where `CI` is set and there is no compiler */
export function canCheck(isThere: boolean, ci: string | undefined): boolean {
  if (!isThere && ci) throw new Error(`The templates cannot be checked. ${NO_BICEP}`);
  return isThere;
}

/** What the compiler makes of it, or made of it before. */
export function compile(work: Work): Promise<Compiled> {
  return askForAll('compile', work);
}
