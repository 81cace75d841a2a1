const FIRST_BYTES = 4096;
const BASE = 128;
const SAFE_BITS = 2 ** 31;

/** VARINT is the wire type of whole numbers and booleans. */
export const VARINT = 0;
/** FIXED64 is the wire type of doubles. */
export const FIXED64 = 1;
/** BYTES is the wire type of texts and messages. */
export const BYTES = 2;

/**
 * WireWriter writes a message from its end to its beginning, as Go's generated code does: the length
 * of what is inside is known when it is to be written. Fields are therefore written last first.
 */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = FIRST_BYTES;

  /** written is how many bytes there are. */
  get written(): number {
    return this.#buffer.length - this.#at;
  }

  /** bytes puts bytes before what is there. */
  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  /** text puts a text in UTF-8 before what is there. */
  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#reserve(length);
    this.#at -= length;
    this.#buffer.write(text, this.#at);
  }

  /** varint puts an integer; a negative one takes ten bytes. */
  varint(value: number): void {
    if (value >= 0 && value < BASE) {
      this.#reserve(1);
      this.#at -= 1;
      this.#buffer[this.#at] = value;
      return;
    }
    const bytes: number[] = [];
    if (value >= 0 && value < SAFE_BITS) {
      let rest = value;
      for (; rest >= BASE; rest >>>= 7) bytes.push((rest & 0x7f) | BASE);
      bytes.push(rest);
    } else {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | BASE);
      bytes.push(Number(rest));
    }
    this.bytes(Uint8Array.from(bytes));
  }

  /** double puts a number of 64 bits. */
  double(value: number): void {
    this.#reserve(8);
    this.#at -= 8;
    this.#buffer.writeDoubleLE(value, this.#at);
  }

  /** key puts the key of a field, after its value. */
  key(number: number, wireType: number): void {
    this.varint(number * 8 + wireType);
  }

  /** inside puts what `write` writes as a field of bytes. */
  inside(number: number, write: () => void): void {
    const before = this.written;
    write();
    this.varint(this.written - before);
    this.key(number, BYTES);
  }

  /** take answers a copy of everything. */
  take(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#at));
  }

  #reserve(length: number): void {
    if (this.#at >= length) return;
    const { written } = this;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, (written + length) * 2));
    this.#buffer.copy(grown, grown.length - written, this.#at);
    this.#buffer = grown;
    this.#at = grown.length - written;
  }
}
