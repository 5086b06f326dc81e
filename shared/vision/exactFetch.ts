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
  if (response.status === 204 || response.status === 304 || response.status > 599) return response;
  if (response.ok) return asText(response);
  return new Response(JSON.stringify({ error: await readRefusal(response) }), {
    status: response.status,
    headers: response.headers,
  });
};

/**
 * A success as plain text, whatever it calls itself: of a body that is no JSON, or that breaks off, the client would keep
 * nothing, and it may say what was billed.
 */
function asText(response: Response): Response {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let received = '';
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const read = await reader?.read();
        if (read === undefined || read.done) return controller.close();
        received += decoder.decode(read.value, { stream: true });
        controller.enqueue(read.value);
      } catch (error) {
        controller.error(error instanceof TypeError ? Object.assign(error, { received }) : error);
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
  const headers = new Headers(response.headers);
  headers.set('content-type', 'text/plain');
  return new Response(body, { status: response.status, headers });
}

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
