import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import {
  buildPodName,
  isBuildComplete,
  NO_LOGS,
  phaseOf,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build, BuildRequest } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILDS } from '../../../apis/resource-types.ts';
import type { ConnectRequest, RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import type { ApiBody } from '../../../client/transport.ts';
import {
  isConflict,
  isNotFound,
  newBadRequest,
  newInternalError,
  newTimeout,
} from '../../../machinery/status-error.ts';
import { instantiate } from './instantiate.ts';
import { waitForBuild } from './wait-for-build.ts';

const START_TIMEOUT_MS = 300_000;
const STDIN = 0;
const CLOSE_CHANNEL = 255;
const PIECE_BYTES = 32 * 1024;
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

function requestOf({ name, query }: ConnectRequest): BuildRequest {
  const value = (key: string) => query.get(`revision.${key}`) ?? '';
  const request: BuildRequest = {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildRequest',
    metadata: { name },
    binary: query.get('asFile') ? { asFile: query.get('asFile') ?? '' } : {},
  };
  const commit = value('commit');
  if (commit === '') return request;
  const git = {
    commit,
    message: value('message'),
    author: { name: value('authorName'), email: value('authorEmail') },
    committer: { name: value('committerName'), email: value('committerEmail') },
  };
  return { ...request, revision: { type: 'Git', git } };
}

async function cancel(client: Client, build: Build): Promise<void> {
  const { namespace, name = '' } = build.metadata;
  for (;;) {
    try {
      const current = structuredClone(await client.get(BUILDS, { namespace, name }));
      if (isBuildComplete(current)) return;
      current.status = { ...current.status, phase: phaseOf(current), cancelled: true };
      await client.update(BUILDS, current);
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
    }
  }
}

function whyNotRunning(build: Build): string | undefined {
  const { name } = build.metadata;
  const phase = phaseOf(build);
  if (phase === 'Error') return `build ${name} encountered an error: ${NO_LOGS}`;
  if (phase === 'Cancelled') return `build ${name} was cancelled: ${NO_LOGS}`;
  if (phase === 'Failed') {
    return `build ${name} failed: ${build.status?.reason}: ${build.status?.message}`;
  }
  return phase === 'Running'
    ? undefined
    : `cannot upload file to build ${name} with status ${phase}`;
}

async function running(client: Client, build: Build, context: RequestContext): Promise<Build> {
  const { namespace, signal } = context;
  const name = build.metadata.name ?? '';
  const options = { timeoutMs: START_TIMEOUT_MS, signal };
  const waited = await waitForBuild(client, { namespace, name }, options);
  if (waited.kind === 'deleted') {
    throw newBadRequest(`build ${name} was deleted before it started: ${NO_LOGS}`);
  }
  if (waited.kind === 'timeout') {
    throw newTimeout(`timed out waiting for build ${name} to start after 5m0s`);
  }
  const why = whyNotRunning(waited.build);
  if (why !== undefined) throw newBadRequest(why);
  return waited.build;
}

async function send(messages: Duplex, channel: number, data: Uint8Array): Promise<void> {
  const message = Buffer.concat([Buffer.from([channel]), data]);
  if (!messages.write(message)) await once(messages, 'drain');
}

/** upload streams the body into the standard input of the build's pod, through `pods/attach`. */
async function upload(
  client: Client,
  build: Build,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = build.metadata;
  const { protocol, messages, close } = await client.transport.upgrade(
    {
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/pods/${buildPodName(build)}/attach`,
      query: new URLSearchParams({ stdin: 'true', stdout: 'false', stderr: 'false' }),
      signal,
    },
    PROTOCOLS,
  );
  const broken = new Promise<never>((_resolve, reject) => {
    messages.once('error', reject);
  });
  broken.catch(() => undefined);
  messages.resume();
  try {
    const work = async () => {
      for await (const chunk of body) {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          await send(messages, STDIN, chunk.subarray(at, at + PIECE_BYTES));
        }
      }
      if (protocol.startsWith('v5')) await send(messages, CLOSE_CHANNEL, Buffer.from([STDIN]));
      await new Promise<void>((resolve) => messages.end(() => resolve()));
    };
    await Promise.race([work(), broken]);
  } finally {
    close();
  }
}

/**
 * instantiateBinary answers POST `buildconfigs/NAME/instantiatebinary`: it starts a build, waits
 * until its pod runs, and streams the request's body into it, however large. A build that cannot
 * get its source is cancelled.
 */
export async function instantiateBinary(
  client: Client,
  request: ConnectRequest,
  context: RequestContext,
): Promise<ApiBody> {
  const build = await instantiate(client, request.name, requestOf(request), context);
  try {
    const latest = await running(client, build, context);
    await upload(client, latest, request.body, context.signal);
    return { kind: 'object', object: latest };
  } catch (error) {
    await cancel(client, build);
    if (error instanceof Error && 'status' in error) throw error;
    throw newInternalError(error);
  }
}
