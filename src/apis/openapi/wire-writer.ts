const encoder = new TextEncoder();

/** WireWriter writes protocol buffers: fields of one message, in the order of the calls. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  #varint(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 0x7f) {
      bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    bytes.push(rest);
    this.#push(Uint8Array.from(bytes));
  }

  #bytes(field: number, bytes: Uint8Array): void {
    this.#varint(field * 8 + 2);
    this.#varint(bytes.length);
    this.#push(bytes);
  }

  /** string writes a text; an empty or absent one is left out. */
  string(field: number, text: unknown): this {
    if (typeof text === 'string' && text !== '') this.#bytes(field, encoder.encode(text));
    return this;
  }

  /** strings writes a repeated text, empty elements included. */
  strings(field: number, texts: unknown): this {
    if (Array.isArray(texts))
      for (const text of texts) this.#bytes(field, encoder.encode(String(text)));
    return this;
  }

  /** bool writes true; false and absent are left out. */
  bool(field: number, value: unknown): this {
    if (value === true) {
      this.#varint(field * 8);
      this.#varint(1);
    }
    return this;
  }

  /** message writes a nested message, an empty one too; undefined is left out. */
  message(field: number, message: WireWriter | undefined): this {
    if (message !== undefined) this.#bytes(field, message.finish());
    return this;
  }

  /** finish answers the bytes of the message. */
  finish(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
