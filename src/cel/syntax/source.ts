/** Issue is one error of an expression; `at` is an offset in its text, or -1 for none. */
export interface Issue {
  readonly at: number;
  readonly message: string;
}

const MAX_SNIPPET = 16384;

function isWide(point: string | undefined): boolean {
  return (point?.codePointAt(0) ?? 0) > 0x7f;
}

/** showIssue writes an issue with its place and the line that it is in, as cel-go does. */
function showIssue(text: string, { at, message }: Issue): string {
  if (at < 0) return `ERROR: <input>:-1:0: ${message}`;
  // Of nothing there is no line to show.
  if (text === '') return `ERROR: <input>:1:0: ${message}`;
  const before = text.slice(0, at).split('\n');
  const start = at - (before.at(-1) ?? '').length;
  const end = text.indexOf('\n', start);
  const line = Array.from(text.slice(start, end < 0 ? undefined : end));
  const column = Array.from(text.slice(start, at)).length;
  const head = `ERROR: <input>:${before.length}:${column + 1}: ${message}`;
  if (line.length > MAX_SNIPPET) return head;
  const dots = line.slice(0, column).map((point) => (isWide(point) ? '．' : '.'));
  const arrow = isWide(line[column]) ? '＾' : '^';
  return `${head}\n | ${line.join('').replaceAll('\t', ' ')}\n | ${dots.join('')}${arrow}`;
}

/** showIssues writes issues in the order of their places. */
export function showIssues(text: string, issues: readonly Issue[]): string {
  const sorted = [...issues].sort((left, right) => left.at - right.at);
  return sorted.map((issue) => showIssue(text, issue)).join('\n');
}
