/** A model deployed in one region with a quota: what a request is sent to. Parsed from VISION_DEPLOYMENTS by config.ts. */

export type DeploymentAuth =
  | { readonly kind: 'managedIdentity' }
  | { readonly kind: 'none' }
  /** Only for endpoints that know no identity; the setting's value is read when a request is sent, never logged. */
  | { readonly kind: 'key'; readonly keySetting: string };

export interface Deployment {
  /** Unique in the pool. */
  readonly name: string;
  /** Its name at the endpoint. */
  readonly deployment: string;
  /** `https://<account>.openai.azure.com`, no trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  /** `name@version`, the model as a request asks for it. */
  readonly model: string;
  /** `name@version` of the catalogue row whose rules count its tokens: the model itself, or the row named by `like`. */
  readonly countsAs: string;
  /** False when another row stands in for the model: its tokens are counted, its price is unknown. */
  readonly isPriced: boolean;
  readonly sku: string;
  /** A label that tells subscriptions apart where a pool spans several: quota is counted in each. */
  readonly subscription?: string;
  readonly tokensPerMinute: number;
  readonly requestsPerMinute: number;
  /** Lower is first. */
  readonly priority: number;
  /** Present: dated path; absent: /openai/v1. */
  readonly apiVersion?: string;
  readonly auth: DeploymentAuth;
}

/**
 * The deployments that share one state: a booking chooses among them, so they are written together. A deployment serves one
 * model, and a request never changes models, so the group is the model. Deployments that share a quota have the same model
 * and so the same group.
 *
 * @example
 * groupOf(deployment) // 'gpt-4o@2024-11-20'
 */
export function groupOf({ model }: { readonly model: string }): string {
  return model;
}
