const WASM_PAGE_BYTES = 65_536;

/** What such a thread is started with. */
export interface WasmThreadData {
  readonly mostBytes: number;
}

/** The memory of a module never shrinks: a thread that has grown beyond this is ended, and the next work starts another. */
export const MOST_HELD_BYTES = 160 * 2 ** 20;

/** What the types of Node leave out. */
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/**
 * Bounds the memory of every WebAssembly module of this thread: what wants more than `mostBytes` gets none, as on a machine
 * without more. A module that declares its own memory can be bound in no other way; call it in a thread of its own.
 */
export function boundWasmMemory(mostBytes: number): void {
  const memory = WebAssembly.Memory.prototype;
  const { grow } = memory;
  memory.grow = function (this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * WASM_PAGE_BYTES > mostBytes) throw new RangeError('beyond its bound');
    return grow.call(this, pages);
  };
}
