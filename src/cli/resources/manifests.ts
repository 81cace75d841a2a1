import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { KubeObject } from '../../machinery/object.ts';
import { CliError } from '../cli-error.ts';
import type { Io } from '../io.ts';

/** Manifest is one object of a file, with the file's name for messages. */
export interface Manifest {
  readonly object: KubeObject;
  /** The file, URL or `STDIN`. */
  readonly source: string;
}

const EXTENSIONS = ['.json', '.yaml', '.yml'];

/** readAll drains standard input as text. */
export async function readAll(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function filesOf(path: string, recursive: boolean): string[] {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return entries.flatMap((entry) => {
    const full = join(path, entry.name);
    if (entry.isDirectory()) return recursive ? filesOf(full, recursive) : [];
    return EXTENSIONS.includes(extname(entry.name)) ? [full] : [];
  });
}

async function readUrl(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok)
    throw new CliError(
      `unable to read URL ${JSON.stringify(url)}, server reported ${answer.status} ${answer.statusText}, status code=${answer.status}`,
    );
  return answer.text();
}

async function textsOf(
  name: string,
  recursive: boolean,
  io: Io,
): Promise<{ text: string; source: string }[]> {
  if (name === '-') return [{ text: await readAll(io), source: 'STDIN' }];
  if (/^https?:\/\//.test(name)) return [{ text: await readUrl(name), source: name }];
  const path = resolve(io.cwd, name);
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) throw new CliError(`the path ${JSON.stringify(name)} does not exist`);
  if (!info.isDirectory()) return [{ text: readFileSync(path, 'utf8'), source: name }];
  const files = filesOf(path, recursive);
  if (files.length === 0)
    throw new CliError(
      `error reading [${name}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`,
    );
  return files.map((file) => ({ text: readFileSync(file, 'utf8'), source: file }));
}

/** parseDocuments decodes JSON or a stream of YAML documents; empty documents are left out. */
export async function parseDocuments(text: string, source: string): Promise<unknown[]> {
  if (text.trimStart().startsWith('{')) {
    try {
      return [JSON.parse(text)];
    } catch {
      // Flow-style YAML may begin with a brace too: let the YAML reader decide.
    }
  }
  const { parseAllDocuments } = await import('./yaml-parser.ts');
  const documents = parseAllDocuments(text, { version: '1.1', merge: true, prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) {
      const line = text.slice(0, error.pos[0]).split('\n').length;
      throw new CliError(
        `error parsing ${source}: error converting YAML to JSON: yaml: line ${line}: ${error.message}`,
        { cause: error },
      );
    }
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : [value];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectsOf(value: unknown, source: string): KubeObject[] {
  const fail = (text: string): never => {
    throw new CliError(`unable to decode ${JSON.stringify(source)}: ${text}`);
  };
  if (!isObject(value)) return fail('json: cannot unmarshal into Go value of type map');
  const { apiVersion, kind } = value;
  if (typeof kind !== 'string' || kind === '')
    return fail(`Object 'Kind' is missing in '${JSON.stringify(value)}'`);
  if (typeof apiVersion !== 'string' || apiVersion === '')
    return fail(`Object 'apiVersion' is missing in '${JSON.stringify(value)}'`);
  if (kind.endsWith('List') && Array.isArray(value.items))
    return value.items.flatMap((item) => objectsOf(item, source));
  const metadata = isObject(value.metadata) ? value.metadata : {};
  return [{ ...value, apiVersion, kind, metadata }];
}

/**
 * readManifests reads every object of the files, directories, URLs and `-` of `--filename`; lists
 * are taken apart. Errors are worded as kubectl's.
 */
export async function readManifests(
  names: readonly string[],
  io: Io,
  recursive = false,
): Promise<Manifest[]> {
  if (names.filter((name) => name === '-').length > 1)
    throw new CliError('standard input cannot be used for multiple arguments');
  const manifests: Manifest[] = [];
  for (const name of names)
    for (const { text, source } of await textsOf(name, recursive, io))
      for (const value of await parseDocuments(text, source))
        manifests.push(...objectsOf(value, source).map((object) => ({ object, source })));
  return manifests;
}
