/** Rules on what the compiler makes of the templates: nested deployments, parameters and outputs show nowhere else. */

/** A built template, as far as the rules ask. */
export interface Template {
  readonly parameters?: Readonly<Record<string, { readonly type?: string }>>;
  readonly outputs?: Readonly<Record<string, { readonly type?: string; readonly value?: unknown }>>;
  readonly resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly type: string;
  readonly apiVersion?: string;
  readonly properties?: {
    readonly template?: Template;
    readonly expressionEvaluationOptions?: { readonly scope?: string };
  };
}

/** `breaks` names what breaks the rule. */
type BuiltRule = readonly [rule: string, breaks: (template: Template) => readonly string[]];

const READS_A_KEY = /\blist[A-Z]\w*\(/;

export const builtRules: readonly BuiltRule[] = [
  [
    'Azure.Deployment.OutputSecretValue',
    (template) =>
      withNested(template).flatMap(({ outputs }) =>
        Object.entries(outputs ?? {})
          .filter(([, { type, value }]) => isSecure(type) || READS_A_KEY.test(JSON.stringify(value)))
          .map(([name]) => name),
      ),
  ],
  [
    'Azure.Deployment.SecureParameter',
    (template) =>
      withNested(template).flatMap(({ parameters }) =>
        Object.entries(parameters ?? {})
          .filter(([name, { type }]) => /password|secret|token|keys?$/i.test(name) && !isSecure(type))
          .map(([name]) => name),
      ),
  ],
  [
    "Azure.Deployment.SecureValue: no key is set but the webhook's, which goes from the host into the address",
    (template) => propertiesWithKeys(template).filter((property) => property !== 'endpointUrl'),
  ],
  [
    'Azure.Deployment.OuterSecret',
    (template) =>
      withNested(template).flatMap(({ resources }) =>
        Object.entries(resources)
          .filter(([, { properties }]) => properties?.template !== undefined)
          .filter(([, { properties }]) => properties?.expressionEvaluationOptions?.scope !== 'inner')
          .map(([name]) => name),
      ),
  ],
];

export function withNested(template: Template): readonly Template[] {
  const nested = Object.values(template.resources).flatMap(({ properties }) => properties?.template ?? []);
  return [template, ...nested.flatMap(withNested)];
}

function isSecure(type: string | undefined): boolean {
  return /^secure/i.test(type ?? '');
}

/** Names of the properties, at any depth, whose text reads a key. */
function propertiesWithKeys(value: unknown, property = ''): readonly string[] {
  if (typeof value === 'string') return READS_A_KEY.test(value) ? [property] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, held]) => propertiesWithKeys(held, name));
}
