import { OPENSHIFT_DESCRIBE_LAYOUT, type TabLayout, TabWriter } from '../print/tab-writer.ts';

/** Text collects lines of `label<TAB>value` and aligns them in the end. */
export class Text {
  private readonly lines: string[] = [];

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

  /** format aligns what was collected; every line ends with a newline. */
  format(layout: TabLayout = OPENSHIFT_DESCRIBE_LAYOUT): string {
    return new TabWriter(layout).format(this.lines.map((line) => `${line}\n`).join(''));
  }
}

/** pairs are `key=value` texts, sorted. */
export function pairs(values: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(values ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort();
}
