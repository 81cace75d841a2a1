/** GoTime is a time as Go reads it: whole seconds, and the six digits of a MicroTime's fraction. */
export interface GoTime {
  readonly date: Date;
  readonly fraction: string;
}

/** GoTimeProblem is why Go cannot read a time, in its words. */
export interface GoTimeProblem {
  readonly problem: string;
}

type Layout = 'time' | 'micro-time';

const LAYOUTS: Readonly<Record<Layout, string>> = {
  time: '2006-01-02T15:04:05Z07:00',
  'micro-time': '2006-01-02T15:04:05.000000Z07:00',
};

/** One part of a layout: what it is called there, which text it takes, and what its number may be. */
interface Part {
  readonly name: string;
  readonly pattern: RegExp;
  readonly range?: { readonly what: string; readonly least: number; readonly most: number };
}

const literal = (name: string): Part => ({ name, pattern: new RegExp(`^${name}`) });
const range = (what: string, least: number, most: number) => ({ what, least, most });

const DATE_AND_TIME: readonly Part[] = [
  { name: '2006', pattern: /^(\d{4})/ },
  literal('-'),
  { name: '01', pattern: /^(\d\d)/, range: range('month', 1, 12) },
  literal('-'),
  { name: '02', pattern: /^(\d\d)/ },
  literal('T'),
  { name: '15', pattern: /^(\d\d?)/, range: range('hour', 0, 23) },
  literal(':'),
  { name: '04', pattern: /^(\d\d)/, range: range('minute', 0, 59) },
  literal(':'),
  { name: '05', pattern: /^(\d\d)/, range: range('second', 0, 59) },
];
const FRACTION = /^[.,](\d{6})/;
const ANY_FRACTION = /^[.,]\d+/;
const ZONE = /^(?:Z|([+-])(\d\d):(\d\d))/;
const MOST_ZONE_HOURS = 24;
const MOST_ZONE_MINUTES = 60;

/** quoted is a text as Go's errors about times quote it: byte by byte where it is not plain. */
function quoted(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(/[^ -\u007f]/gu, (one) =>
      [...new TextEncoder().encode(one)]
        .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
        .join(''),
    );
  return `"${escaped}"`;
}

/** Reading goes through a text from the left, and stops at what cannot be read. */
class Reading {
  rest: string;
  readonly #text: string;
  readonly #layout: Layout;

  constructor(text: string, layout: Layout) {
    this.rest = text;
    this.#text = text;
    this.#layout = layout;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.rest);
    if (match) this.rest = this.rest.slice(match[0].length);
    return match ?? undefined;
  }

  unlike(name: string): GoTimeProblem {
    const layout = quoted(LAYOUTS[this.#layout]);
    const problem = `parsing time ${quoted(this.#text)} as ${layout}: cannot parse ${quoted(this.rest)} as ${quoted(name)}`;
    return { problem };
  }

  wrong(what: string): GoTimeProblem {
    return { problem: `parsing time ${quoted(this.#text)}: ${what}` };
  }
}

function readNumbers(reading: Reading): number[] | GoTimeProblem {
  const numbers: number[] = [];
  for (const { name, pattern, range: allowed } of DATE_AND_TIME) {
    const match = reading.take(pattern);
    if (!match) return reading.unlike(name);
    if (match[1] === undefined) continue;
    const number = Number(match[1]);
    if (allowed && (number < allowed.least || number > allowed.most))
      return reading.wrong(`${allowed.what} out of range`);
    numbers.push(number);
  }
  return numbers;
}

/** readZone answers how many minutes a zone is ahead of UTC. */
function readZone(reading: Reading): number | GoTimeProblem {
  const match = reading.take(ZONE);
  if (!match) return reading.unlike('Z07:00');
  const [, sign, hours = '0', minutes = '0'] = match;
  if (Number(minutes) > MOST_ZONE_MINUTES)
    return reading.wrong('time zone offset minute out of range');
  if (Number(hours) > MOST_ZONE_HOURS) return reading.wrong('time zone offset hour out of range');
  const ahead = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -ahead : ahead;
}

/** dateOf makes a date of year, month, day, hour, minute and second; undefined: there is no such day. */
function dateOf(numbers: readonly number[], aheadMinutes: number): Date | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute - aheadMinutes, second);
  return date;
}

/**
 * parseGoTime reads a time of the API as Go's `time.Parse` does, whose texts say what is wrong.
 * A MicroTime must have six decimals; what a Time has of them is skipped.
 */
export function parseGoTime(text: string, layout: Layout): GoTime | GoTimeProblem {
  const reading = new Reading(text, layout);
  const numbers = readNumbers(reading);
  if ('problem' in numbers) return numbers;
  let fraction = '';
  if (layout === 'time') reading.take(ANY_FRACTION);
  else {
    const match = reading.take(FRACTION);
    if (!match) return reading.unlike('.000000');
    fraction = match[1] ?? '';
  }
  const ahead = readZone(reading);
  if (typeof ahead !== 'number') return ahead;
  if (reading.rest !== '') return reading.wrong(`extra text: ${quoted(reading.rest)}`);
  const date = dateOf(numbers, ahead);
  return date ? { date, fraction } : reading.wrong('day out of range');
}
