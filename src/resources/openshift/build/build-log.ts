import {
  buildNumberOf,
  buildPodName,
  configNameOf,
  derivedName,
  isBuildComplete,
  NO_LOGS,
  phaseOf,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILDS, PODS } from '../../../apis/resource-types.ts';
import type { ConnectRequest, RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client, LogQuery } from '../../../client/client.ts';
import type { ApiBody } from '../../../client/transport.ts';
import { invalid } from '../../../machinery/field-error.ts';
import {
  isNotFound,
  newBadRequest,
  newInvalid,
  newTimeout,
} from '../../../machinery/status-error.ts';
import { waitForBuild } from './wait-for-build.ts';

const START_TIMEOUT_MS = 30_000;

function isSet(query: URLSearchParams, name: string): boolean {
  return query.get(name) === 'true' || query.get(name) === '1';
}

function checkOptions(query: URLSearchParams): void {
  const version = query.get('version');
  const errors = [];
  if (version !== null && !(Number(version) > 0)) {
    errors.push(invalid('version', Number(version), 'build version must be greater than 0'));
  }
  if (version !== null && isSet(query, 'previous')) {
    const text = 'cannot use previous when a version is specified';
    errors.push(invalid('previous', true, text));
  }
  const tail = query.get('tailLines');
  if (tail !== null && !(Number(tail) >= 0)) {
    errors.push(invalid('tailLines', Number(tail), 'must be greater than or equal to 0'));
  }
  if (errors.length === 0) return;
  throw newInvalid({ group: 'build.openshift.io', kind: 'BuildLogOptions' }, '', errors);
}

function logQuery(query: URLSearchParams, follow: boolean, signal: AbortSignal): LogQuery {
  const number = (name: string) => {
    const text = query.get(name);
    return text === null ? undefined : Number(text);
  };
  const tailLines = number('tailLines');
  const sinceSeconds = number('sinceSeconds');
  return {
    follow,
    timestamps: isSet(query, 'timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    signal,
  };
}

function nothing(): ApiBody {
  return { kind: 'bytes', contentType: 'text/plain', bytes: (async function* () {})() };
}

async function wantedBuild(
  client: Client,
  { name, query }: ConnectRequest,
  namespace: string,
): Promise<Build> {
  const build = await client.get(BUILDS, { namespace, name });
  if (!isSet(query, 'previous')) return build;
  const previous = derivedName(configNameOf(build), String(buildNumberOf(build) - 1));
  return client.get(BUILDS, { namespace, name: previous });
}

async function begun(client: Client, build: Build, context: RequestContext): Promise<Build> {
  const { namespace, signal } = context;
  const name = build.metadata.name ?? '';
  const options = { timeoutMs: START_TIMEOUT_MS, signal };
  const waited = await waitForBuild(client, { namespace, name }, options);
  if (waited.kind === 'deleted') {
    throw newBadRequest(`unable to wait for build ${name} to run: the build was deleted`);
  }
  if (waited.kind === 'timeout') {
    const seconds = START_TIMEOUT_MS / 1000;
    throw newTimeout(`timed out waiting for build ${name} to start after ${seconds}s`, 1);
  }
  const phase = phaseOf(waited.build);
  if (phase === 'Error') throw newBadRequest(`build ${name} encountered an error: ${NO_LOGS}`);
  if (phase === 'Cancelled') throw newBadRequest(`build ${name} was cancelled: ${NO_LOGS}`);
  return waited.build;
}

/**
 * buildLog answers GET `builds/NAME/log`: the log of the build's pod, which it waits for to start
 * for half a minute unless `nowait` is set. `previous` means the build before it.
 */
export async function buildLog(
  client: Client,
  request: ConnectRequest,
  context: RequestContext,
): Promise<ApiBody> {
  const { query } = request;
  checkOptions(query);
  let build = await wantedBuild(client, request, context.namespace);
  const name = build.metadata.name ?? '';
  const phase = phaseOf(build);
  if (phase === 'Cancelled') throw newBadRequest(`build ${name} was cancelled. ${NO_LOGS}`);
  if (phase === 'Error') throw newBadRequest(`build ${name} is in an error state. ${NO_LOGS}`);
  if (phase === 'New' || phase === 'Pending') {
    if (isSet(query, 'nowait')) return nothing();
    build = await begun(client, build, context);
  }
  const follow = isSet(query, 'follow') && !isBuildComplete(build);
  try {
    const ref = { namespace: context.namespace, name: buildPodName(build) };
    const bytes = await client.log(PODS, ref, logQuery(query, follow, context.signal));
    return { kind: 'bytes', contentType: 'text/plain', bytes };
  } catch (error) {
    if (isNotFound(error)) throw newBadRequest(error.message, error);
    throw error;
  }
}
