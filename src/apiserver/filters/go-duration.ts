const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const NUMBER = /^(?:\d+\.?\d*|\.\d+)/;
const UNIT = /^[^\d.]+/;

/** GoDuration is a duration in milliseconds, or what Go says of a text that is none. */
export type GoDuration = { readonly ms: number } | { readonly error: string };

/** parseGoDuration reads a duration such as `1m30s` as Go's `time.ParseDuration` does. */
export function parseGoDuration(text: string): GoDuration {
  const quoted = JSON.stringify(text);
  const invalid = { error: `time: invalid duration ${quoted}` };
  const isNegative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return { ms: 0 };
  if (rest === '') return invalid;
  let ms = 0;
  while (rest !== '') {
    const number = NUMBER.exec(rest)?.[0];
    if (number === undefined) return invalid;
    rest = rest.slice(number.length);
    const unit = UNIT.exec(rest)?.[0];
    if (unit === undefined) return { error: `time: missing unit in duration ${quoted}` };
    const factor = UNITS[unit];
    if (factor === undefined) {
      return { error: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    }
    ms += Number(number) * factor;
    rest = rest.slice(unit.length);
  }
  return { ms: isNegative ? -ms : ms };
}
