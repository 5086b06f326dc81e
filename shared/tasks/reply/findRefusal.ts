import type { Answer, Reading } from '../reading.ts';
import { taskOf } from '../taskOf.ts';
import type { TaskRequest } from '../taskRequest.ts';
import { quote } from './findInstructions.ts';
import { parseJsonAnswer } from './parseJsonAnswer.ts';
import { isRefusalSentence } from './refusalWords.ts';

/** Longer words are an answer of some kind. */
const LONGEST_CHARACTERS = 700;
/** A refusal is the first thing that a model says, or follows an apology. */
const FIRST_SENTENCES = 2;
/** Keys under which models put words of their own, in place of the shape that they were asked for. */
const OWN_WORDS =
  /^(?:error|errors|refusal|message|msg|reason|status|note|response|reply|explanation|apology|detail)$/i;
/** A name for the image, or of a choice, says nothing for or against a refusal. */
const LABELS = new Set(['title', 'language', 'kind', 'answered', 'confidence', 'type', 'code', 'status']);
const MOST_VALUES = 200;
const ABOUT_IMAGE =
  /\b(?:image|picture|photo|screenshot|chart|table|document) (?:shows?|depicts?|contains?|displays?|is)\b|\bhere (?:is|are)\b/i;

/**
 * The words by which a model declines in place of an answer; undefined where it does not. Of a text without JSON its first
 * words decide, in quotes or fences too. Of an answer that has the task's shape only what the model says in its own words
 * counts, and only where nothing else is there: what a task copies from the image, or an answer quotes, is never a refusal,
 * for an image may show those words.
 *
 * @param reading what `readAnswer` has made of the text
 * @example `I'm sorry, but I can't assist with that.` as the whole reply, as the `summary` of a description without
 * details, or as the `error` of any object is a refusal; as a block of task `text` it is not.
 */
export function findRefusal(request: TaskRequest, text: string, reading: Reading): string | undefined {
  if (reading.kind === 'unusable') return undefined;
  const answer = reading.kind === 'valid' ? reading.answer : reading.fallback?.answer;
  const inAnswer = answer && refusalInAnswer(request, answer);
  if (inAnswer !== undefined || reading.kind === 'valid') return inAnswer;
  const parsed = parseJsonAnswer(text);
  if (parsed.kind === 'none') return refusalInText(text);
  const [longest] = parsed.kind === 'objects' ? parsed.objects : [];
  return longest && refusalInValue(request, longest.value);
}

function refusalInText(text: string): string | undefined {
  const words = unwrapped(text);
  return words.length <= LONGEST_CHARACTERS && opensWithRefusal(words, 'anything') ? quote(words) : undefined;
}

function refusalInAnswer(request: TaskRequest, answer: Answer): string | undefined {
  const prose = taskOf(request.task)
    .prose(answer)
    .filter((words) => words.trim() !== '');
  if (prose.length === 0 || !prose.every(isOwnRefusal)) return undefined;
  const others = textsIn(answer).filter(({ key, text }) => !LABELS.has(key) && !prose.includes(text));
  return others.length === 0 ? quote(prose.join(' ')) : undefined;
}

/** Of a value that has not the task's shape. */
function refusalInValue(request: TaskRequest, value: unknown): string | undefined {
  const texts = textsIn(value).filter(({ key }) => !LABELS.has(key) || OWN_WORDS.test(key));
  const isCopying = TRANSCRIBING.has(request.task);
  const own = texts.filter(({ key, text }) => (!isCopying || OWN_WORDS.test(key)) && isOwnRefusal(text));
  const rest = texts.filter((each) => !own.includes(each));
  const saysNothing = rest.every(({ key, text }) => OWN_WORDS.test(key) && !/\s/.test(text.trim()));
  return own.length > 0 && saysNothing ? quote(own.map(({ text }) => text).join(' ')) : undefined;
}

/** Their answers are words of the image. */
const TRANSCRIBING: ReadonlySet<TaskRequest['task']> = new Set(['text', 'tables', 'chart', 'extract']);

function isOwnRefusal(words: string): boolean {
  const line = words.trim();
  const isQuoted = /^["'“„«「『‘]/.test(line);
  return !isQuoted && line.length <= LONGEST_CHARACTERS && opensWithRefusal(line, 'help');
}

function opensWithRefusal(words: string, of: 'help' | 'anything'): boolean {
  const sentences = sentencesOf(words);
  const place = sentences.findIndex((sentence) => isRefusalSentence(sentence, of));
  return place >= 0 && place < FIRST_SENTENCES && !sentences.some((sentence) => ABOUT_IMAGE.test(sentence));
}

function sentencesOf(words: string): readonly string[] {
  return words
    .replace(/[‘’ʼ]/g, "'")
    .split(/(?<=[.!?。！？؟।])\s*|\n+/u)
    .filter((sentence) => /\p{L}/u.test(sentence));
}

/** Without fences, quotes and marks of emphasis around it. */
function unwrapped(text: string): string {
  return text.replace(/^\s*(?:```|~~~)[\w-]*\s*|\s*(?:```|~~~)\s*$/g, '').replace(/^[\s"“”'*_>#]+|[\s"“”'*_]+$/g, '');
}

interface FoundText {
  /** Of the nearest object around it. */
  readonly key: string;
  readonly text: string;
}

/** The texts of a value, blank ones left out; numbers count as texts. */
function textsIn(value: unknown, key = ''): readonly FoundText[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [{ key, text: value }];
  if (typeof value === 'number') return [{ key, text: String(value) }];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value).slice(0, MOST_VALUES);
  return entries.flatMap(([name, item]) => textsIn(item, Array.isArray(value) ? key : name)).slice(0, MOST_VALUES);
}
