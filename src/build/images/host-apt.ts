import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** HostApt is how this machine reaches Debian packages. */
export interface HostApt {
  /** Lines of a `sources.list` for one suite; none where the images' own shall be used. */
  readonly sources: readonly string[];
  /** Lines of an `apt.conf` with proxies and timeouts. */
  readonly settings: readonly string[];
}

/** Stanza is one `deb` source, whichever format stated it. */
interface Stanza {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
}

function readDeb822(text: string): readonly Stanza[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const lines = paragraph.split('\n').filter((line) => !line.startsWith('#'));
      const field = (name: string) => {
        const line = lines.find((one) => one.toLowerCase().startsWith(`${name}:`));
        return (line?.slice(name.length + 1) ?? '').trim().split(/\s+/).filter(Boolean);
      };
      if (field('enabled')[0] === 'no' || !field('types').includes('deb')) {
        return { uris: [], suites: [] };
      }
      return { uris: field('uris'), suites: field('suites') };
    })
    .filter(({ uris }) => uris.length > 0);
}

function readOneLine(text: string): readonly Stanza[] {
  const stanzas: Stanza[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (match) stanzas.push({ uris: [match[1] ?? ''], suites: [match[2] ?? ''] });
  }
  return stanzas;
}

/**
 * debianSources picks from texts of apt source files the mirrors of a suite. None on a machine that
 * runs another one: mmdebstrap then takes Debian's own, and images keep what it wrote down.
 */
export function debianSources(
  files: readonly { readonly name: string; readonly text: string }[],
  suite: string,
): readonly string[] {
  const stanzas = files.flatMap(({ name, text }) =>
    name.endsWith('.sources') ? readDeb822(text) : readOneLine(text),
  );
  const wanted = new Set([suite, `${suite}-updates`, `${suite}-security`]);
  const lines = stanzas.flatMap(({ uris, suites }) =>
    uris.flatMap((uri) =>
      suites.filter((one) => wanted.has(one)).map((one) => `deb ${uri} ${one} main`),
    ),
  );
  return lines.some((line) => line.includes(` ${suite} `)) ? lines : [];
}

async function readAll(directory: string): Promise<readonly { name: string; text: string }[]> {
  const names = await readdir(directory).catch(() => []);
  const sources = names.filter((name) => /\.(list|sources)$/.test(name)).sort();
  return Promise.all(
    sources.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })),
  );
}

/** acquireSettings asks apt-config for what affects fetching: proxies, timeouts, retries. */
async function acquireSettings(): Promise<readonly string[]> {
  const dump = await promisify(execFile)('apt-config', ['dump', 'Acquire'])
    .then(({ stdout }) => stdout)
    .catch(() => '');
  return dump.split('\n').filter((line) => /^Acquire::(https?|ftp|Retries|Check)/.test(line));
}

/** readHostApt reads this machine's own apt configuration, so that images use the mirrors that it uses. */
export async function readHostApt(suite: string, etcApt = '/etc/apt'): Promise<HostApt> {
  const [parts, list, settings] = await Promise.all([
    readAll(join(etcApt, 'sources.list.d')),
    readFile(join(etcApt, 'sources.list'), 'utf8').catch(() => ''),
    acquireSettings(),
  ]);
  return {
    sources: debianSources([{ name: 'sources.list', text: list }, ...parts], suite),
    settings,
  };
}
