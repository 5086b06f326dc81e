/** Route templates as ASP.NET Core reads them, as far as functions use them: `{id}`, `{id?}`, `{*rest}`, `{id:int}`. */
export interface Route {
  readonly template: string;
  /** Sorts before another when it is to be asked first: literal segments before parameters. */
  readonly precedence: string;
  readonly pattern: RegExp;
  readonly parameters: readonly string[];
}

const CONSTRAINTS: Readonly<Record<string, string>> = {
  int: '-?\\d{1,10}',
  long: '-?\\d{1,19}',
  decimal: '-?\\d+(?:\\.\\d+)?',
  double: '-?\\d+(?:\\.\\d+)?',
  float: '-?\\d+(?:\\.\\d+)?',
  bool: '(?:true|false)',
  alpha: '[a-z]*',
  guid: '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}',
};

/** @throws Error when it uses something that this host does not know. */
export function parseRoute(template: string): Route {
  const segments = template.split('/').filter((segment) => segment !== '');
  const parameters: string[] = [];
  const precedence: string[] = [];
  let pattern = '';
  for (const segment of segments) {
    const whole = /^\{(\*{0,2})([^}]+)\}$/.exec(segment);
    if (whole?.[2] === undefined) {
      pattern += `/${partsPattern(segment, parameters)}`;
      precedence.push(segment.includes('{') ? '2' : '1');
      continue;
    }
    const parameter = parseParameter(whole[2]);
    parameters.push(parameter.name);
    const value = whole[1] === '' ? parameter.pattern : '.*';
    const isOptional = parameter.isOptional || whole[1] !== '';
    pattern += isOptional ? `(?:/(${value}))?` : `/(${value})`;
    precedence.push(whole[1] === '' ? (parameter.isConstrained ? '2' : '3') : '5');
  }
  return { template, precedence: precedence.join('.'), parameters, pattern: new RegExp(`^${pattern}/?$`, 'i') };
}

/** The decoded values of the route's parameters, or `undefined` when the path is another one. `path` begins with `/`. */
export function matchRoute(route: Route, path: string): Readonly<Record<string, string>> | undefined {
  const found = route.pattern.exec(path);
  if (found === null) return undefined;
  const values: Record<string, string> = {};
  for (const [index, name] of route.parameters.entries()) {
    const value = found[index + 1];
    if (value === undefined || value === '') continue;
    try {
      values[name] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
  }
  return values;
}

/** A segment with text around its parameters, such as `{name}.{extension}`. */
function partsPattern(segment: string, parameters: string[]): string {
  return segment
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const parameter = parseParameter(part.slice(1, -1));
      parameters.push(parameter.name);
      return `(${parameter.pattern})`;
    })
    .join('');
}

function parseParameter(text: string): { name: string; pattern: string; isOptional: boolean; isConstrained: boolean } {
  const isOptional = text.endsWith('?');
  const [name = '', ...constraints] = text.replace(/\?$/, '').split(':');
  if (constraints.length > 1 || name.includes('=')) {
    throw new Error(`this host does not know the route parameter '{${text}}'.`);
  }
  const constraint = constraints[0];
  if (constraint === undefined) return { name, pattern: '[^/]+', isOptional, isConstrained: false };
  const pattern = CONSTRAINTS[constraint.toLowerCase()];
  if (pattern === undefined) throw new Error(`this host does not know the route constraint '${constraint}'.`);
  return { name, pattern, isOptional, isConstrained: true };
}
