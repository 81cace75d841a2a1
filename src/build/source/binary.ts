import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { BinaryBuildSource } from '../../apis/build.openshift.io/v1/types.ts';
import { BuildFailure } from '../build-failure.ts';
import type { BuildSession } from '../build-session.ts';
import { unpackTar } from './unpack-tar.ts';
import { unpackZip } from './unpack-zip.ts';

const MAGIC_BYTES = 8;

/** peek reads the first bytes of a stream and answers them with the whole stream. */
async function peek(
  input: AsyncIterable<Uint8Array>,
): Promise<{ head: Buffer; whole: AsyncIterable<Uint8Array> }> {
  const iterator = input[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  }
  return { head, whole: rest() };
}

async function receiveFile(session: BuildSession, name: string, target: string): Promise<void> {
  if (name !== basename(name) || name === '.' || name === '..') {
    throw new BuildFailure('FetchSourceFailed', `"${name}" is not a file name`);
  }
  session.log.line(`Receiving source from STDIN as file ${name}`);
  const { head, whole } = await peek(session.input);
  if (head.length === 0) throw nothingReceived();
  await pipeline(Readable.from(whole), createWriteStream(join(target, name)));
}

function nothingReceived(): BuildFailure {
  const text =
    'nothing was uploaded: start a binary build with "oc start-build NAME --from-dir=.", --from-file or --from-archive';
  return new BuildFailure('FetchSourceFailed', text);
}

async function receiveArchive(session: BuildSession, target: string): Promise<void> {
  session.log.line('Receiving source from STDIN as archive ...');
  const { head, whole } = await peek(session.input);
  if (head.length === 0) throw nothingReceived();
  if (head.subarray(0, 2).toString('latin1') === 'PK') {
    const file = join(session.workDirectory, 'upload.zip');
    await pipeline(Readable.from(whole), createWriteStream(file));
    await unpackZip(file, target);
    await rm(file);
    return;
  }
  const bytes = Readable.from(whole, { objectMode: false });
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    await unpackTar(bytes, target);
    return;
  }
  const gunzip = createGunzip();
  pipeline(bytes, gunzip).catch(() => undefined);
  await unpackTar(gunzip, target);
}

/**
 * receiveBinarySource writes what is uploaded below `target`: a tar, a gzipped tar or a zip
 * unpacked, or with `asFile` one file of that name. Throws BuildFailure FetchSourceFailed.
 */
export async function receiveBinarySource(
  session: BuildSession,
  binary: BinaryBuildSource,
  target: string,
): Promise<void> {
  await mkdir(target, { recursive: true });
  if (binary.asFile) await receiveFile(session, binary.asFile, target);
  else await receiveArchive(session, target);
}
