import { setTimeout as sleep } from 'node:timers/promises';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILDS } from '../../../apis/resource-types.ts';
import { resourcePath } from '../../../client/resource-path.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import { RAW_BYTES } from '../../transport/outgoing.ts';

/** streamLog prints a `log` subresource as it comes. */
export async function streamLog(
  path: string,
  query: URLSearchParams,
  { session, io }: Invocation,
): Promise<void> {
  const transport = await session.transport();
  const { signal } = io;
  const { body } = await transport.request({
    method: 'GET',
    path,
    query,
    headers: { accept: '*/*', [RAW_BYTES]: 'true' },
    signal,
  });
  if (body.kind !== 'bytes') return;
  try {
    for await (const chunk of body.bytes) io.stdout.write(chunk);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** followBuild prints the log of a build until it ends. */
export async function followBuild(name: string, invocation: Invocation): Promise<void> {
  const namespace = invocation.session.namespace();
  const path = resourcePath(BUILDS, { namespace, name, subresource: 'log' });
  try {
    await streamLog(path, new URLSearchParams({ follow: 'true' }), invocation);
  } catch (error) {
    const { io } = invocation;
    const text = error instanceof Error ? error.message : String(error);
    io.err(
      `Failed to stream the build logs - to view the logs, run ${io.program} logs build/${name}\nError: unable to stream the build logs: ${text}\n`,
    );
  }
}

const ENDED = new Set(['Complete', 'Failed', 'Error', 'Cancelled']);

async function ended(name: string, { session, io }: Invocation): Promise<Build> {
  const client = await session.client();
  const namespace = session.namespace();
  for (;;) {
    const build = await client.get(BUILDS, { namespace, name });
    if (ENDED.has(build.status?.phase ?? '')) return build;
    await sleep(500, undefined, { signal: io.signal });
  }
}

/** waitForBuild waits until a build ends and fails unless it completed. */
export async function waitForBuild(name: string, invocation: Invocation): Promise<void> {
  const { status, metadata } = await ended(name, invocation);
  if (status?.phase !== 'Complete')
    throw new CliError(
      `the build ${metadata.namespace}/${name} status is ${JSON.stringify(status?.phase)}`,
    );
}
