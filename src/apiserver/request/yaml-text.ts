import { LineCounter, parseAllDocuments, type YAMLError } from 'yaml';
import { checkDepth, strictFindings } from './json-fields.ts';

/** YamlTextError says why a text is not YAML: `yaml: line 3: …`. */
export class YamlTextError extends Error {
  override readonly name = 'YamlTextError';
}

/** YamlText is a parsed YAML text. */
export interface YamlText {
  readonly value: unknown;
  /** Keys that one mapping names twice, as `line 5: key "foo" already set in map`; the last wins. */
  readonly duplicates: readonly string[];
}

function duplicateText(text: string, error: YAMLError): string {
  const [start] = error.pos;
  const [, quoted, plain] = /^(?:["']([^"'\n]*)["']|([^\s:]+))/.exec(text.slice(start)) ?? [];
  return `line ${error.linePos?.[0].line ?? 0}: key "${quoted ?? plain ?? ''}" already set in map`;
}

/** parseYamlText parses YAML, of which JSON is the form that clients send most; throws YamlTextError. */
export function parseYamlText(text: string): YamlText {
  if (text.startsWith('{')) {
    try {
      checkDepth(text);
      return { value: JSON.parse(text), duplicates: duplicatesOfYaml(text) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  const { document, duplicates, failure } = readDocument(text);
  if (failure) {
    const line = failure.linePos?.[0].line ?? 1;
    const [message] = failure.message.split(/ at line \d+/);
    throw new YamlTextError(`yaml: line ${line}: ${message}`, { cause: failure });
  }
  try {
    const value: unknown = document?.toJS() ?? null;
    checkDepth(JSON.stringify(value) ?? '');
    return { value, duplicates };
  } catch (error) {
    if (error instanceof ReferenceError) {
      throw new YamlTextError('yaml: document contains excessive aliasing', { cause: error });
    }
    throw error;
  }
}

function duplicatesOfYaml(text: string): string[] {
  return strictFindings(text).length === 0 ? [] : readDocument(text).duplicates;
}

/** readDocument reads the first document of a text: as in Go, what follows it is not looked at. */
function readDocument(text: string) {
  const options = { lineCounter: new LineCounter(), prettyErrors: true };
  const [document] = parseAllDocuments(text, options);
  const duplicates: string[] = [];
  let failure: YAMLError | undefined;
  for (const error of document?.errors ?? []) {
    if (error.code === 'DUPLICATE_KEY') duplicates.push(duplicateText(text, error));
    else failure ??= error;
  }
  return { document, duplicates, failure };
}
