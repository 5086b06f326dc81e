/**
 * Text of a model or an image as Markdown that shows exactly that text: no link, picture, emphasis, HTML, heading, list
 * or table comes out of it. CommonMark 0.31.2 sections 2.4 and 6, GitHub Flavored Markdown 0.29 section 4.10.
 */

/**
 * Text within a line. Addresses are broken up too, since many readers link what merely looks like one (GitHub Flavored
 * Markdown 0.29 section 6.9; linkify-it also takes `shop.com`). `escapeInline('a|b <i>')` is `'a\\|b &lt;i>'`.
 */
export function escapeInline(text: string): string {
  return text
    .replace(/[\\`*[\]|~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#|\p{L})/gu, '&amp;')
    .replace(ADDRESS_MARK, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('\t', '&#9;');
}

/**
 * `//`, the `@` of a mail address whose host has a full stop, the full stop before a domain's last part or after `www`. As
 * such a part readers take two letters, some longer ones (linkify-it 5) or other scripts: `sales.png` is no address.
 */
const ADDRESS_MARK =
  /\/(?=\/)|(?<=\S)@(?=[^\s@]*\.)|(?<=[\p{L}\p{N}_-])\.(?=(?:[a-z]{2}|biz|com|edu|gov|net|org|pro|web|xxx|aero|asia|coop|info|museum|name|shop|xn--[a-z0-9-]+)(?![\p{L}\p{N}])|(?![a-z])\p{L}{2})|(?<=www)\./giu;

/** Text on one line: line breaks become spaces. For titles and the insides of emphasis. */
export function escapeLine(text: string): string {
  return escapeBlockStart(escapeInline(text.replace(/\s+/g, ' ').trim()));
}

/** The text of a heading, which number signs at its end would close (CommonMark 0.31.2, section 4.2). */
export function escapeHeading(text: string): string {
  return escapeLine(text).replace(/(?<=^|\s)#+$/, '\\$&');
}

/** A bulleted list of the texts that are not blank, a line each; empty without any. */
export function escapeList(texts: readonly string[]): string {
  return texts
    .map(escapeLine)
    .filter((line) => line !== '')
    .map((line) => `- ${line}`)
    .join('\n');
}

/** Text of several lines, each kept as a line of one paragraph. */
export function escapeParagraph(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => escapeBlockStart(escapeInline(line)))
    .join('\\\n');
}

/** A table's cell, exact to the last space: line breaks as `<br>`, outer white space as references. */
export function escapeCell(text: string): string {
  const inner = text.trim();
  const start = text.indexOf(inner);
  const before = outerSpace(text.slice(0, start));
  return `${before}${escapeInline(inner).replaceAll('\n', '<br>')}${outerSpace(text.slice(start + inner.length))}`;
}

function outerSpace(text: string): string {
  return Array.from(text, (letter) => (letter === '\n' ? '<br>' : `&#${letter.codePointAt(0) ?? 32};`)).join('');
}

/** What would begin a heading, list, quote, rule or underline at the start of a line. */
function escapeBlockStart(line: string): string {
  return line.replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2').replace(/^([#>+\-=:])/, '\\$1');
}
