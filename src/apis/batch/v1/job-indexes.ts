/** IndexRange is an interval of a job's indexes, both ends included. */
export type IndexRange = readonly [number, number];

class IndexError extends Error {}

function parseIndex(text: string, completions: number): number {
  if (!/^[-+]?\d+$/.test(text))
    throw new IndexError(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
  const index = Number(text);
  if (index >= completions) throw new IndexError(`too large index: ${JSON.stringify(text)}`);
  return index;
}

function falling(previous: number, current: number): IndexError {
  return new IndexError(`non-increasing order, previous: ${previous}, current: ${current}`);
}

function parseRange(text: string, completions: number): IndexRange {
  const limits = text.split('-');
  if (limits.length > 2) {
    throw new IndexError(
      `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    );
  }
  const [first = '', last] = limits;
  const start = parseIndex(first, completions);
  if (last === undefined) return [start, start];
  const end = parseIndex(last, completions);
  if (start >= end) throw falling(start, end);
  return [start, end];
}

/** parseIndexes reads `1,3-5`; answers the ranges, or the text of what is wrong. */
export function parseIndexes(text: string, completions: number): IndexRange[] | string {
  const ranges: IndexRange[] = [];
  if (text === '') return ranges;
  try {
    for (const part of text.split(',')) {
      const range = parseRange(part, completions);
      const last = ranges.at(-1);
      if (last && last[1] >= range[0]) throw falling(last[1], range[0]);
      ranges.push(range);
    }
    return ranges;
  } catch (error) {
    if (error instanceof IndexError) return error.message;
    throw error;
  }
}

/** countOf is how many indexes ranges have. */
export function countOf(ranges: readonly IndexRange[]): number {
  return ranges.reduce((count, [start, end]) => count + end - start + 1, 0);
}

/** firstOverlap answers the first index that is in both lists of ranges. */
export function firstOverlap(
  a: readonly IndexRange[],
  b: readonly IndexRange[],
): number | undefined {
  for (const [start, end] of a) {
    const other = b.find((range) => start <= range[1] && range[0] <= end);
    if (other) return Math.max(start, other[0]);
  }
  return undefined;
}
