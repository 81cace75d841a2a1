import { equalRuns } from './sequence-matcher.ts';

const CONTEXT = 3;

/** A stretch of lines of both texts: equal, or one in place of the other. */
interface Step {
  readonly isEqual: boolean;
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

function stepsOf(a: readonly string[], b: readonly string[]): Step[] {
  const steps: Step[] = [];
  let [atA, atB] = [0, 0];
  for (const run of equalRuns(a, b)) {
    if (atA < run.a || atB < run.b) {
      steps.push({ isEqual: false, a: [atA, run.a], b: [atB, run.b] });
    }
    [atA, atB] = [run.a + run.size, run.b + run.size];
    if (run.size > 0) steps.push({ isEqual: true, a: [run.a, atA], b: [run.b, atB] });
  }
  return steps;
}

/** The first lines of an equal stretch, or its last ones. */
function head({ a, b }: Step): Step {
  const size = Math.min(CONTEXT, a[1] - a[0]);
  return { isEqual: true, a: [a[0], a[0] + size], b: [b[0], b[0] + size] };
}

function tail({ a, b }: Step): Step {
  const size = Math.min(CONTEXT, a[1] - a[0]);
  return { isEqual: true, a: [a[1] - size, a[1]], b: [b[1] - size, b[1]] };
}

/** hunksOf groups the changes that are near each other, with what is around them. */
function hunksOf(steps: readonly Step[]): Step[][] {
  const hunks: Step[][] = [];
  let hunk: Step[] = [];
  for (const [index, step] of steps.entries()) {
    if (!step.isEqual) {
      hunk.push(step);
    } else if (index === 0) {
      hunk.push(tail(step));
    } else if (index < steps.length - 1 && step.a[1] - step.a[0] <= 2 * CONTEXT) {
      hunk.push(step);
    } else {
      hunks.push([...hunk, head(step)]);
      hunk = [tail(step)];
    }
  }
  if (hunk.some(({ isEqual }) => !isEqual)) hunks.push(hunk);
  return hunks.filter((one) => one.some(({ isEqual }) => !isEqual));
}

function rangeText(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return `${from + 1}`;
  return `${length === 0 ? from : from + 1},${length}`;
}

function hunkText(a: readonly string[], b: readonly string[], hunk: readonly Step[]): string {
  const [first, last] = [hunk[0], hunk.at(-1)];
  if (!first || !last) return '';
  const lines = (sign: string, texts: readonly string[], [from, to]: readonly [number, number]) =>
    texts.slice(from, to).map((text) => `${sign}${text}\n`);
  const body = hunk.flatMap((step) =>
    step.isEqual ? lines(' ', a, step.a) : [...lines('-', a, step.a), ...lines('+', b, step.b)],
  );
  const ranges = `-${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])}`;
  return `@@ ${ranges} @@\n${body.join('')}`;
}

/**
 * unifiedDiff shows how one text becomes another, as Python's difflib does, without names of files:
 * hunks with three lines around each change.
 */
export function unifiedDiff(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return hunksOf(stepsOf(a, b))
    .map((hunk) => hunkText(a, b, hunk))
    .join('');
}
