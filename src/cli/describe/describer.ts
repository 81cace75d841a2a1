import { OPENSHIFT_DESCRIBE_LAYOUT, type TabLayout, TabWriter } from '../print/tab-writer.ts';

/** Text collects lines of `label<TAB>value` and aligns them in the end. */
export class Text {
  private lines: string[] = [];
  private done = '';
  private readonly layout: TabLayout;

  constructor(layout: TabLayout = OPENSHIFT_DESCRIBE_LAYOUT) {
    this.layout = layout;
  }

  /** field adds `LABEL:<TAB>VALUE`; further values go into lines of their own, below the first. */
  field(label: string, ...values: readonly (string | number)[]): this {
    const [first = '<none>', ...more] = values.length === 0 ? ['<none>'] : values;
    this.lines.push(`${label}:\t${first}`, ...more.map((value) => `\t${value}`));
    return this;
  }

  /** line adds a line as it is; tabs separate cells. */
  line(text = ''): this {
    this.lines.push(text);
    return this;
  }

  /** flush aligns what was collected so far; what follows is aligned on its own. */
  flush(): this {
    if (this.lines.length > 0)
      this.done += new TabWriter(this.layout).format(`${this.lines.join('\n')}\n`);
    this.lines = [];
    return this;
  }

  /** raw answers what was collected as it is, with its tabs. */
  raw(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  /** format aligns what was collected; every line ends with a newline. */
  format(): string {
    return this.flush().done;
  }
}

/** pairs are `key=value` texts, sorted by key. */
export function pairs(values: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(values ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
}

/** inline writes pairs as `a=1,b=2`, `<none>` without any. */
export function inline(values: Readonly<Record<string, string>> | undefined): string {
  return pairs(values).sort().join(',') || '<none>';
}
