const FLAGS: readonly string[] = ['reuse', 'allowMissingPages'];
const DECIMAL = /^(?:0|[1-9]\d*)(?:\.\d+)?$/;
const WHOLE = /^(?:0|[1-9]\d*)$/;

/**
 * The value of an option where everything is text: metadata, a query, a form. Text that is no such value stays, and is refused by
 * its name.
 *
 * @example optionOfText('maxUsd', '2.5') // 2.5
 */
export function optionOfText(name: string, text: string): boolean | number | string {
  if (FLAGS.includes(name) && (text === 'true' || text === 'false')) return text === 'true';
  if (name === 'maxOutputTokens' && WHOLE.test(text)) return Number(text);
  if (name === 'maxUsd' && DECIMAL.test(text)) return Number(text);
  return text;
}
