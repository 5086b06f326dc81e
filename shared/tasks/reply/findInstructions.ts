/**
 * What image text says when it is meant for a model rather than for people; English and German. "Please ignore this
 * letter", "Do not ignore the rules" and "You are now chatting with an assistant" are for people.
 */
const ORDERS: readonly RegExp[] = [
  /(?<!\b(?:not|never|who|you|cannot|don['’]t) )\b(?:ignore|disregard|forget|override) (?:[\w'’]+ ){0,3}?(?:previous|prior|above|earlier|preceding|all|any|your|system) (?:[\w'’]+ ){0,4}?(?:instruction|prompt|rule|direction|guideline|command)s?\b(?! (?:if|unless|when)\b)/i,
  /(?<!\b(?:not|never|who|you|cannot|don['’]t) )\b(?:ignore|disregard|forget) (?:the (?:instructions|rules|prompt)|everything|anything|all) (?:above|before|(?:that )?you (?:were|have been) told)\b/i,
  /\b(?:reveal|print|repeat|show|output)\b[^.!?]{0,30}\b(?:system prompt|your (?:system |initial )?instructions)\b/i,
  /\byou are (?:now|no longer) (?:an?\b[^.!?]{0,40}\b(?:assistant|AI|model|chatbot)|in (?:\w+ )?(?:developer|debug|admin|god|DAN|jailbreak|unrestricted) mode)\b/i,
  /\b(?:system prompt|(?:new|updated|secret|hidden) instructions) ?:|<\|im_(?:start|end)\|>|\[\/?INST\]|<<SYS>>/i,
  /\b(?:if you (?:are|use)|attention|dear|note to|message (?:to|for)),? (?:an? |the |any |all )?(?:AI|LLM|language model|GPT|ChatGPT|chatbot)s?\b(?: (?:assistant|model|agent|system)s?\b)?(?:[,:;!]| (?:reading|processing|seeing|looking)\b)/i,
  /\b(?:do not|don['’]t|never) (?:describe|transcribe|mention) (?:this|the|any) (?:image|picture|photo|document|text|page)\b/i,
  /\binstead of (?:describing|transcribing|reading|counting)\b[^.!?,]{0,30}, ?(?:write|say|answer|reply|respond|print|output)\b/i,
  /\b(?:answer|reply|respond) (?:only|just|exactly|solely) with (?:the words?\b|["“'‘])/i,
  /\b(?:ignoriere?|vergiss|vergesst|missachte|(?:ignorieren|vergessen|missachten) Sie)\b(?![^.!?]{0,40}\bnicht\b)[^.!?]{0,40}\b(?:anweisung|vorgabe|regel|instruktion)\w*/i,
  /\bantworte\b[^.!?]{0,20}\b(?:stattdessen|nur mit)\b/i,
];
const MAX_STRINGS = 2000;
const MAX_QUOTED_CHARACTERS = 160;

/**
 * Passages of an answer that read like orders to a model: what a model reports itself, and what it copied unawares. An
 * order may run over the lines of an image.
 */
export function findInstructions(answer: unknown): readonly string[] {
  const found = new Set<string>();
  for (const text of strings(answer).slice(0, MAX_STRINGS)) {
    const running = text.replace(/\s+/g, ' ');
    for (const order of ORDERS) {
      const passage = order.exec(running)?.[0];
      if (passage !== undefined) found.add(quote(passage));
    }
  }
  return [...found];
}

/** One line, shortened. */
export function quote(passage: string): string {
  const line = passage.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_QUOTED_CHARACTERS
    ? line
    : `${line.slice(0, MAX_QUOTED_CHARACTERS - 1).replace(/\p{Surrogate}$/u, '')}…`;
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}
