interface Line {
  readonly indent: number;
  readonly text: string;
}

class NotSimple extends Error {}

const PLAIN = /^[A-Za-z0-9/_.+=@-][A-Za-z0-9/_.:+=@-]*$/;
const NOT_TEXT =
  /^[-+]?[\d.][\d_.]*(e[+-]?\d+)?$|^0[xob]|^[-+]?\d[\d_]*(:[0-5]?\d)+$|^\d{4}-\d{1,2}-\d|^[-+.]|^(y|n|yes|no|on|off)$|:$/i;
const QUOTED = /^"([^"\\]*)"$|^'([^']*)'$/;
const ENTRY = /^([A-Za-z][A-Za-z0-9-]*):(?: (.*))?$/;

function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .map((line) => ({ indent: line.length - line.trimStart().length, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
}

function scalar(text: string): unknown {
  const quoted = QUOTED.exec(text);
  if (quoted) return quoted[1] ?? quoted[2];
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null' || text === '~') return null;
  if (!PLAIN.test(text) || NOT_TEXT.test(text)) throw new NotSimple();
  return text;
}

class Reader {
  private readonly lines: Line[];
  private at = 0;

  constructor(text: string) {
    this.lines = linesOf(text);
  }

  document(): unknown {
    const value = this.mapping(0);
    if (this.at < this.lines.length) throw new NotSimple();
    return value;
  }

  private value(text: string | undefined, indent: number): unknown {
    if (text) return scalar(text);
    const next = this.lines[this.at];
    if (next && next.indent >= indent && next.text.startsWith('- ')) return this.list(next.indent);
    if (next && next.indent > indent) return this.mapping(next.indent);
    return null;
  }

  private mapping(indent: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (let line = this.lines[this.at]; line?.indent === indent; line = this.lines[this.at]) {
      const [, key, text] = ENTRY.exec(line.text) ?? [];
      if (key === undefined) {
        if (line.text.startsWith('- ')) break;
        throw new NotSimple();
      }
      this.at += 1;
      result[key] = this.value(text, indent);
    }
    return result;
  }

  private list(indent: number): unknown[] {
    const result: unknown[] = [];
    for (let line = this.lines[this.at]; line?.indent === indent; line = this.lines[this.at]) {
      if (!line.text.startsWith('- ')) break;
      const inner = line.text.slice(2).trimStart();
      if (!ENTRY.test(inner)) throw new NotSimple();
      const depth = indent + line.text.length - inner.length;
      this.lines[this.at] = { indent: depth, text: inner };
      result.push(this.mapping(depth));
    }
    return result;
  }
}

/**
 * parseSimpleYaml reads the plain block style in which kubeconfig files are written, many times
 * faster than a YAML library loads. It answers undefined for anything beyond that style: the caller
 * then asks the library.
 */
export function parseSimpleYaml(text: string): unknown {
  if (text.includes('\t') || /^(---|%)|[|>][+-]?\d?$|&|\*/m.test(text)) return undefined;
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}
