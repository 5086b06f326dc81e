/** What a pasted address of a model says of the entry that was meant. */
interface MeantEntry {
  readonly endpoint: string;
  readonly deployment?: string;
  readonly apiVersion?: string;
}

const AZURE_HOST =
  /\.(?:openai\.azure\.(?:com|us|cn)|cognitiveservices\.azure\.(?:com|us|cn)|services\.ai\.azure\.com|inference\.ai\.azure\.com)$/i;
const PORTAL_HOST =
  /^(?:portal\.azure\.(?:com|us|cn)|(?:[a-z0-9-]+\.)?(?:ai|oai)\.azure\.com|ml\.azure\.com|learn\.microsoft\.com|platform\.openai\.com)$/i;
const OPERATION = /\/(?:chat\/completions|completions|responses|embeddings|images\/generations|models)\/?$/i;
const VERSION = /^\d{4}-\d{2}-\d{2}(?:-preview)?$/;
const NAME = /^[\w.-]{1,64}$/;

/**
 * What is wrong with an endpoint that is a URL, and the entry that was meant; undefined where nothing is. Portals offer a
 * "target URI" to copy, which holds endpoint, deployment and API version in one. Of the query only the API version is
 * ever repeated: people paste keys in it.
 *
 * @example `https://a.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21` names
 * endpoint `https://a.openai.azure.com`, deployment `gpt-4o` and apiVersion `2024-10-21`.
 */
export function endpointProblem(text: string, apiVersion: string | undefined): string | undefined {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return `holds a user name or password; write ${url.origin}, and name the key's setting in auth.`;
  }
  if (PORTAL_HOST.test(url.hostname)) {
    return (
      `is a page (${url.hostname}), where no model answers. Copy the endpoint of the Azure OpenAI resource, ` +
      'such as https://my-account.openai.azure.com.'
    );
  }
  const meant = meantBy(url);
  const path = url.pathname.replace(/\/+$/, '');
  const isWhole = url.search !== '' || url.hash !== '' || OPERATION.test(path) || /\/deployments\//i.test(path);
  const isOddPath = AZURE_HOST.test(url.hostname) && !['', '/openai/v1'].includes(path.toLowerCase());
  if (isWhole || isOddPath) {
    const held = isWhole ? 'is the address of one operation (a target URI)' : `has the path ${path}`;
    return `${held}; write ${inWords(meant)}.`;
  }
  if (/\/v1$/i.test(path) && apiVersion !== undefined) {
    return `ends in /v1, which takes no API version; leave apiVersion out, or write ${url.origin} for the dated path.`;
  }
  return undefined;
}

function meantBy(url: URL): MeantEntry {
  const path = url.pathname.replace(/\/+$/, '');
  const [before = '', name] = path.split(/\/(?:openai\/)?deployments\//i);
  const [deployment] = decoded(name ?? '').split('/');
  const version = url.searchParams.get('api-version') ?? '';
  const isDated = VERSION.test(version) && !/\/v1(?:\/|$)/i.test(path);
  const base = AZURE_HOST.test(url.hostname) ? '' : before.replace(OPERATION, '').replace(/\/openai$/i, '');
  return {
    endpoint: `${url.origin}${base}`,
    ...(deployment !== undefined && NAME.test(deployment) && { deployment }),
    ...(isDated && { apiVersion: version }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function inWords({ endpoint, deployment, apiVersion }: MeantEntry): string {
  const parts = [
    `endpoint "${endpoint}"`,
    ...(deployment === undefined ? [] : [`deployment "${deployment}"`]),
    apiVersion === undefined ? 'no apiVersion (v1)' : `apiVersion "${apiVersion}"`,
  ];
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

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
