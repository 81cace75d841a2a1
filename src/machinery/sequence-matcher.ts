/** Run is a stretch of equal items: where it begins in each sequence, and how long it is. */
export interface Run {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface Range {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

/** In sequences at least this long, items that occur too often begin no run. */
const LONG = 200;

function placesOf(items: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const known = places.get(item);
    if (known) known.push(index);
    else places.set(item, [index]);
  }
  if (items.length < LONG) return places;
  const most = Math.floor(items.length / 100) + 1;
  for (const [item, known] of places) if (known.length > most) places.delete(item);
  return places;
}

/**
 * equalRuns answers the runs that two sequences have in common, in order, as Python's difflib finds
 * them: the longest first, then those on both sides of it. The last one is empty, at the ends.
 */
export function equalRuns(a: readonly string[], b: readonly string[]): readonly Run[] {
  const places = placesOf(b);
  const found: Run[] = [];
  const search = ({ a: [aFrom, aTo], b: [bFrom, bTo] }: Range): void => {
    const run = longest(a, b, places, { a: [aFrom, aTo], b: [bFrom, bTo] });
    if (run.size === 0) return;
    const before: Range = { a: [aFrom, run.a], b: [bFrom, run.b] };
    if (run.a > aFrom && run.b > bFrom) search(before);
    found.push(run);
    const after: Range = { a: [run.a + run.size, aTo], b: [run.b + run.size, bTo] };
    if (after.a[0] < aTo && after.b[0] < bTo) search(after);
  };
  search({ a: [0, a.length], b: [0, b.length] });
  return [...joined(found), { a: a.length, b: b.length, size: 0 }];
}

function longest(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  { a: [aFrom, aTo], b: [bFrom, bTo] }: Range,
): Run {
  let best: Run = { a: aFrom, b: bFrom, size: 0 };
  let lengths = new Map<number, number>();
  for (let index = aFrom; index < aTo; index += 1) {
    const next = new Map<number, number>();
    for (const place of places.get(a[index] ?? '') ?? []) {
      if (place < bFrom) continue;
      if (place >= bTo) break;
      const size = (lengths.get(place - 1) ?? 0) + 1;
      next.set(place, size);
      if (size > best.size) best = { a: index - size + 1, b: place - size + 1, size };
    }
    lengths = next;
  }
  let { a: aBegin, b: bBegin } = best;
  let [aEnd, bEnd] = [aBegin + best.size, bBegin + best.size];
  while (aBegin > aFrom && bBegin > bFrom && a[aBegin - 1] === b[bBegin - 1]) {
    aBegin -= 1;
    bBegin -= 1;
  }
  while (aEnd < aTo && bEnd < bTo && a[aEnd] === b[bEnd]) {
    aEnd += 1;
    bEnd += 1;
  }
  return { a: aBegin, b: bBegin, size: aEnd - aBegin };
}

/** Runs that follow each other without a gap are one. */
function joined(runs: readonly Run[]): Run[] {
  const kept: Run[] = [];
  for (const run of runs) {
    const last = kept.at(-1);
    if (last && last.a + last.size === run.a && last.b + last.size === run.b) {
      kept[kept.length - 1] = { ...last, size: last.size + run.size };
    } else kept.push(run);
  }
  return kept;
}
