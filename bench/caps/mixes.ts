import { normal, randomNumbers } from '../pool/randomNumbers.ts';

/** An image, what its file shows of it, and how long its answer is. */
export interface MixImage {
  readonly format: string;
  readonly pixels: number;
  readonly bytes: number;
  /** Tokens of the prompt, image included. */
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** From the start of the mix on. */
  readonly arrivesMs: number;
}

/** What is on an image: the answer's mean length, its spread as a part of it, and the size of the image. */
interface Kind {
  readonly meanTokens: number;
  readonly spread: number;
  readonly sides: readonly [width: number, height: number];
  /** Sides differ by up to this part. */
  readonly crop: number;
  readonly promptTokens: number;
}

const LABEL: Kind = { meanTokens: 120, spread: 0.25, sides: [900, 650], crop: 0.1, promptTokens: 855 };
const INVOICE: Kind = { meanTokens: 480, spread: 0.22, sides: [1240, 1754], crop: 0.02, promptTokens: 1_195 };
/** As large as an invoice, with little on it: the sizes alone are alike. */
const SPARSE_PAGE: Kind = { ...INVOICE, meanTokens: 130, spread: 0.3 };
/** A model that thinks: most of the answer is thinking, and it varies widely. */
const THOUGHT: Kind = { ...INVOICE, meanTokens: 220, spread: 0.8 };
const ODD: Kind = { ...LABEL, meanTokens: 150, spread: 0.4 };

const IMAGES = 2_000;

type Pick = (place: number, random: () => number) => Kind;

interface MixRule {
  readonly pick: Pick;
  readonly images?: number;
  /** Nothing in the file shows what is on it. */
  readonly isOpaque?: boolean;
  /** Images come in bursts of so many, with the time between them; absent: all at once. */
  readonly bursts?: { readonly images: number; readonly everyMs: number };
}

const half =
  (first: Kind, second: Kind): Pick =>
  (place) =>
    place < IMAGES / 2 ? first : second;
const mixed =
  (first: Kind, second: Kind, part: number): Pick =>
  (_, random) =>
    random() < part ? second : first;
const drift =
  (from: Kind, to: Kind): Pick =>
  (place) => {
    const meanTokens = from.meanTokens * (to.meanTokens / from.meanTokens) ** (place / IMAGES);
    return { ...to, meanTokens };
  };

const RULES = {
  'labels alone': { pick: () => LABEL },
  'invoices alone': { pick: () => INVOICE },
  'labels, then invoices': { pick: half(LABEL, INVOICE) },
  'invoices, then labels': { pick: half(INVOICE, LABEL) },
  'sparse pages, then invoices': { pick: half(SPARSE_PAGE, INVOICE) },
  alternating: { pick: (place) => (place % 2 === 0 ? LABEL : INVOICE) },
  'alternating by hundreds': { pick: (place) => (Math.floor(place / 100) % 2 === 0 ? SPARSE_PAGE : INVOICE) },
  'slow drift': { pick: drift(SPARSE_PAGE, INVOICE) },
  'one dense page in fifty': { pick: mixed(SPARSE_PAGE, INVOICE, 0.02) },
  'random labels and invoices': { pick: mixed(LABEL, INVOICE, 0.5) },
  'random pages of one size': { pick: mixed(SPARSE_PAGE, INVOICE, 0.5) },
  'bursts of 200, every 5 minutes': {
    pick: (place) => (Math.floor(place / 200) % 3 === 2 ? INVOICE : LABEL),
    bursts: { images: 200, everyMs: 300_000 },
  },
  'thinking of any length': { pick: () => THOUGHT },
  'odd answers among labels': { pick: mixed(LABEL, { ...ODD, spread: 1.2 }, 0.05) },
  'opaque: half invoices': { pick: mixed(SPARSE_PAGE, INVOICE, 0.5), isOpaque: true },
  'opaque: sparse pages, then invoices': { pick: half(SPARSE_PAGE, INVOICE), isOpaque: true },
  'opaque: hundreds of each': {
    pick: (place) => (Math.floor(place / 100) % 2 === 0 ? SPARSE_PAGE : INVOICE),
    isOpaque: true,
  },
  'opaque: one invoice in fifty': { pick: mixed(SPARSE_PAGE, INVOICE, 0.02), isOpaque: true },
  'opaque: 250 of each': {
    pick: (place) => (Math.floor(place / 250) % 2 === 0 ? SPARSE_PAGE : INVOICE),
    isOpaque: true,
  },
  '30 labels, then 25 invoices': { pick: (place) => (place < 30 ? LABEL : INVOICE), images: 55 },
  'opaque: 30 sparse pages, then 25 invoices': {
    pick: (place) => (place < 30 ? SPARSE_PAGE : INVOICE),
    images: 55,
    isOpaque: true,
  },
} as const satisfies Record<string, MixRule>;

type MixName = keyof typeof RULES;

export const MIXES = Object.keys(RULES) as readonly MixName[];

/** The images of a mix, the same each time for a seed. */
export function mixOf(name: MixName, seed: number): readonly MixImage[] {
  const random = randomNumbers(seed);
  const { pick, images = IMAGES, isOpaque = false, bursts }: MixRule = RULES[name];
  return Array.from({ length: images }, (_, place) => {
    const kind = pick(place, random);
    const answerTokens = answerOf(kind, random);
    const crop = (): number => 1 - kind.crop * random();
    const pixels = Math.round(kind.sides[0] * crop() * kind.sides[1] * crop());
    const shownTokens = isOpaque ? 300 : answerTokens;
    return {
      format: 'png',
      pixels,
      // A blank page and the print on it, compressed more or less well.
      bytes: Math.round((pixels * 0.01 + shownTokens * 110) * Math.exp(0.12 * normal(random))),
      promptTokens: kind.promptTokens,
      answerTokens,
      arrivesMs: bursts === undefined ? 0 : Math.floor(place / bursts.images) * bursts.everyMs,
    };
  });
}

/** Log-normal: no answer is shorter than some tokens, and a few are long. */
function answerOf({ meanTokens, spread }: Kind, random: () => number): number {
  const deviation = Math.sqrt(Math.log(1 + spread ** 2));
  return Math.max(16, Math.round(meanTokens * Math.exp(deviation * normal(random) - deviation ** 2 / 2)));
}
