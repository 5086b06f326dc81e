const named: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ['black', 0, 0, 0],
  ['white', 255, 255, 255],
  ['grey', 128, 128, 128],
  ['light grey', 215, 215, 215],
  ['red', 220, 30, 30],
  ['orange', 245, 150, 30],
  ['yellow', 245, 230, 60],
  ['green', 40, 150, 60],
  ['blue', 40, 90, 210],
  ['light blue', 150, 200, 240],
  ['purple', 130, 60, 170],
  ['pink', 245, 160, 190],
  ['brown', 120, 75, 40],
  ['beige', 235, 220, 190],
];

/**
 * The names of up to three colours that cover most of some RGB pixels, the largest first; what covers less than a
 * twentieth is left out.
 */
export function mainColours(rgb: Uint8Array): string[] {
  const counts = new Map<string, number>();
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const name = nearest(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count >= rgb.length / 60)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([name]) => name);
}

function nearest(red: number, green: number, blue: number): string {
  let best = 'black';
  let least = Number.POSITIVE_INFINITY;
  for (const [name, r, g, b] of named) {
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}
