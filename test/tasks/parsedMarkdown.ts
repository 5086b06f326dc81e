import MarkdownIt from 'markdown-it';

/** A real parser with tables, that lets HTML through and links what looks like an address, so that either is seen. */
const parser = new MarkdownIt({ html: true, linkify: true });

/** Every grid of a Markdown text as a CommonMark parser reads it; `<br>` is a line break. */
export function gridsOf(markdown: string): readonly (readonly (readonly string[])[])[] {
  const grids: string[][][] = [];
  const tokens = parser.parse(markdown, {});
  for (const [place, token] of tokens.entries()) {
    if (token.type === 'table_open') grids.push([]);
    if (token.type === 'tr_open') grids.at(-1)?.push([]);
    if (token.type === 'th_open' || token.type === 'td_open') {
      grids
        .at(-1)
        ?.at(-1)
        ?.push(shownText(tokens[place + 1]?.children ?? []));
    }
  }
  return grids;
}

/** The plain text that a reader sees. */
export function shownText(children: readonly { readonly type: string; readonly content: string }[]): string {
  return children
    .map(({ type, content }) => {
      if (type === 'html_inline' && content === '<br>') return '\n';
      if (type === 'hardbreak' || type === 'softbreak') return '\n';
      return type === 'text' || type === 'text_special' ? content : `‹${type} ${content}›`;
    })
    .join('');
}

/** Names of the blocks and inline elements that a parser makes of a Markdown text. */
export function elementsOf(markdown: string): ReadonlySet<string> {
  const tokens = parser.parse(markdown, {});
  const all = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  return new Set(all.map(({ type, content }) => (type.startsWith('html') ? `${type} ${content}` : type)));
}

/** Where the links of a Markdown text lead. */
export function linksOf(markdown: string): readonly unknown[] {
  const inline = parser.parse(markdown, {}).flatMap(({ children }) => children ?? []);
  return inline.filter(({ type }) => type === 'link_open').map((link) => link.attrGet('href'));
}

export function inlineText(markdown: string): string {
  return shownText(parser.parse(markdown, {}).find(({ type }) => type === 'inline')?.children ?? []);
}
