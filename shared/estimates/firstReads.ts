/** How much of a file to read first, learned from earlier headers: files of one folder are similar. */
export interface FirstReads {
  /** For the next file, by its name: 8 KiB, or up to 64 KiB where headers of files with its ending are longer. */
  readonly bytesFor: (name: string) => number;
  /** Notes how many bytes the header of a file took. */
  readonly note: (name: string, headerBytes: number) => void;
}

/** Half of all files state their size within these. */
const LEAST_BYTES = 8_192;

/** A camera's EXIF with its thumbnail is one segment, and no segment is longer (ITU-T T.81, B.1.1.4: 16 bits). */
const MOST_BYTES = 65_536;
const STEP_BYTES = 4_096;

/** A second read costs more time than the bytes that it spares: it is left to the longest eighth. */
const WITHIN_FIRST_READ = 7 / 8;
const REMEMBERED = 32;

/** One instance per folder; it starts without knowledge. */
export function createFirstReads(): FirstReads {
  const lengthsOf = new Map<string, readonly number[]>();
  return {
    bytesFor: (name) => bytesThatHold(lengthsOf.get(endingOf(name)) ?? []),
    note(name, headerBytes) {
      const ending = endingOf(name);
      // No first read would hold a longer one, so that it argues for none.
      const bytes = headerBytes > MOST_BYTES ? 0 : headerBytes;
      lengthsOf.set(ending, [...(lengthsOf.get(ending) ?? []), bytes].slice(-REMEMBERED));
    },
  };
}

function bytesThatHold(lengths: readonly number[]): number {
  const sorted = lengths.toSorted((shorter, longer) => shorter - longer);
  const bytes = sorted[Math.ceil(sorted.length * WITHIN_FIRST_READ) - 1] ?? 0;
  return Math.max(LEAST_BYTES, Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
}

function endingOf(name: string): string {
  return /\.([^./]{1,5})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}
