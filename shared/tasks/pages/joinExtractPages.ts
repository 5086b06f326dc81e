import { isRecord } from '../schema/jsonValue.ts';
import type { PageAnswer } from './pageAnswer.ts';

/** The fields of a page, as `extract` answers. */
interface ExtractedPage {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly notFound: readonly string[];
  readonly printed: Readonly<Record<string, string>>;
}

/** A field that pages tell differently; the first of them stands in `fields`. */
interface Conflict {
  readonly path: string;
  readonly values: readonly { readonly page: number; readonly value: unknown }[];
}

interface DocumentFields {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Fields that no page shows. */
  readonly notFound: readonly string[];
  readonly printed: Readonly<Record<string, string>>;
  /** The page of each value, by path. */
  readonly foundOn: Readonly<Record<string, number>>;
  readonly conflicts: readonly Conflict[];
}

/** The same place on one page: its value, and its path there. */
interface PagePlace {
  readonly page: number;
  readonly value: unknown;
  readonly path: string;
}

/**
 * One object for a whole document: each field from the first page that shows it, and lists one behind the other. Where later
 * pages show something else, that is a conflict.
 */
export function joinExtractPages(pages: readonly PageAnswer<ExtractedPage>[]): DocumentFields {
  const notFound: string[] = [];
  const printed: Record<string, string> = {};
  const foundOn: Record<string, number> = {};
  const conflicts: Conflict[] = [];
  const answers = new Map(pages.map(({ page, answer }) => [page, answer]));
  const isShown = ({ page, value, path }: PagePlace): boolean =>
    value !== undefined && value !== null && value !== '' && answers.get(page)?.notFound.includes(path) !== true;

  function join(places: readonly PagePlace[], path: string): unknown {
    const shown = places.filter(isShown);
    const [first] = shown;
    if (!first) {
      notFound.push(path);
      return places[0]?.value ?? null;
    }
    if (shown.every(({ value }) => isRecord(value))) return joinObjects(shown, path);
    if (shown.every(({ value }) => Array.isArray(value))) return joinLists(shown, path);
    take(first, path);
    const others = shown.filter(({ value }) => comparable(value) !== comparable(first.value));
    if (others.length > 0) {
      conflicts.push({ path, values: [first, ...others].map(({ page, value }) => ({ page, value })) });
    }
    return first.value;
  }

  function joinObjects(places: readonly PagePlace[], path: string): Readonly<Record<string, unknown>> {
    const names = [...new Set(places.flatMap(({ value }) => Object.keys(value as object)))];
    return Object.fromEntries(
      names.map((name) => {
        const within = places.flatMap((place) => {
          const value = (place.value as Readonly<Record<string, unknown>>)[name];
          return value === undefined ? [] : [{ ...place, value, path: pathTo(place.path, name) }];
        });
        return [name, join(within, pathTo(path, name))];
      }),
    );
  }

  /** A value by itself comes once, however many pages show it; two equal rows may both be meant. */
  function joinLists(places: readonly PagePlace[], path: string): readonly unknown[] {
    const items: unknown[] = [];
    const seen = new Set<string>();
    for (const place of places) {
      for (const [index, value] of (place.value as readonly unknown[]).entries()) {
        if (!isRecord(value) && !Array.isArray(value)) {
          const said = comparable(value);
          if (seen.has(said)) continue;
          seen.add(said);
        }
        items.push(join([{ ...place, value, path: `${place.path}[${index}]` }], `${path}[${items.length}]`));
      }
    }
    if (items.length === 0) notFound.push(path);
    return items;
  }

  function take({ page, path: on }: PagePlace, path: string): void {
    foundOn[path] = page;
    const text = answers.get(page)?.printed[on];
    if (text !== undefined) printed[path] = text;
  }

  const fields = joinObjects(
    pages.map(({ page, answer }) => ({ page, value: answer.fields, path: '' })),
    '',
  );
  return { fields, notFound, printed, foundOn, conflicts };
}

function pathTo(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Texts that differ in case or spaces alone say the same. */
function comparable(value: unknown): string {
  return JSON.stringify(value).toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
