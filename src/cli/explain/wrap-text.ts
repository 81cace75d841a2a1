const LIST_ITEM = /^(\d+\.?|-|\*)\s/;

/** Wrapper collects words into lines that are at most `width` long. */
class Wrapper {
  readonly lines: string[] = [];
  private line = '';
  private readonly width: number;

  constructor(width: number) {
    this.width = width;
  }

  /** endsWithColon tells whether the line so far introduces what comes next. */
  endsWithColon(): boolean {
    return this.line.endsWith(':');
  }

  flush(): void {
    if (this.line !== '') this.lines.push(this.line);
    this.line = '';
  }

  add(word: string): void {
    const longer = this.line === '' ? word : `${this.line} ${word}`;
    if (this.line !== '' && [...longer].length > this.width) {
      this.flush();
      this.line = word;
    } else this.line = longer;
  }

  /** verbatim ends the line and takes text as it is. */
  verbatim(text: string): void {
    this.flush();
    this.lines.push(text);
  }
}

/**
 * wrapText breaks a description into lines, as kubectl does: code blocks and blank lines stay, list
 * items and what follows a colon begin a new line, everything else flows.
 */
export function wrapText(text: string, width: number): string[] {
  const wrapper = new Wrapper(width);
  for (const source of text.split('\n')) {
    const trimmed = source.trim();
    if (source.startsWith('    ')) wrapper.verbatim(source);
    else if (trimmed === '') {
      if (wrapper.lines.length > 0) wrapper.verbatim('');
      else wrapper.flush();
    } else {
      if (wrapper.endsWithColon() || LIST_ITEM.test(trimmed)) wrapper.flush();
      for (const word of trimmed.split(/\s+/)) wrapper.add(word);
    }
  }
  wrapper.flush();
  return wrapper.lines;
}
