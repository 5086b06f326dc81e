const SENT_HEADERS = ['accept', 'content-type', 'user-agent', 'authorization', 'api-key'];
const LONGEST_REFUSAL = 65_536;

/**
 * The `fetch` that the openai client uses. It sends the headers of this call and nothing else (the client adds what
 * OPENAI_CUSTOM_HEADERS holds, and details of this machine), and it hands on the whole of a refusal, read within the
 * client's timeout: the client itself keeps only the body's `error`, while gateways answer without one and Azure has
 * put `innererror` beside it, and it reads a refusal's body without any timeout.
 */
export const exactFetch: typeof fetch = async (input, init) => {
  const given = new Headers(init?.headers);
  const headers = SENT_HEADERS.flatMap((name): [string, string][] => {
    const value = given.get(name);
    return value === null ? [] : [[name, value]];
  });
  const response = await fetch(input, { ...init, headers });
  if (response.ok || response.status === 304 || response.status > 599) return response;
  return new Response(JSON.stringify({ error: await readRefusal(response) }), {
    status: response.status,
    headers: response.headers,
  });
};

async function readRefusal(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= LONGEST_REFUSAL) break;
    }
  } catch {
    // The status is known, and it decides: a body that stalls or breaks off leaves what came of it.
  }
  return text;
}
