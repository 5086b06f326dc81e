/** What a capacity of the type counts. */
export function quotaUnit(sku: string): string {
  return sku.includes('Provisioned') ? 'provisioned throughput units' : 'thousands of tokens per minute';
}
