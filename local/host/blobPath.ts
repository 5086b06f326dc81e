/** Splits `container/name/with/folders`. @throws Error when there is no blob name. */
export function splitBlobPath(path: string): { readonly container: string; readonly name: string } {
  const slash = path.indexOf('/');
  if (slash < 1 || slash === path.length - 1) throw new Error(`"${path}" is no "container/blob".`);
  return { container: path.slice(0, slash), name: path.slice(slash + 1) };
}

/**
 * The values of the tokens of a trigger's path: `images/{name}` for `images/a/b.png` gives `{ name: 'a/b.png' }`. A token
 * takes as much as it can. A path that does not fit gives nothing, for the path selects no blobs when events do
 * (azure-sdk-for-net, Storage.Blobs: only the polling source compares it).
 */
export function bindBlobPath(pattern: string, path: string): Readonly<Record<string, string>> {
  const names: string[] = [];
  const expression = pattern
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(part.slice(1, -1));
      return '(.*)';
    })
    .join('');
  const found = new RegExp(`^${expression}$`, 's').exec(path);
  if (found === null) return {};
  return Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
}
