const NOT_ASCII = /[^\0-\x7f]/;

/** One character for each byte: the engine joins such texts without copying them. */
function bytesOf(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

function varint(value: number): string {
  if (value < 0x80) return String.fromCharCode(value);
  return String.fromCharCode((value % 0x80) | 0x80) + varint(Math.floor(value / 0x80));
}

/** WireWriter writes protocol buffers: fields of one message, in the order of the calls. */
export class WireWriter {
  /** What is written so far, one character for each byte. */
  #written = '';

  #bytes(field: number, bytes: string): void {
    this.#written += varint(field * 8 + 2) + varint(bytes.length) + bytes;
  }

  /** string writes a text; an empty or absent one is left out. */
  string(field: number, text: unknown): this {
    if (typeof text === 'string' && text !== '') this.#bytes(field, bytesOf(text));
    return this;
  }

  /** strings writes a repeated text, empty elements included. */
  strings(field: number, texts: unknown): this {
    if (Array.isArray(texts)) for (const text of texts) this.#bytes(field, bytesOf(String(text)));
    return this;
  }

  /** bool writes true; false and absent are left out. */
  bool(field: number, value: unknown): this {
    if (value === true) this.#written += varint(field * 8) + varint(1);
    return this;
  }

  /** optionalText writes a text, an empty one too; what is no text is left out. */
  optionalText(field: number, text: unknown): this {
    if (typeof text === 'string') this.#bytes(field, bytesOf(text));
    return this;
  }

  /** optionalBool writes true or false; what is neither is left out. */
  optionalBool(field: number, value: unknown): this {
    if (typeof value === 'boolean') this.#written += varint(field * 8) + varint(value ? 1 : 0);
    return this;
  }

  /** optionalDouble writes a number, zero too; what is none is left out. */
  optionalDouble(field: number, value: unknown): this {
    if (typeof value !== 'number') return this;
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#written += varint(field * 8 + 1) + bytes.toString('latin1');
    return this;
  }

  /** double writes a number; zero and what is none are left out. */
  double(field: number, value: unknown): this {
    return this.optionalDouble(field, value === 0 ? undefined : value);
  }

  /** integer writes a whole number from 1 on; others are left out. */
  integer(field: number, value: unknown): this {
    if (typeof value === 'number' && value >= 1) this.#written += varint(field * 8) + varint(value);
    return this;
  }

  /** message writes a nested message, an empty one too; undefined is left out. */
  message(field: number, message: WireWriter | undefined): this {
    if (message !== undefined) this.#bytes(field, message.#written);
    return this;
  }

  /** finish answers the bytes of the message. */
  finish(): Uint8Array {
    return Buffer.from(this.#written, 'latin1');
  }
}
