import { formatCount, type Problem } from '../../errors.ts';
import { choiceProblems } from './choiceProblems.ts';
import { isNestedDeeperThan, isRecord } from './jsonValue.ts';
import { findEndless, findReferenceLoop } from './schemaLoops.ts';

/**
 * Whether structured outputs take a caller's schema: the subset that Microsoft's page "How to use structured outputs with
 * Azure OpenAI" gives (2026-11): types, all fields required, additionalProperties false, 100 properties, five levels,
 * no keyword that bounds a value. One level is taken by the envelope that the fields are sent in.
 */

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const MAX_PROPERTIES = 100;
const MAX_LEVELS = 4;
const MAX_CHARACTERS = 15_000;
const MAX_ENUM_VALUES = 500;
const MAX_PROBLEMS = 20;
const ALLOWED = [
  ...['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const', 'anyOf'],
  ...['$ref', '$defs', 'description', 'title'],
];
/** References part their steps with slashes, and escape these with tildes and percent signs. */
const DEFINITION_NAME = /^[\p{L}\p{N}._-]+$/u;
const SAY_INSTEAD: Readonly<Record<string, string>> = {
  oneOf: 'write anyOf',
  allOf: 'write the properties into one object',
  not: 'say it in description',
  if: 'say it in description',
  default: 'make the field nullable: "type": ["string", "null"]',
  nullable: 'write "type": ["string", "null"]',
  definitions: 'write $defs',
  patternProperties: 'write a list of objects with a name and a value',
  prefixItems: 'write an object with a property for each place',
  $schema: 'leave it out',
  $id: 'leave it out',
};

/** Far more than a schema within the limits can have. */
const MOST_LEVELS_OF_JSON = 50;

/** Every problem of a schema, each with its path. An empty list means that the service takes it. */
export function checkSchemaSubset(schema: unknown): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, message: string): void => {
    problems.push({ path, message: `${path} ${message}` });
  };
  if (!isRecord(schema)) return [];
  if (isNestedDeeperThan(schema, MOST_LEVELS_OF_JSON)) {
    return [{ path: 'schema', message: `schema is nested more than ${MOST_LEVELS_OF_JSON} levels deep.` }];
  }
  const text = JSON.stringify(schema);
  if (text.length > MAX_CHARACTERS) {
    const length = formatCount(text.length);
    return [{ path: 'schema', message: `schema has ${length} characters; the limit is 15,000.` }];
  }
  if (schema.type !== 'object')
    report('schema', 'must be of "type": "object"; put a list or a choice into a property.');
  const counts = { properties: 0, enumValues: 0 };
  const defined = isRecord(schema.$defs) ? schema.$defs : {};
  const definitions = Object.keys(defined);
  if (schema.$defs !== undefined && !isRecord(schema.$defs)) report('schema.$defs', 'must be an object of schemas.');
  for (const name of definitions.filter((each) => !DEFINITION_NAME.test(each))) {
    report('schema.$defs', `names one ${JSON.stringify(name)}; a name is of letters, digits, ".", "-" and "_".`);
  }
  const loop = findReferenceLoop(defined);
  if (loop !== undefined)
    report('schema.$defs', `holds ${loop}, which refers to itself without an object or list between.`);

  const visit = (node: unknown, path: string, level: number): void => {
    if (problems.length >= MAX_PROBLEMS) return;
    if (!isRecord(node)) {
      report(path, 'must be a schema, an object.');
      return;
    }
    for (const keyword of Object.keys(node)) {
      if (ALLOWED.includes(keyword)) continue;
      report(
        `${path}.${keyword}`,
        `is not supported; ${SAY_INSTEAD[keyword] ?? 'leave it out and say it in description'}.`,
      );
    }
    for (const keyword of ['description', 'title']) {
      if (!['string', 'undefined'].includes(typeof node[keyword])) report(`${path}.${keyword}`, 'must be text.');
    }
    if (node.$defs !== undefined && path !== 'schema') report(`${path}.$defs`, 'must stand at the root of the schema.');
    if (node.$ref !== undefined) {
      if (path === 'schema') report('schema.$ref', 'cannot stand at the root; write the properties there.');
      visitReference(node.$ref, path);
      return;
    }
    if (node.anyOf !== undefined) {
      visitChoices(node.anyOf, path, level);
      return;
    }
    if (Array.isArray(node.enum)) counts.enumValues += node.enum.length;
    problems.push(...choiceProblems(node, path));
    visitTypes(node, path, level);
  };

  const visitReference = (reference: unknown, path: string): void => {
    const known = ['#', ...definitions.map((name) => `#/$defs/${name}`)];
    if (typeof reference === 'string' && known.includes(reference)) return;
    report(`${path}.$ref`, `is ${JSON.stringify(reference)}; it can be ${known.join(' or ')}.`);
  };

  const visitChoices = (choices: unknown, path: string, level: number): void => {
    if (path === 'schema') {
      report('schema.anyOf', 'cannot stand at the root; put it into a property.');
      return;
    }
    if (!Array.isArray(choices) || choices.length === 0) {
      report(`${path}.anyOf`, 'must be a list of schemas.');
      return;
    }
    for (const [place, choice] of choices.entries()) visit(choice, `${path}.anyOf[${place}]`, level);
  };

  const visitTypes = (node: Readonly<Record<string, unknown>>, path: string, level: number): void => {
    const types = Array.isArray(node.type) ? node.type : [node.type];
    if (node.type === undefined && ['enum', 'const', 'oneOf', 'allOf'].some((keyword) => keyword in node)) return;
    const wrong = types.find((type) => typeof type !== 'string' || !TYPES.includes(type));
    if (wrong !== undefined || node.type === undefined || types.length === 0) {
      report(`${path}.type`, `is ${JSON.stringify(node.type) ?? 'missing'}; it can be ${TYPES.join(', ')}.`);
      return;
    }
    if (types.includes('object')) visitObject(node, path, level);
    if (types.includes('array')) visit(node.items, `${path}.items`, level);
  };

  const visitObject = (node: Readonly<Record<string, unknown>>, path: string, level: number): void => {
    if (level > MAX_LEVELS) {
      report(path, `is ${level} objects deep; the limit is ${MAX_LEVELS}.`);
      return;
    }
    if (!isRecord(node.properties)) {
      report(`${path}.properties`, 'must name the properties of the object.');
      return;
    }
    if (node.additionalProperties !== false) report(`${path}.additionalProperties`, 'must be false.');
    const names = Object.keys(node.properties);
    if (names.includes('__proto__')) report(`${path}.properties`, 'must not name one __proto__.');
    const required: readonly unknown[] = Array.isArray(node.required) ? node.required : [];
    for (const name of names.filter((property) => !required.includes(property))) {
      report(`${path}.required`, `must name "${name}"; a field that may be absent has "type": [..., "null"].`);
    }
    for (const name of required.filter((property) => !names.some((own) => own === property))) {
      report(`${path}.required`, `names ${JSON.stringify(name)}, which is no property.`);
    }
    counts.properties += names.length;
    for (const [name, property] of Object.entries(node.properties))
      visit(property, `${path}.properties.${name}`, level + 1);
  };

  visit(schema, 'schema', 1);
  for (const name of definitions) visit(defined[name], `schema.$defs.${name}`, 2);
  const endless = problems.length === 0 ? findEndless(schema) : undefined;
  if (endless !== undefined) {
    report(
      `schema${endless.slice(1).replaceAll('/', '.')}`,
      'holds itself without an end; let the inner one be null, or put it into a list.',
    );
  }
  if (counts.properties > MAX_PROPERTIES) report('schema', `has ${counts.properties} properties; the limit is 100.`);
  if (counts.enumValues > MAX_ENUM_VALUES) report('schema', `has ${counts.enumValues} enum values; the limit is 500.`);
  return problems;
}
