/** Most texts have none of these: only then are the escapes looked at one by one. */
const MAY_BE_SURROGATE = /\\u[dD][89a-fA-F]/;

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|[\s\S])/g;

/**
 * Where JSON text has an escape that is half a surrogate pair: the parser lets it pass, and no UTF-8 can carry it.
 *
 * @example loneSurrogateAt('"a\\ud83d"') // 2
 */
export function loneSurrogateAt(json: string): number | undefined {
  if (!MAY_BE_SURROGATE.test(json)) return undefined;
  let open: number | undefined;
  for (const { 1: digits, index } of json.matchAll(ESCAPE)) {
    const unit = digits === undefined ? 0 : Number.parseInt(digits, 16);
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (open !== undefined && !(isLow && index === open + 6)) return open;
    if (open === undefined && isLow) return index;
    open = unit >= 0xd800 && unit <= 0xdbff ? index : undefined;
  }
  return open;
}
