import type { WindowKind } from './countingWindow.ts';
import { createLimiter, type Limiter, type Limits } from './limiter.ts';

/** A deployment of any region, as a scope sees it. */
interface ScopeMember {
  readonly region: string;
  readonly deployment: string;
  readonly model: string;
  readonly version: string;
  /** Its own limits as they stand. */
  readonly limits: () => Limits;
  readonly window: WindowKind;
  readonly requestSliceMs: number;
}

/** What a member of a scope is metered by. */
interface SharedMeter {
  readonly limits: Limits;
  readonly limiter: Limiter;
}

/**
 * Quotas that deployments of several regions share: those of one model and version in a scope of the same name. The limit is
 * the sum of what is assigned to its members, and each answer tells limit and remainder of the whole ("Foundry Models quotas
 * and limits", Microsoft Learn, 2026-08-20: on the switch-over the limit is at least what was assigned).
 */
export interface SharedScopes {
  /** Puts a deployment into a scope, or out of its scope with null. A scope that is new begins with an empty minute. */
  readonly move: (member: ScopeMember, scope: string | null) => void;
  /** Undefined: the deployment is in no scope, and its quota is its own. */
  readonly meterOf: (region: string, deployment: string) => SharedMeter | undefined;
  readonly forget: () => void;
}

interface Scope {
  readonly limiter: Limiter;
  readonly members: Map<string, ScopeMember>;
}

export function createSharedScopes(): SharedScopes {
  const scopes = new Map<string, Scope>();
  const scopeOfMember = new Map<string, string>();
  const idOf = (region: string, deployment: string): string => `${region}/${deployment}`;

  return {
    move: (member, name) => {
      const id = idOf(member.region, member.deployment);
      scopes.get(scopeOfMember.get(id) ?? '')?.members.delete(id);
      scopeOfMember.delete(id);
      if (name === null) return;
      const key = `${name} ${member.model}@${member.version}`;
      const scope = scopes.get(key) ?? {
        limiter: createLimiter(member.window, member.requestSliceMs),
        members: new Map<string, ScopeMember>(),
      };
      scopes.set(key, scope);
      scope.members.set(id, member);
      scopeOfMember.set(id, key);
    },
    meterOf: (region, deployment) => {
      const scope = scopes.get(scopeOfMember.get(idOf(region, deployment)) ?? '');
      if (!scope) return undefined;
      const all = [...scope.members.values()].map(({ limits }) => limits());
      return {
        limiter: scope.limiter,
        limits: {
          tokensPerMinute: all.reduce((sum, { tokensPerMinute }) => sum + tokensPerMinute, 0),
          requestsPerMinute: all.reduce((sum, { requestsPerMinute }) => sum + requestsPerMinute, 0),
        },
      };
    },
    forget: () => {
      for (const { limiter } of scopes.values()) limiter.forget();
    },
  };
}
