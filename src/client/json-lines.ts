/** jsonLines reads JSON values from bytes, one per line; a last line without newline counts. */
export async function* jsonLines<T>(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for await (const chunk of bytes) {
    let text = decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      parts.push(text.slice(0, end));
      text = text.slice(end + 1);
      const line = parts.join('');
      parts = [];
      if (line.trim() !== '') yield JSON.parse(line) as T;
    }
    if (text !== '') parts.push(text);
  }
  const rest = parts.join('') + decoder.decode();
  if (rest.trim() !== '') yield JSON.parse(rest) as T;
}
