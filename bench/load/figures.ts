/** Row is one line of the table that the benchmarks print. */
export interface Row {
  readonly work: string;
  readonly value: number;
  /** `/s` for rates, of which more is better; of every other unit less is. */
  readonly unit: string;
  /** The figure of what a benchmark compares with, where there is one. */
  readonly other?: number | undefined;
  readonly goal?: string;
}

/** Result is what the `run` of a benchmark answers. */
export interface Result {
  readonly name: string;
  /** What the column of `other` is called. */
  readonly other?: string;
  readonly rows: readonly Row[];
}

/** elapsedMs is how long a piece of work takes. */
export async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** percentile answers the value below which a part (0 to 1) of some figures are; 0 of none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** median is the figure in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
