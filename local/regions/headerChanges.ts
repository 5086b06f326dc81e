import { z } from 'zod';

/** Headers that describe the body that follows; a region writes them itself, so that every reply can be read. */
const ownHeaders: readonly string[] = ['connection', 'content-length', 'content-type', 'transfer-encoding'];

/**
 * Changes to the headers of a reply. A text sets a header, and `null` takes it away. `{name}` within a text stands for
 * the value that the header `name` would have had; without that header the changed one is not sent either.
 *
 * Azure OpenAI has sent limits of -1 (openai/openai-dotnet#838, 2025-11-17), none at all
 * (Azure/azure-rest-api-specs#26884, 2024-04-24), and `x-rate-limit-reset-tokens` (openai/openai-python#937, 2023-12-06).
 */
export const headerChangesSchema = z.record(
  z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be a header name in lower case')
    .refine((name) => !ownHeaders.includes(name), `must be none of ${ownHeaders.join(', ')}`),
  z
    .string()
    .regex(/^[ -~]*$/, 'must be printable ASCII')
    .nullable(),
);

export type HeaderChanges = z.output<typeof headerChangesSchema>;

type Headers = Readonly<Record<string, string>>;

/**
 * The headers after the changes.
 *
 * @example
 * changeHeaders({ 'x-ratelimit-reset-tokens': '55' }, { 'x-ratelimit-reset-tokens': '{x-ratelimit-reset-tokens}s' });
 * // { 'x-ratelimit-reset-tokens': '55s' }
 */
export function changeHeaders(headers: Headers, changes: HeaderChanges): Headers {
  const kept = Object.entries(headers).filter(([name]) => !Object.hasOwn(changes, name));
  const changed = Object.entries(changes).flatMap(([name, text]) => {
    const value = text === null ? null : filledIn(text, headers);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...kept, ...changed]);
}

function filledIn(text: string, headers: Headers): string | null {
  const names = [...text.matchAll(/\{([a-z0-9-]+)\}/g)].map(([, name]) => name ?? '');
  if (names.some((name) => headers[name] === undefined)) return null;
  return text.replaceAll(/\{([a-z0-9-]+)\}/g, (_, name: string) => headers[name] ?? '');
}
