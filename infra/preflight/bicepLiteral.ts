/**
 * A JSON value as Bicep writes it, so that resolved parameters can be handed back to the compiler.
 *
 * `bicepLiteral({ name: "it's" })` is `{\n  'name': 'it\\'s'\n}`
 */
export function bicepLiteral(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberLiteral(value);
  if (typeof value === 'string') return textLiteral(value);
  const entries = Array.isArray(value)
    ? value.map((one) => bicepLiteral(one, inner))
    : Object.entries(value as object).map(([key, one]) => `${textLiteral(key)}: ${bicepLiteral(one, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return entries.length === 0
    ? `${open}${close}`
    : `${open}\n${entries.map((entry) => `${inner}${entry}\n`).join('')}${indent}${close}`;
}

/** Bicep knows whole numbers only; others are written as the JSON that they come from. */
function numberLiteral(value: number): string {
  return Number.isInteger(value) ? String(value) : `json('${value}')`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '${': '\\${',
};

function textLiteral(text: string): string {
  return `'${text.replace(/\\|'|\n|\r|\t|\$\{/g, (found) => ESCAPES[found] ?? found)}'`;
}
