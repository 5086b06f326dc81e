/** HTTP status of an error of the storage clients; undefined for any other. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}
