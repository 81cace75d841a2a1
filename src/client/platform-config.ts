import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { ImageMirror } from '../machinery/image-reference.ts';

/** GitUrlRewrite replaces the beginning of git URLs, as git's `url.TO.insteadOf FROM` does. */
export interface GitUrlRewrite {
  readonly from: string;
  readonly to: string;
}

/** PlatformConfig is what an administrator writes into `/etc/sampan/config.yaml`. */
export interface PlatformConfig {
  readonly gitRewrites: readonly GitUrlRewrite[];
  readonly imageMirrors: readonly ImageMirror[];
}

/** DEFAULT_PLATFORM_CONFIG_PATH is read unless $SAMPAN_CONFIG names another file. */
const DEFAULT_PLATFORM_CONFIG_PATH = '/etc/sampan/config.yaml';

/** PlatformConfigError says what is wrong in the file, and names the file. */
export class PlatformConfigError extends Error {
  override readonly name = 'PlatformConfigError';
}

type Fields = Record<string, unknown>;

function listOf(value: unknown, field: string): Fields[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new PlatformConfigError(`${field}: must be a list`);
  return value.map((item, index) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      throw new PlatformConfigError(`${field}[${index}]: must be a mapping`);
    return item as Fields;
  });
}

function textOf(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '')
    throw new PlatformConfigError(`${field}: must be a text that is not empty`);
  return value;
}

function mirrorOf(item: Fields, field: string): ImageMirror {
  if (!Array.isArray(item.mirrors))
    throw new PlatformConfigError(`${field}.mirrors: must be a list`);
  return {
    source: textOf(item.source, `${field}.source`),
    mirrors: item.mirrors.map((one, index) => textOf(one, `${field}.mirrors[${index}]`)),
    ...(item.mirrorSourcePolicy === 'NeverContactSource'
      ? { mirrorSourcePolicy: 'NeverContactSource' as const }
      : {}),
  };
}

const KNOWN = new Set(['gitRewrites', 'imageMirrors']);

/** parsePlatformConfig reads the YAML of the file. Throws PlatformConfigError with the field's path. */
export function parsePlatformConfig(text: string): PlatformConfig {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (cause) {
    throw new PlatformConfigError(cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PlatformConfigError('must be a mapping');
  const fields = value as Fields;
  const unknown = Object.keys(fields).find((key) => !KNOWN.has(key));
  if (unknown !== undefined)
    throw new PlatformConfigError(`${unknown}: unknown field (known: ${[...KNOWN].join(', ')})`);
  return {
    gitRewrites: listOf(fields.gitRewrites, 'gitRewrites').map((item, index) => ({
      from: textOf(item.from, `gitRewrites[${index}].from`),
      to: textOf(item.to, `gitRewrites[${index}].to`),
    })),
    imageMirrors: listOf(fields.imageMirrors, 'imageMirrors').map((item, index) =>
      mirrorOf(item, `imageMirrors[${index}]`),
    ),
  };
}

/**
 * readPlatformConfig reads `$SAMPAN_CONFIG`, or `/etc/sampan/config.yaml`. No file is an empty
 * configuration; a named file must exist. Throws PlatformConfigError.
 */
export async function readPlatformConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<PlatformConfig> {
  const path = env.SAMPAN_CONFIG || DEFAULT_PLATFORM_CONFIG_PATH;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && !env.SAMPAN_CONFIG)
      return { gitRewrites: [], imageMirrors: [] };
    throw new PlatformConfigError(`${path}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  try {
    return parsePlatformConfig(text);
  } catch (cause) {
    throw new PlatformConfigError(`${path}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
