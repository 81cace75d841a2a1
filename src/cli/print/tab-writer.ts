/** TabLayout are the measures of a TabWriter, as Go's text/tabwriter names them. */
export interface TabLayout {
  readonly minWidth: number;
  readonly tabWidth: number;
  readonly padding: number;
  readonly padWith: ' ' | '\t';
  /** Columns never become narrower than they were in the text before: for watches. */
  readonly rememberWidths?: boolean;
}

/** TABLE_LAYOUT is the layout of `get`. */
export const TABLE_LAYOUT: TabLayout = {
  minWidth: 6,
  tabWidth: 4,
  padding: 3,
  padWith: ' ',
  rememberWidths: true,
};

/** KUBE_DESCRIBE_LAYOUT is the layout of `describe` for Kubernetes kinds. */
export const KUBE_DESCRIBE_LAYOUT: TabLayout = {
  minWidth: 0,
  tabWidth: 8,
  padding: 2,
  padWith: ' ',
};

/** OPENSHIFT_DESCRIBE_LAYOUT is the layout of `describe` for OpenShift kinds: aligned by tabs. */
export const OPENSHIFT_DESCRIBE_LAYOUT: TabLayout = {
  minWidth: 0,
  tabWidth: 8,
  padding: 1,
  padWith: '\t',
};

const lengthOf = (text: string): number => {
  for (let at = 0; at < text.length; at += 1)
    if (text.charCodeAt(at) > 0x7f) return [...text].length;
  return text.length;
};

/**
 * TabWriter aligns tab-terminated cells into columns exactly as Go's text/tabwriter does: a column
 * is a run of adjacent lines that have a cell there, and the last cell of a line is never padded.
 */
export class TabWriter {
  private readonly layout: TabLayout;
  private readonly remembered: number[] = [];

  constructor(layout: TabLayout) {
    this.layout = layout;
  }

  /** forget drops the remembered widths: a new table begins. */
  forget(): void {
    this.remembered.length = 0;
  }

  /** format answers the aligned form of a whole text. */
  format(text: string): string {
    const lines = text.split('\n').map((line) => line.split('\t'));
    const out: string[] = [];
    this.block(lines, 0, lines.length, [], out);
    return out.join('\n');
  }

  private columnWidth(lines: string[][], from: number, to: number, column: number) {
    const { minWidth, padding, rememberWidths } = this.layout;
    let width = minWidth;
    let end = from;
    for (; end < to; end += 1) {
      const line = lines[end] ?? [];
      if (column >= line.length - 1) break;
      width = Math.max(width, lengthOf(line[column] ?? '') + padding);
    }
    if (rememberWidths) {
      width = Math.max(width, this.remembered[column] ?? 0);
      this.remembered[column] = width;
    }
    return { width, end };
  }

  private block(lines: string[][], from: number, to: number, widths: number[], out: string[]) {
    const column = widths.length;
    let unprinted = from;
    for (let at = from; at < to; at += 1) {
      if (column >= (lines[at] ?? []).length - 1) continue;
      this.print(lines, unprinted, at, widths, out);
      const { width, end } = this.columnWidth(lines, at, to, column);
      this.block(lines, at, end, [...widths, width], out);
      unprinted = end;
      at = end;
    }
    this.print(lines, unprinted, to, widths, out);
  }

  private print(lines: string[][], from: number, to: number, widths: number[], out: string[]) {
    for (let at = from; at < to; at += 1) {
      const cells = (lines[at] ?? []).map((cell, index) =>
        index < widths.length ? cell + this.pad(lengthOf(cell), widths[index] ?? 0) : cell,
      );
      out.push(cells.join(''));
    }
  }

  private pad(textWidth: number, cellWidth: number): string {
    const { tabWidth, padWith } = this.layout;
    if (padWith === ' ') return ' '.repeat(cellWidth - textWidth);
    const aligned = Math.ceil(cellWidth / tabWidth) * tabWidth;
    return '\t'.repeat(Math.ceil((aligned - textWidth) / tabWidth));
  }
}
