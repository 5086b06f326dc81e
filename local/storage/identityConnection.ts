interface StoragePlace {
  readonly protocol: 'http' | 'https';
  readonly blobPort: number;
  readonly queuePort: number;
  readonly tablePort: number;
  /** Name of the account. */
  readonly account: string;
  /** Client id of the user-assigned identity that reaches it. */
  readonly clientId: string;
}

/**
 * A storage connection without a key: one address each service and the managed identity that reaches it (Functions,
 * "Configure an identity-based connection", 2026-08).
 */
export function identityConnection(name: string, place: StoragePlace): Readonly<Record<string, string>> {
  const uri = (port: number): string => `${place.protocol}://127.0.0.1:${port}/${place.account}`;
  return {
    [`${name}__credential`]: 'managedidentity',
    [`${name}__clientId`]: place.clientId,
    [`${name}__blobServiceUri`]: uri(place.blobPort),
    [`${name}__queueServiceUri`]: uri(place.queuePort),
    [`${name}__tableServiceUri`]: uri(place.tablePort),
  };
}
