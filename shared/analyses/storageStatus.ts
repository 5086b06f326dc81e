/** HTTP status of an error of the storage clients; undefined for any other. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

/** What was to be removed, or looked at, is gone already. */
export function ignoreMissing(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}
