import sharp from 'sharp';

/** A rule is thinner than this, and darker than what lies so far on both sides of it by at least `leastContrast` of 255. */
const reachPx = 4;
const leastContrast = 16;
/** Longer than a stroke of any letter that tables are set in. */
const leastLengthPx = 80;
/** Where rules cross, or a letter comes near, one is interrupted. */
const longestGapPx = 10;
/** A rule of a grid crosses at least so many; underlines and the lines of a chart do not, and words stand across these. */
const leastRules = 3;
/** The part of its length that a rule covers; the feet of letters in a line of text cover less. */
const leastCover = 0.9;

interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Lines of pixels across the image, to be looked along: `along` and `across` are steps in pixels of the whole image. */
interface Direction {
  readonly lines: number;
  readonly length: number;
  readonly along: number;
  readonly across: number;
}

/**
 * The image with the rules of a grid painted over by what lies beside them: the reader takes a cell that is framed on all
 * sides for a picture. The same bytes where there is no grid.
 */
export async function withoutRules(png: Buffer): Promise<Buffer> {
  const { data, info } = await sharp(png)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = { data, width: info.width, height: info.height };
  const brightness = brightnessOf(pixels);
  const { width, height } = pixels;
  const upright = rulesIn(brightness, { lines: width, length: height, along: width, across: 1 });
  const level = crossing(rulesIn(brightness, { lines: height, length: width, along: 1, across: width }), upright);
  const grid = [...level, ...crossing(upright, level)];
  if (grid.length === 0) return png;
  for (const { at, beside } of grid.flatMap((rule) => rule.pixels)) {
    data.copy(data, 3 * at, 3 * beside, 3 * beside + 3);
  }
  const raw = { width, height, channels: 3 } as const;
  return await sharp(data, { raw }).png({ compressionLevel: 1 }).toBuffer();
}

function brightnessOf({ data, width, height }: Pixels): Uint8Array {
  const brightness = new Uint8Array(width * height);
  for (let at = 0; at < brightness.length; at += 1) {
    brightness[at] = ((data[3 * at] ?? 0) + (data[3 * at + 1] ?? 0) + (data[3 * at + 2] ?? 0)) / 3;
  }
  return brightness;
}

/** A pixel of a rule, and the one beside the rule whose colour it is to get. */
interface RulePixel {
  readonly at: number;
  readonly beside: number;
}

interface Rule {
  /** Its place in the other direction, and in its own from where to where it goes. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly pixels: readonly RulePixel[];
}

function rulesIn(brightness: Uint8Array, { lines, length, along, across }: Direction): Rule[] {
  const found: Rule[] = [];
  for (let line = reachPx; line < lines - reachPx; line += 1) {
    let run: RulePixel[] = [];
    let from = 0;
    let last = 0;
    const endRun = (): void => {
      const covered = last - from + 1;
      if (covered >= leastLengthPx && run.length >= leastCover * covered) {
        found.push({ line, from, to: last, pixels: run });
      }
      run = [];
    };
    for (let place = 0; place < length; place += 1) {
      const at = line * across + place * along;
      const [one, other] = [at - reachPx * across, at + reachPx * across];
      const [oneSide, otherSide] = [brightness[one] ?? 0, brightness[other] ?? 0];
      if ((brightness[at] ?? 0) + leastContrast > Math.min(oneSide, otherSide)) continue;
      if (run.length > 0 && place - last > longestGapPx) endRun();
      if (run.length === 0) from = place;
      run.push({ at, beside: oneSide > otherSide ? one : other });
      last = place;
    }
    endRun();
  }
  return found;
}

/** The rules that cross or meet enough of the others, those that lie closer than a rule is thick being one. */
function crossing(rules: readonly Rule[], others: readonly Rule[]): readonly Rule[] {
  const spans = (rule: Rule, line: number): boolean => line >= rule.from - reachPx && line <= rule.to + reachPx;
  return rules.filter((rule) => {
    const crossed = others.filter((other) => spans(rule, other.line) && spans(other, rule.line));
    const apart = crossed.filter(({ line }, place) => line - (crossed[place - 1]?.line ?? -Infinity) >= reachPx);
    return apart.length >= leastRules;
  });
}
