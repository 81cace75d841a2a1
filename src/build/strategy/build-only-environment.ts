import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { BuildSession } from '../build-session.ts';

/** Preamble goes to a container's standard input before the source and is run by its shell. */
export interface Preamble {
  readonly script: Buffer;
  /** The shell text that reads and runs it; empty when there is nothing to tell. */
  readonly command: string;
}

const FOLDER = '/dev/shm/sampan-build';

function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

async function certificates(session: BuildSession): Promise<readonly string[]> {
  const { caBundle } = session.settings;
  if (caBundle === undefined) return [];
  const pem = await readFile(caBundle, 'utf8').catch(() => undefined);
  if (pem === undefined) return [];
  const file = `${FOLDER}/ca-bundle.pem`;
  const names = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'REQUESTS_CA_BUNDLE'];
  return [
    `cat > ${file} <<'END-OF-CERTIFICATES'`,
    pem.trimEnd(),
    'END-OF-CERTIFICATES',
    ...[...names, 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO'].map((name) => `export ${name}=${file}`),
  ];
}

/**
 * buildOnlyEnvironment makes variables and certificates known to an assemble script without a
 * trace in the image: they travel over standard input into the container's own /dev/shm, which a
 * commit does not see.
 */
export async function buildOnlyEnvironment(
  session: BuildSession,
  variables: Readonly<Record<string, string>>,
): Promise<Preamble> {
  const lines = [
    ...(await certificates(session)),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
  ];
  if (lines.length === 0) return { script: Buffer.alloc(0), command: '' };
  const script = Buffer.from(`${lines.join('\n')}\n`);
  const file = `${FOLDER}/environment`;
  const command = `mkdir -p ${FOLDER} && head -c ${script.length} > ${file} && . ${file} && `;
  return { script, command };
}

/** withPreamble puts the preamble before a stream. */
export function withPreamble({ script }: Preamble, stream: Readable): Readable {
  if (script.length === 0) return stream;
  async function* joined(): AsyncGenerator<Uint8Array> {
    yield script;
    yield* stream;
  }
  return Readable.from(joined(), { objectMode: false });
}
