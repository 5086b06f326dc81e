import { endpointProblem } from './endpointProblem.ts';

const EXAMPLE =
  '[{ "name": "westus", "endpoint": "https://my-account.openai.azure.com", "region": "westus", "model": "gpt-4o", "version": "2024-11-20", "tokensPerMinute": 10000 }]';

/** Why a text is no list of deployments, with what it seems to be instead. Nothing of it is repeated: it may hold a key. */
export function listProblem(text: string, error: Error): string {
  const trimmed = text.trim();
  if (trimmed === '') return `is empty; it is a JSON list of deployments, such as ${EXAMPLE}.`;
  if (/^https?:\/\/\S+$/i.test(trimmed)) {
    const meant = URL.canParse(trimmed) ? endpointProblem(trimmed, undefined) : undefined;
    const hint = meant === undefined ? '' : ` In an entry the URL ${meant}`;
    return `is a URL; it must be a JSON list of deployments, such as ${EXAMPLE}.${hint}`;
  }
  if (/[\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019]/.test(trimmed)) {
    return 'is not valid JSON: it has typographic quotation marks. Write straight ones (").';
  }
  if (/^[[{]\s*'|[{,]\s*'\w+'\s*:/.test(trimmed)) {
    return 'is not valid JSON: names and texts stand in double quotation marks (").';
  }
  if (/^"?VISION_DEPLOYMENTS"?\s*[=:]/.test(trimmed)) {
    return 'is not valid JSON: it begins with its own name. The value is the list alone.';
  }
  return `is not valid JSON: ${withoutQuotation(error)}.`;
}

/** A parser quotes the text around what it does not understand, and that may be a key: `Unexpected token 'a'`. */
function withoutQuotation({ message }: Error): string {
  return message.replace(/, (?:\.\.\.)?".*is not valid JSON$/s, '');
}
