/** A whole number as people read it: `formatCount(268402689)` is "268,402,689". */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
