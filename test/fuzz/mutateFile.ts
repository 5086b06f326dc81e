/** Numbers at which readers overflow. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as const;
const TEXT_EDGES = ['0', '-1', '2147483647', '4294967296', '99999999999999999999', '1e38', '0.0000001'] as const;
const MOST_CHANGES = 4;
/** A file whose end is missing is soon refused: most are to be read further. */
const CUT_SHARE = 0.2;

type Random = () => number;
type Change = (bytes: Buffer, random: Random) => Buffer;

/** Makes one to four changes of different kinds in a file; the same for the same random numbers. */
export function mutateFile(bytes: Buffer, random: Random): Buffer {
  let changed = Buffer.from(bytes);
  const count = 1 + below(random, MOST_CHANGES);
  for (let change = 0; change < count; change++) changed = Buffer.from(pick(random, CHANGES)(changed, random));
  return changed;
}

const below = (random: Random, most: number): number => Math.floor(random() * most);
const pick = <Value>(random: Random, values: readonly [Value, ...Value[]]): Value =>
  values[below(random, values.length)] ?? values[0];

/** Heads are where readers decide: half of all changes are there. */
function place(bytes: Buffer, random: Random): number {
  return below(random, random() < 0.5 ? Math.min(bytes.length, 600) : bytes.length);
}

const CHANGES: readonly [Change, ...Change[]] = [
  function changeByte(bytes, random) {
    if (bytes.length > 0) bytes[place(bytes, random)] = below(random, 256);
    return bytes;
  },
  function flipBit(bytes, random) {
    const at = place(bytes, random);
    if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
    return bytes;
  },
  function setNumber(bytes, random) {
    const value = pick(random, EDGES);
    const at = place(bytes, random);
    if (at + 4 > bytes.length) return bytes;
    if (random() < 0.5) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
    return bytes;
  },
  function setWrittenNumber(bytes, random) {
    const text = bytes.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    const found = numbers[below(random, numbers.length)];
    if (!found) return bytes;
    const end = found.index + found[0].length;
    return Buffer.from(text.slice(0, found.index) + pick(random, TEXT_EDGES) + text.slice(end), 'latin1');
  },
  function cutOff(bytes, random) {
    return random() < CUT_SHARE ? bytes.subarray(0, below(random, bytes.length)) : bytes;
  },
  function leaveOut(bytes, random) {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 64))]);
  },
  function repeat(bytes, random) {
    const at = place(bytes, random);
    const piece = bytes.subarray(at, at + 1 + below(random, 512));
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
  function move(bytes, random) {
    const [from, to] = [place(bytes, random), place(bytes, random)];
    bytes.copy(bytes, to, from, from + 1 + below(random, 64));
    return bytes;
  },
];
