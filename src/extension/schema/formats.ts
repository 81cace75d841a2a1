const BYTES = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const UUID = '[0-9a-f]{8}-?[0-9a-f]{4}-?V[0-9a-f]{3}-?R[0-9a-f]{3}-?[0-9a-f]{12}';
const uuid = (version: string, variant: string) =>
  new RegExp(`^${UUID.replace('V', version).replace('R', variant)}$`, 'i');
const CREDIT_CARD =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
const HOST_NAME =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;
const EMAIL = /^(?:[^<>@]*<)?[^\s<>@,;:()[\]\\]+@[^\s<>@,;:()\\]+>?$/;
const DURATION_PART = '(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h)';
const GO_DURATION = new RegExp(`^[-+]?(?:0|(?:${DURATION_PART})+)$`);
/** Numbers with what may be a unit, wherever they are in a text. */
const WORDS = /(\d+)\s*([A-Za-zµ]+)/g;
const UNIT =
  /^(?:ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/i;
const MAX_INT = 2n ** 63n - 1n;

/** A duration in words: one unit is enough, and what is around it does not matter, as upstream. */
function isWordDuration(text: string): boolean {
  const parts = [...text.matchAll(WORDS)];
  if (parts.some(([, count = '']) => BigInt(count) > MAX_INT)) return false;
  return parts.some(([, , unit = '']) => UNIT.test(unit));
}

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})t([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:z|[+-]\d{2}:?\d{2})?$/i;

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

function isIpv6(text: string): boolean {
  if (!text.includes(':')) return false;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted && !isIpv4(dotted[2] ?? '')) return false;
  const plain = dotted ? `${dotted[1]}0:0` : text;
  const [head = '', tail, ...more] = plain.split('::');
  if (more.length > 0) return false;
  const groups = [head, tail ?? ''].flatMap((one) => (one === '' ? [] : one.split(':')));
  if (!groups.every((one) => /^[0-9a-f]{1,4}$/i.test(one))) return false;
  return tail === undefined ? groups.length === 8 : groups.length < 8;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(bits)) return false;
  if (isIpv4(address)) return Number(bits) <= 32;
  return isIpv6(address) && Number(bits) <= 128;
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{9}[\dXx]$/.test(digits)) return false;
  const sum = [...digits].reduce(
    (total, one, index) => total + (10 - index) * (/x/i.test(one) ? 10 : Number(one)),
    0,
  );
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  const sum = [...digits].reduce(
    (total, one, index) => total + Number(one) * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return sum % 10 === 0;
}

function isCreditCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (!CREDIT_CARD.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, one, index) => {
    const value = Number(one) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function isUri(text: string): boolean {
  if (text === '' || /[\s\u0000-\u001f\u007f]/u.test(text)) return false;
  return text.startsWith('/') || /^[a-zA-Z][a-zA-Z0-9+.-]*:./.test(text);
}

function isDateTime(text: string): boolean {
  const found = DATE_TIME.exec(text);
  return found !== null && isDate(found[1] ?? '');
}

type Test = (text: string) => boolean;
const byPattern =
  (pattern: RegExp): Test =>
  (text) =>
    pattern.test(text);
const byUuid = (version: string, variant: string) => byPattern(uuid(version, variant));

/** FORMATS are those of Kubernetes 1.34, without the dashes of their names. */
const FORMATS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['bsonobjectid', byPattern(/^[0-9a-f]{24}$/i)],
  ['uri', isUri],
  ['email', byPattern(EMAIL)],
  ['hostname', (text: string) => text.length < 256 && HOST_NAME.test(text)],
  ['ipv4', isIpv4],
  ['ipv6', isIpv6],
  ['cidr', isCidr],
  [
    'mac',
    byPattern(
      /^(?:[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?:(?:[:-][0-9a-f]{2}){2})?|(?:[0-9a-f]{4}\.){2,3}[0-9a-f]{4})$/i,
    ),
  ],
  ['uuid', byUuid('[0-9a-f]', '[0-9a-f]')],
  ['uuid3', byUuid('3', '[0-9a-f]')],
  ['uuid4', byUuid('4', '[89ab]')],
  ['uuid5', byUuid('5', '[89ab]')],
  ['isbn', (text: string) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', byPattern(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)],
  ['hexcolor', byPattern(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)],
  [
    'rgbcolor',
    byPattern(
      /^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$/,
    ),
  ],
  ['byte', (text: string) => text !== '' && BYTES.test(text)],
  ['password', () => true],
  ['date', isDate],
  ['duration', (text: string) => GO_DURATION.test(text) || isWordDuration(text)],
  ['datetime', isDateTime],
]);

function plainName(format: string): string {
  return format.replaceAll('-', '');
}

/** isKnownFormat tells whether strings are checked against a format; unknown ones are ignored. */
export function isKnownFormat(format: string): boolean {
  return FORMATS.has(plainName(format));
}

/** isFormat tells whether a text has a known format (kube-openapi `strfmt`). */
export function isFormat(format: string, text: string): boolean {
  return FORMATS.get(plainName(format))?.(text) ?? true;
}
