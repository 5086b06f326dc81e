/** Writes bits, the highest first, as HEVC has them (ITU-T H.265, 7.2 and 9.2). */
export class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #open = 0;

  bit(value: number): void {
    this.#open = this.#open * 2 + value;
    this.#bits += 1;
    if (this.#bits === 8) {
      this.#bytes.push(this.#open);
      this.#open = 0;
      this.#bits = 0;
    }
  }

  /** `u(count)`: up to 32 bits. */
  fixed(value: number, count: number): void {
    for (let place = count - 1; place >= 0; place--) this.bit(Math.floor(value / 2 ** place) % 2);
  }

  /** `ue(v)`: Exp-Golomb. */
  golomb(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.fixed(0, length);
    this.fixed(value + 1, length + 1);
  }

  zerosToByte(): void {
    while (this.#bits > 0) this.bit(0);
  }

  /** A one, and zeros up to the next byte. */
  trailing(): void {
    this.bit(1);
    this.zerosToByte();
  }

  /** From a byte's border on. */
  whole(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
