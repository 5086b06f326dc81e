import { readToken, type TokenClaims } from '../identity/accessToken.ts';
import { badKey, badToken, type ServiceError } from './serviceError.ts';

/** The audiences that the service takes tokens for: the older scope and the one of the v1 documentation. */
const audiences = new Set(['https://cognitiveservices.azure.com', 'https://ai.azure.com']);

// Checking a signature costs more than the rest of a small request, and tokens live for hours.
const remembered = new Map<string, TokenClaims>();
const rememberedTokens = 200;

/** Why a caller is not let in; undefined when its bearer token is good. Keys are not taken. */
export function tokenProblem(
  authorization: string | undefined,
  check: {
    readonly secret: string;
    readonly nowMs: number;
    /** Whether a client id has a role that lets it ask models here; absent: each one has. */
    readonly mayAsk?: ((clientId: string) => boolean) | undefined;
  },
): ServiceError | undefined {
  if (authorization === undefined) return badKey;
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) return badToken;
  const key = `${check.secret} ${token}`;
  const claims = remembered.get(key) ?? readToken(token, check.secret);
  if (!claims) return badToken;
  if (remembered.size >= rememberedTokens) remembered.clear();
  remembered.set(key, claims);
  const isFresh = claims.expiresAtSeconds * 1000 > check.nowMs;
  if (!isFresh || !audiences.has(claims.audience.replace(/\/$/, ''))) return badToken;
  return check.mayAsk?.(claims.clientId) === false ? lacksAction(claims.clientId) : undefined;
}

/** What a caller needs to ask a model. */
export const CHAT_ACTION = 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action';

/** As callers have published it (devopsabcs-engineering/foundry-hosted-agents, "RBAC-401-Investigation", 2026-09). */
function lacksAction(clientId: string): ServiceError {
  const code = 'PermissionDenied';
  const message = `The principal \`${clientId}\` lacks the required data action \`${CHAT_ACTION}\` to perform \`POST /openai/deployments/{deployment-id}/chat/completions\` operation.`;
  return { status: 401, code, body: { error: { code, message } } };
}
