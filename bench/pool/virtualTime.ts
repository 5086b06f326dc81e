/** Time that passes only when all players wait: minutes of a pool in milliseconds of a computer. */
export interface VirtualTime {
  readonly now: () => number;
  readonly sleep: (waitMs: number) => Promise<void>;
  /** Runs `step` at a moment; a moment that has passed is now. */
  readonly at: (atMs: number, step: () => void) => void;
  /** Lets time pass until nothing is planned, or until `untilMs`. */
  readonly run: (untilMs: number) => Promise<void>;
}

interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly step: () => void;
}

export function createVirtualTime(startMs: number): VirtualTime {
  let nowMs = startMs;
  let order = 0;
  const heap: Planned[] = [];
  const at = (atMs: number, step: () => void): void =>
    push(heap, { atMs: Math.max(nowMs, atMs), order: order++, step });
  return {
    now: () => nowMs,
    sleep: (waitMs) => new Promise((resolve) => at(nowMs + Math.max(0, waitMs), resolve)),
    at,
    run: async (untilMs) => {
      for (let next = heap[0]; next !== undefined && next.atMs <= untilMs; next = heap[0]) {
        pop(heap);
        nowMs = next.atMs;
        next.step();
        // Everything that this step has set in motion must come to rest before time goes on.
        await new Promise(setImmediate);
      }
    },
  };
}

function isBefore(left: Planned, right: Planned): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

function push(heap: Planned[], item: Planned): void {
  let index = heap.length;
  heap.push(item);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(item, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = item;
}

function pop(heap: Planned[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (left === undefined) break;
    if (right !== undefined && isBefore(right, left)) child += 1;
    const below = heap[child];
    if (below === undefined || !isBefore(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}
