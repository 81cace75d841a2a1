/**
 * The rules for names. Each function answers what is wrong with a value, in the words of
 * k8s.io/apimachinery `util/validation` (an empty answer: nothing is).
 */

/** maxLengthError is the text for a value that is too long. */
export function maxLengthError(length: number): string {
  return `must be no more than ${length} characters`;
}

/** regexError explains the pattern that a value must match, with examples. */
export function regexError(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  const list = examples.map((one) => `'${one}', `).join(' or ');
  return `${message} (e.g. ${list}regex used for validation is '${pattern}')`;
}

/** rangeError is the text for a number outside its bounds. */
export function rangeError(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

interface Rule {
  readonly pattern: string;
  readonly regex: RegExp;
  readonly message: string;
  readonly maxLength: number;
  readonly examples: readonly string[];
}

function rule(maxLength: number, pattern: string, message: string, ...examples: string[]): Rule {
  return { pattern, regex: new RegExp(`^(?:${pattern})$`), message, maxLength, examples };
}

function check(value: string, { maxLength, regex, message, pattern, examples }: Rule): string[] {
  const errors: string[] = [];
  if (value.length > maxLength) errors.push(maxLengthError(maxLength));
  if (!regex.test(value)) errors.push(regexError(message, pattern, ...examples));
  return errors;
}

const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL = rule(
  63,
  DNS_LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  'my-name',
  '123-abc',
);
const SUBDOMAIN = rule(
  253,
  `${DNS_LABEL}(\\.${DNS_LABEL})*`,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
);
const LABEL_1035 = rule(
  63,
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  'my-name',
  'abc-123',
);
const QUALIFIED_PATTERN = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED = rule(63, QUALIFIED_PATTERN, QUALIFIED_MESSAGE, 'MyName', 'my.name', '123-abc');
const LABEL_VALUE = rule(
  63,
  `(${QUALIFIED_PATTERN})?`,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  'MyValue',
  'my_value',
  '12345',
);
const CONFIG_KEY = rule(
  253,
  '[-._a-zA-Z0-9]+',
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  'key.name',
  'KEY_NAME',
  'key-name',
);
const HTTP_HEADER = rule(
  Number.POSITIVE_INFINITY,
  '[-A-Za-z0-9]+',
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  'X-Header-Name',
);
const WILDCARD_SUBDOMAIN = rule(
  253,
  `\\*\\.${SUBDOMAIN.pattern}`,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  '*.example.com',
);

/** wildcardSubdomainErrors: `*.` and a DNS-1123 subdomain (hosts of ingresses). */
export function wildcardSubdomainErrors(value: string): string[] {
  return check(value, WILDCARD_SUBDOMAIN);
}

/** dnsLabelErrors: DNS-1123 label (namespaces, containers, volumes). */
export function dnsLabelErrors(value: string): string[] {
  const errors = check(value, LABEL);
  if (LABEL.regex.test(value) || !SUBDOMAIN.regex.test(value)) return errors;
  return [...errors.slice(0, -1), 'must not contain dots'];
}

/** dnsSubdomainErrors: DNS-1123 subdomain (most object names). */
export function dnsSubdomainErrors(value: string): string[] {
  return check(value, SUBDOMAIN);
}

/** dns1035LabelErrors: DNS-1035 label (services). */
export function dns1035LabelErrors(value: string): string[] {
  return check(value, LABEL_1035);
}

/** labelValueErrors: the value of a label. */
export function labelValueErrors(value: string): string[] {
  return check(value, LABEL_VALUE);
}

/** httpHeaderNameErrors: the name of an HTTP header. */
export function httpHeaderNameErrors(value: string): string[] {
  return check(value, HTTP_HEADER);
}

/** labelKeyErrors: a qualified name, `[prefix/]name`, as keys of labels, taints and resources. */
export function labelKeyErrors(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${regexError(QUALIFIED_MESSAGE, QUALIFIED_PATTERN, ...QUALIFIED.examples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const errors: string[] = [];
  const name = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...dnsSubdomainErrors(prefix).map((one) => `prefix part ${one}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > 63) errors.push(`name part ${maxLengthError(63)}`);
  if (!QUALIFIED.regex.test(name))
    errors.push(
      `name part ${regexError(QUALIFIED_MESSAGE, QUALIFIED_PATTERN, ...QUALIFIED.examples)}`,
    );
  return errors;
}

function parentDirectoryErrors(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** envNameErrors: the name of an environment variable. */
export function envNameErrors(value: string): string[] {
  if (/^[ -<>-~]+$/.test(value)) return [];
  return [
    "a valid environment variable name must consist only of printable ASCII characters other than '='",
  ];
}

const SEARCH_PATH = rule(
  253,
  '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*',
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
);

/** searchPathErrors: a domain in which names are looked up; underscores are allowed. */
export function searchPathErrors(value: string): string[] {
  return check(value, SEARCH_PATH);
}

/** configKeyErrors: a key of a ConfigMap's or Secret's data. */
export function configKeyErrors(value: string): string[] {
  return [...check(value, CONFIG_KEY), ...parentDirectoryErrors(value)];
}

/** portNumberErrors: a port, 1 to 65535. */
export function portNumberErrors(value: number): string[] {
  return Number.isInteger(value) && value >= 1 && value <= 65535 ? [] : [rangeError(1, 65535)];
}

/** portNameErrors: the name of a container's port, as services refer to it. */
export function portNameErrors(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 15) errors.push(maxLengthError(15));
  if (!/^[-a-z0-9]+$/.test(value))
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-'))
    errors.push('must not begin or end with a hyphen');
  return errors;
}

/** pathSegmentErrors: a name that may be anything but `.`, `..`, `/` and `%` (roles, images). */
export function pathSegmentErrors(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%']
    .filter((char) => value.includes(char))
    .map((char) => `may not contain '${char}'`);
}
