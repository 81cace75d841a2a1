import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import { arrayFlag, type FlagSpec, sliceFlag } from '../../flags/flag-spec.ts';

/** DATA_FLAGS are the flags that fill ConfigMaps and Secrets. */
export const DATA_FLAGS: readonly FlagSpec[] = [
  sliceFlag(
    'from-file',
    'Key file can be specified using its file path, in which case file basename will be used as key, or optionally with a key and file path, in which case the given key will be used.  Specifying a directory will iterate each named file in the directory whose basename is a valid key.',
  ),
  arrayFlag('from-literal', 'Specify a key and literal value to insert (i.e. mykey=somevalue)'),
  sliceFlag(
    'from-env-file',
    'Specify the path to a file to read lines of key=val pairs to create the object.',
  ),
];

const KEY = /^[-._a-zA-Z0-9]+$/;

class DataSources {
  readonly data = new Map<string, Buffer>();
  private readonly cwd: string;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  private add(key: string, value: Buffer): void {
    if (!KEY.test(key) || key === '.' || key === '..')
      throw new CliError(
        `${JSON.stringify(key)} is not a valid key name: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      );
    if (this.data.has(key))
      throw new CliError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists`,
      );
    this.data.set(key, value);
  }

  literal(text: string): void {
    const equals = text.indexOf('=');
    if (equals <= 0) throw new CliError(`invalid literal source ${text}, expected key=value`);
    const value = text.slice(equals + 1).replace(/^(['"])(.*)\1$/s, '$2');
    this.add(text.slice(0, equals), Buffer.from(value));
  }

  private read(path: string): Buffer {
    try {
      return readFileSync(resolve(this.cwd, path));
    } catch (cause) {
      throw new CliError(`error reading ${path}: no such file or directory`, { cause });
    }
  }

  file(text: string): void {
    const equals = text.indexOf('=');
    const path = equals < 0 ? text : text.slice(equals + 1);
    if (equals === 0) throw new CliError(`key name for file path ${path} missing`);
    const full = resolve(this.cwd, path);
    const info = statSync(full, { throwIfNoEntry: false });
    if (!info?.isDirectory()) {
      this.add(equals < 0 ? basename(path) : text.slice(0, equals), this.read(path));
      return;
    }
    if (equals >= 0) throw new CliError('cannot give a key name for a directory path');
    for (const entry of readdirSync(full, { withFileTypes: true }))
      if (entry.isFile() && KEY.test(entry.name))
        this.add(entry.name, readFileSync(join(full, entry.name)));
  }

  envFile(path: string): void {
    for (const line of this.read(path).toString('utf8').split('\n')) {
      const text = line.trimStart();
      if (text === '' || text.startsWith('#')) continue;
      const equals = text.indexOf('=');
      this.add(
        equals < 0 ? text : text.slice(0, equals),
        Buffer.from(equals < 0 ? (process.env[text] ?? '') : text.slice(equals + 1)),
      );
    }
  }
}

/** readData collects the keys and values of `--from-file`, `--from-literal` and `--from-env-file`. */
export function readData({ flags, io }: Invocation): Map<string, Buffer> {
  const sources = new DataSources(io.cwd);
  for (const text of flags.list('from-file')) sources.file(text);
  for (const text of flags.list('from-literal')) sources.literal(text);
  for (const path of flags.list('from-env-file')) sources.envFile(path);
  return sources.data;
}

/** isText tells whether bytes are valid UTF-8. */
export function isText(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8')).equals(bytes);
}
