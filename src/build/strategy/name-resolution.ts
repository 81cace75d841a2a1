import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { BuildSession } from '../build-session.ts';
import { withContainer } from './container-run.ts';

/**
 * shareNameResolution gives the pod's sandbox the resolv.conf of the pod: the containers of a
 * Dockerfile build join its network, share that file, and cannot be given mounts of their own.
 */
export async function shareNameResolution(session: BuildSession): Promise<void> {
  const { platformImage } = session.settings;
  if (session.binds.length === 0 || platformImage === undefined) return;
  const text = await readFile('/etc/resolv.conf', 'utf8');
  const quiet = () => undefined;
  const run = {
    name: `sampan-resolv-conf-${session.id}`,
    config: {
      image: platformImage,
      entrypoint: ['/bin/sh', '-c'],
      command: ['cat > /etc/resolv.conf'],
      user: '0',
    },
    stdin: Readable.from([Buffer.from(text)]),
    onStdout: quiet,
    onStderr: quiet,
  };
  await withContainer({ ...session, binds: [] }, run, async () => undefined);
}
