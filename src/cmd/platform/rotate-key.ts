import { existsSync } from 'node:fs';
import type { Io } from '../../cli/io.ts';
import { rotateEncryptionKey } from './encryption-key.ts';
import { parseOptions } from './options.ts';
import { pathsOf } from './paths.ts';
import { PreflightError } from './preflight.ts';
import { fail } from './up.ts';

const HELP = `Encrypt the secrets of the platform with a new key.

Secrets are encrypted in the store. This makes a new key and puts it first; the server, where it
runs, notices within seconds and writes all secrets anew, else it does so at its next start. The old
keys stay in the file until you delete them: they are needed until the server's log says that
everything is encrypted with the new one.

Usage:
  {program} rotate-key [options]

Options:
      --data-dir=PATH       what was given to "up" (default /var/lib/sampan)
`;

/** run is the command `rotate-key`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const options = parseOptions(argv, ['--data-dir']);
    if (options.help) {
      io.out(HELP.replaceAll('{program}', io.program));
      return 0;
    }
    const { encryption } = pathsOf(options.dataDirectory);
    if (!existsSync(encryption)) {
      throw new PreflightError(
        `there is no ${encryption}: nothing was encrypted with a key of the platform's own`,
      );
    }
    const name = await rotateEncryptionKey(encryption);
    io.out(`secrets will be encrypted with ${name} (${encryption})\n`);
    return 0;
  } catch (error) {
    return fail(error, io, 'rotate-key');
  }
}
