const CONTEXT = 3;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Lengths of the longest common runs of lines from each pair of places on. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = table[i] ?? [];
    for (let j = b.length - 1; j >= 0; j -= 1)
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  return table;
}

function script(a: readonly string[], b: readonly string[]): Line[] {
  const table = commonLengths(a, b);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [before, after] = [a[i], b[j]];
    if (before !== undefined && before === after) {
      lines.push({ sign: ' ', text: before });
      i += 1;
      j += 1;
    } else if (
      before !== undefined &&
      (after === undefined || (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0))
    ) {
      lines.push({ sign: '-', text: before });
      i += 1;
    } else {
      lines.push({ sign: '+', text: after ?? '' });
      j += 1;
    }
  }
  return lines;
}

/** The parts of a script that show changes with their surroundings, as places in it. */
function hunksOf(lines: readonly Line[]): { from: number; to: number }[] {
  const hunks: { from: number; to: number }[] = [];
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const from = Math.max(0, index - CONTEXT);
    const to = Math.min(lines.length, index + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
}

/** unifiedDiff shows how one text becomes another: hunks with three lines around each change. */
export function unifiedDiff(before: string, after: string): string {
  const lines = script(before.split('\n'), after.split('\n'));
  return hunksOf(lines)
    .map(({ from, to }) => {
      const count = (part: readonly Line[], skipped: '+' | '-') =>
        part.filter(({ sign }) => sign !== skipped).length;
      const [earlier, own] = [lines.slice(0, from), lines.slice(from, to)];
      const range = (skipped: '+' | '-') => `${count(earlier, skipped) + 1},${count(own, skipped)}`;
      const text = own.map((line) => `${line.sign}${line.text}\n`).join('');
      return `@@ -${range('+')} +${range('-')} @@\n${text}`;
    })
    .join('');
}
