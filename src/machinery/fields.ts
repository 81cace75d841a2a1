import { SelectorError } from './label-requirement.ts';

/** FieldTerm is one condition of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** FieldSelector is a conjunction of terms; an empty one matches everything. */
export type FieldSelector = readonly FieldTerm[];

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let term = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') {
      term += text.slice(at, at + 2);
      at += 1;
    } else if (char === ',') {
      terms.push(term);
      term = '';
    } else {
      term += char;
    }
  }
  return [...terms, term];
}

function unescapeValue(text: string): string {
  let value = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') {
      at += 1;
      const escaped = text.charAt(at);
      if (!['\\', ',', '='].includes(escaped) || escaped === '')
        throw new SelectorError(`invalid field selector: invalid escape sequence: \\${escaped}`);
      value += escaped;
    } else if (char === ',' || char === '=') {
      throw new SelectorError(
        `invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`,
      );
    } else {
      value += char;
    }
  }
  return value;
}

/** parseFieldSelector reads `a.b=c,d!=e`; throws a SelectorError in upstream's words. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms: FieldTerm[] = [];
  for (const part of splitTerms(text).sort()) {
    if (part === '') continue;
    const found = /(!=|==|=)/.exec(part);
    if (found === null)
      throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    const field = part.slice(0, found.index);
    const value = unescapeValue(part.slice(found.index + found[0].length));
    // Neither a field nor a value: that is no condition.
    if (field !== '' || value !== '') terms.push({ field, equal: found[0] !== '!=', value });
  }
  return terms;
}

/** matchesFields tells whether fields satisfy a selector; a field that is absent is empty. */
export function matchesFields(
  selector: FieldSelector,
  fields: Readonly<Record<string, string>>,
): boolean {
  return selector.every(({ field, equal, value }) => ((fields[field] ?? '') === value) === equal);
}

/** exactField answers the value that a selector demands of one field, if it demands one. */
export function exactField(selector: FieldSelector, field: string): string | undefined {
  return selector.find((term) => term.equal && term.field === field)?.value;
}
