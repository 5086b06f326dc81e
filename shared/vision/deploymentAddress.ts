import type { Deployment } from '../pool/deployment.ts';

export interface DeploymentAddress {
  /** What `chat/completions` is appended to. */
  readonly baseUrl: string;
  readonly query: Readonly<Record<string, string>>;
}

/**
 * Where a deployment is asked. With an API version the dated path of Azure OpenAI, which names the deployment in the
 * URL; without one an endpoint whose path ends in `/v1` is taken as it stands (Ollama, vLLM and other servers that
 * speak the same protocol), and any other gets Azure's `/openai/v1`.
 * Source: Azure OpenAI REST reference and its v1 API page, 2026-09-29.
 *
 * @example
 * `https://a.openai.azure.com` with `2024-10-21` is `https://a.openai.azure.com/openai/deployments/NAME?api-version=2024-10-21`,
 * without it `https://a.openai.azure.com/openai/v1`; `http://localhost:11434/v1` stays as it is.
 */
export function addressOf(deployment: Pick<Deployment, 'endpoint' | 'deployment' | 'apiVersion'>): DeploymentAddress {
  const endpoint = deployment.endpoint.replace(/\/+$/, '');
  if (deployment.apiVersion !== undefined) {
    return {
      baseUrl: `${endpoint}/openai/deployments/${encodeURIComponent(deployment.deployment)}`,
      query: { 'api-version': deployment.apiVersion },
    };
  }
  return { baseUrl: /\/v1$/i.test(endpoint) ? endpoint : `${endpoint}/openai/v1`, query: {} };
}
