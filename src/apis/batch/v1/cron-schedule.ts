interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS = '@yearly @annually @monthly @weekly @daily @midnight @hourly'.split(' ');
const GO_DURATION = /^[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;

class ScheduleError extends Error {}

function fail(text: string): never {
  throw new ScheduleError(text);
}

function parseNumber(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) {
    fail(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const number = Number(text);
  return number < 0 ? fail(`negative number (${number}) not allowed: ${text}`) : number;
}

function parseValue(text: string, { names = [], min }: Field): number {
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? parseNumber(text) : index + min;
}

function parseBounds(text: string, range: string, field: Field): readonly [number, number] {
  const [low = '', high, ...more] = range.split('-');
  if (low === '*' || low === '?') return [field.min, field.max];
  const start = parseValue(low, field);
  if (high === undefined) return [start, start];
  if (more.length > 0) fail(`too many hyphens: ${text}`);
  return [start, parseValue(high, field)];
}

function checkRange(text: string, field: Field): void {
  const [range = '', stepText, ...more] = text.split('/');
  const [start, single] = parseBounds(text, range, field);
  if (more.length > 0) fail(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  const end = stepText !== undefined && !range.includes('-') ? field.max : single;
  const { min, max } = field;
  if (start < min) fail(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) fail(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) fail(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) fail(`step of range should be a positive number: ${text}`);
}

function checkDescriptor(text: string): void {
  if (DESCRIPTORS.includes(text)) return;
  const every = '@every ';
  if (!text.startsWith(every)) fail(`unrecognized descriptor: ${text}`);
  const duration = text.slice(every.length);
  if (duration === '0' || GO_DURATION.test(duration)) return;
  fail(`failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`);
}

function checkSchedule(schedule: string): void {
  const zone = /^(?:CRON_)?TZ=(\S*)\s+/.exec(schedule);
  const spec = zone ? schedule.slice(zone[0].length) : schedule;
  const zoneError = zone && zoneText(zone[1] ?? '');
  if (zone && zoneError) fail(`provided bad location ${zone[1]}: ${zoneError}`);
  if (spec.startsWith('@')) checkDescriptor(spec);
  else checkFields(spec);
}

function checkFields(spec: string): void {
  const parts = spec.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== FIELDS.length)
    fail(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  for (const [index, field] of FIELDS.entries()) {
    const ranges = (parts[index] ?? '').split(',').filter((range) => range !== '');
    for (const range of ranges) checkRange(range, field);
  }
}

/** scheduleErrors says what is wrong with a cron schedule, in the words of upstream's parser. */
export function scheduleErrors(schedule: string): string[] {
  try {
    checkSchedule(schedule);
    return [];
  } catch (error) {
    if (error instanceof ScheduleError) return [error.message];
    throw error;
  }
}

/** zoneText says what is wrong with the name of a time zone; undefined: it is known. */
export function zoneText(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return undefined;
  } catch {
    return `unknown time zone ${zone}`;
  }
}
