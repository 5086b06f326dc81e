/**
 * What the service refuses in a JSON Schema sent with `strict: true` (Microsoft Learn, "Structured outputs": supported
 * schemas and limitations). Checked at the door, so that a schema which Azure would not take fails here too.
 */
const maxDepth = 5;
const maxProperties = 100;
const unsupported = [
  ...['minLength', 'maxLength', 'pattern', 'format'],
  ...['minimum', 'maximum', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['patternProperties', 'unevaluatedProperties', 'propertyNames', 'minProperties', 'maxProperties'],
  ...['unevaluatedItems', 'contains', 'minContains', 'maxContains', 'minItems', 'maxItems', 'uniqueItems'],
  ...['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas'],
];

type Schema = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first thing that the service would refuse in this schema, as it says it; undefined when it takes it. */
export function strictSchemaProblem(schema: unknown): string | undefined {
  if (!isObject(schema) || schema.type !== 'object') {
    const type = isObject(schema) && typeof schema.type === 'string' ? schema.type : 'None';
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${type}"'.`;
  }
  let properties = 0;
  const check = (part: unknown, at: { readonly path: string; readonly depth: number }): string | undefined => {
    if (!isObject(part)) return undefined;
    const word = unsupported.find((keyword) => keyword in part);
    if (word) return `In context=(${at.path}), '${word}' is not permitted.`;
    const own = isObject(part.properties) ? part.properties : undefined;
    if (own) {
      if (at.depth > maxDepth) return `${at.depth} levels of nesting exceeds limit of ${maxDepth}.`;
      properties += Object.keys(own).length;
      const problem = objectProblem(part, { own, path: at.path });
      if (problem) return problem;
    }
    for (const [path, child, deeper] of childrenOf(part, at.path)) {
      const problem = check(child, { path, depth: at.depth + deeper });
      if (problem) return problem;
    }
    return undefined;
  };
  const problem = check(schema, { path: '', depth: 1 });
  if (problem) return problem;
  if (properties > maxProperties) return `${properties} properties exceed the limit of ${maxProperties}.`;
  return undefined;
}

function objectProblem(part: Schema, at: { readonly own: Schema; readonly path: string }): string | undefined {
  if (part.additionalProperties !== false) {
    return `In context=(${at.path}), 'additionalProperties' is required to be supplied and to be false.`;
  }
  const required = Array.isArray(part.required) ? part.required : [];
  const missing = Object.keys(at.own).find((name) => !required.includes(name));
  if (!missing) return undefined;
  return `In context=(${at.path}), 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

function childrenOf(part: Schema, path: string): [string, unknown, number][] {
  const below = (name: string): string => (path === '' ? `'${name}'` : `${path}, '${name}'`);
  const named = (keyword: string, deeper: number): [string, unknown, number][] => {
    const children = part[keyword];
    return isObject(children) ? Object.entries(children).map(([name, child]) => [below(name), child, deeper]) : [];
  };
  const either = Array.isArray(part.anyOf) ? part.anyOf : [];
  return [
    ...named('properties', 1),
    ...named('$defs', 0),
    [below('items'), part.items, 0],
    ...either.map((child, index): [string, unknown, number] => [below(String(index)), child, 0]),
  ];
}
