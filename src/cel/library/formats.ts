import {
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  labelKeyErrors,
  labelValueErrors,
} from '../../machinery/names.ts';
import { listOf, optionalOf, STRING, structType } from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asKind, asString } from '../values/kinds.ts';
import { Timestamp } from '../values/time.ts';
import { ArrayList, Opaque, Optional } from '../values/value.ts';
import { fn, method, type Overload } from './overload.ts';
import { parseUrl } from './urls.ts';

const FORMAT = structType('kubernetes.NamedFormat');

interface Format {
  readonly errors: (text: string) => readonly string[];
  /** The length of the expression that it stands for, as its cost is counted. */
  readonly regexLength: number;
}

/** FormatValue is a named format; `regexLength` is what its cost is counted by. */
export class FormatValue extends Opaque {
  override readonly type = FORMAT;
  readonly format: Format;

  constructor(format: Format) {
    super();
    this.format = format;
  }

  override equals(other: Opaque): boolean {
    return other instanceof FormatValue && other.format === this.format;
  }
}

/** A prefix may end with a hyphen, as it is checked with its end replaced. */
function asPrefix(text: string): string {
  return text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text;
}

function test(message: string, valid: (text: string) => boolean): Format['errors'] {
  return (text) => (valid(text) ? [] : [message]);
}

function uriErrors(text: string): readonly string[] {
  try {
    parseUrl(text);
    return [];
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return [error.message.replace('URL parse error during conversion from string: ', '')];
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const DATE_TIME_LENGTH = 145;

const FORMATS: Readonly<Record<string, Format>> = {
  dns1123Label: { errors: dnsLabelErrors, regexLength: 30 },
  dns1123Subdomain: { errors: dnsSubdomainErrors, regexLength: 60 },
  dns1035Label: { errors: dns1035LabelErrors, regexLength: 30 },
  qualifiedName: { errors: labelKeyErrors, regexLength: 60 },
  dns1123LabelPrefix: { errors: (text) => dnsLabelErrors(asPrefix(text)), regexLength: 30 },
  dns1123SubdomainPrefix: { errors: (text) => dnsSubdomainErrors(asPrefix(text)), regexLength: 60 },
  dns1035LabelPrefix: { errors: (text) => dns1035LabelErrors(asPrefix(text)), regexLength: 30 },
  labelValue: { errors: labelValueErrors, regexLength: 40 },
  uri: { errors: uriErrors, regexLength: 1128 },
  uuid: {
    errors: test('does not match the UUID format', (text) => UUID.test(text)),
    regexLength: 87,
  },
  byte: { errors: test('invalid base64', (text) => BASE64.test(text)), regexLength: 87 },
  date: {
    errors: test('invalid date', (text) =>
      !text.includes('T') && Timestamp.parse(text) !== undefined),
    regexLength: DATE_TIME_LENGTH,
  },
  datetime: {
    errors: test('invalid datetime', (text) =>
      text.includes('T') && Timestamp.parse(text) !== undefined),
    regexLength: DATE_TIME_LENGTH,
  },
};

const VALUES = new Map(
  Object.entries(FORMATS).map(([name, format]) => [name, new FormatValue(format)] as const),
);

/** NAMED_FORMATS are the formats of names and texts, and their functions. */
export const NAMED_FORMATS = {
  types: [FORMAT],
  overloads: [
    method('validate', 'format-validate', {
      args: [FORMAT, STRING],
      result: optionalOf(listOf(STRING)),
      run: (format, text) => {
        const errors = asKind(FormatValue, format).format.errors(asString(text));
        return errors.length === 0 ? Optional.none : new Optional(new ArrayList(errors));
      },
    }),
    fn('format.named', 'format-named', {
      args: [STRING],
      result: optionalOf(FORMAT),
      run: (name) => {
        const found = VALUES.get(asString(name));
        return found ? new Optional(found) : Optional.none;
      },
    }),
    ...Array.from(VALUES, ([name, value]) =>
      fn(`format.${name}`, `format.${name}`, { args: [], result: FORMAT, run: () => value }),
    ),
  ] as readonly Overload[],
};
