import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyPair } from './certificate-authority.ts';

/** KeyFileError: a file with keys is there, and it cannot be used. */
export class KeyFileError extends Error {
  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path} cannot be used: ${reason}`, { cause });
    this.name = 'KeyFileError';
  }
}

/** readIfThere answers undefined where there is no such file; throws KeyFileError for any other reason. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new KeyFileError(path, message, error);
  }
}

/** writeDurably replaces a file as a whole: when it resolves, the file survives a power cut. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(dirname(path));
  await directory.sync().finally(() => directory.close());
}

/**
 * readPair reads a certificate and its key; undefined where there is none, or where its making was
 * broken off before the certificate. Throws KeyFileError where they do not belong together.
 */
export async function readPair(directory: string, name: string): Promise<KeyPair | undefined> {
  const paths = { cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
  const certPem = await readIfThere(paths.cert);
  const keyPem = await readIfThere(paths.key);
  if (certPem === undefined) return undefined;
  if (keyPem === undefined)
    throw new KeyFileError(paths.key, 'it is missing, its certificate is not');
  const certificate = parsed(paths.cert, () => new X509Certificate(certPem));
  const key = parsed(paths.key, () => createPrivateKey(keyPem));
  if (!certificate.checkPrivateKey(key)) {
    throw new KeyFileError(paths.key, `it is not the key of ${paths.cert}`);
  }
  return { certPem, keyPem };
}

/** writePair is the inverse. The key comes first: see readPair. */
export async function writePair(directory: string, name: string, pair: KeyPair): Promise<KeyPair> {
  await writeDurably(join(directory, `${name}.key`), pair.keyPem);
  await writeDurably(join(directory, `${name}.crt`), pair.certPem);
  return pair;
}

/** readKey reads a private key in PEM, or a public one; undefined where there is no such file. */
export async function readKey(
  path: string,
  kind: 'private' | 'public',
): Promise<string | undefined> {
  const pem = await readIfThere(path);
  if (pem !== undefined) {
    parsed(path, () => (kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem)));
  }
  return pem;
}

function parsed<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new KeyFileError(path, (error as Error).message, error);
  }
}
