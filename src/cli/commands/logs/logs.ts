import type { Pod } from '../../../apis/core/v1/types.ts';
import { BUILD_CONFIGS, BUILDS, PODS } from '../../../apis/resource-types.ts';
import { resourcePath } from '../../../client/resource-path.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { parseTargets } from '../../resources/targets.ts';
import { RAW_BYTES } from '../../transport/outgoing.ts';
import { streamLog } from '../build/build-log.ts';
import { LOG_FLAGS } from './flags.ts';

/** queryOf turns the flags into the query of a `log` subresource. */
function queryOf({ flags }: Invocation, container?: string): URLSearchParams {
  const query = new URLSearchParams();
  const set = (name: string, value: string | number | boolean) => {
    if (value !== '' && value !== false && value !== 0) query.set(name, String(value));
  };
  const bySelector = flags.string('selector') !== '';
  const tail = flags.changed('tail') || !bySelector ? flags.int('tail') : 10;
  set('container', container ?? flags.string('container'));
  set('follow', flags.bool('follow'));
  set('previous', flags.bool('previous'));
  set('timestamps', flags.bool('timestamps'));
  set('limitBytes', flags.int('limit-bytes'));
  set('sinceTime', flags.string('since-time'));
  set('sinceSeconds', Math.ceil(flags.durationMs('since') / 1000));
  if (tail >= 0) query.set('tailLines', String(tail));
  return query;
}

function validate({ flags, args }: Invocation): void {
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '')
    throw new UsageError(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  if (args.length > 0 && selector !== '')
    throw new UsageError('only a selector (-l) or a POD name is allowed');
  if (flags.changed('since') && flags.changed('since-time'))
    throw new CliError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (flags.int('tail') < -1) throw new CliError('--tail must be greater than or equal to -1');
  if (flags.bool('previous') && flags.int('version') > 0)
    throw new CliError('cannot use both --previous and --version');
}

interface Stream {
  readonly pod: string;
  readonly container: string;
}

function containersOf({ spec }: Pod): string[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name }) => name);
}

function streamsOf(pod: Pod, { flags, io }: Invocation): Stream[] {
  const name = pod.metadata.name ?? '';
  const asked = flags.string('container');
  const all = containersOf(pod);
  if (flags.bool('all-containers')) return all.map((container) => ({ pod: name, container }));
  const own = (pod.spec?.containers ?? []).map((one) => one.name);
  if (asked !== '') {
    if (!all.includes(asked)) throw new CliError(`container ${asked} is not valid for pod ${name}`);
    return [{ pod: name, container: asked }];
  }
  const preferred = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const chosen = preferred && own.includes(preferred) ? preferred : (own[0] ?? '');
  if (all.length > 1 && !preferred)
    io.err(
      `Defaulted container ${JSON.stringify(chosen)} out of: ${own.concat(all.filter((one) => !own.includes(one)).map((one) => `${one} (init)`)).join(', ')}\n`,
    );
  return [{ pod: name, container: chosen }];
}

async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

async function printPrefixed({ pod, container }: Stream, invocation: Invocation): Promise<void> {
  const { session, io } = invocation;
  const transport = await session.transport();
  const { body } = await transport.request({
    method: 'GET',
    path: resourcePath(PODS, { namespace: session.namespace(), name: pod, subresource: 'log' }),
    query: queryOf(invocation, container),
    headers: { accept: '*/*', [RAW_BYTES]: 'true' },
    signal: io.signal,
  });
  if (body.kind !== 'bytes') return;
  for await (const line of lines(body.bytes)) io.out(`[pod/${pod}/${container}] ${line}\n`);
}

async function printStream(stream: Stream, invocation: Invocation): Promise<void> {
  if (invocation.flags.bool('prefix')) return printPrefixed(stream, invocation);
  const namespace = invocation.session.namespace();
  const path = resourcePath(PODS, { namespace, name: stream.pod, subresource: 'log' });
  return streamLog(path, queryOf(invocation, stream.container), invocation);
}

async function printPods(pods: readonly Pod[], invocation: Invocation): Promise<void> {
  const { flags } = invocation;
  const streams = pods.flatMap((pod) => streamsOf(pod, invocation));
  const limit = flags.int('max-log-requests');
  if (!flags.bool('follow')) {
    for (const stream of streams) await printStream(stream, invocation);
    return;
  }
  if (streams.length > limit)
    throw new CliError(
      `you are attempting to follow ${streams.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  await Promise.all(streams.map((stream) => printStream(stream, invocation)));
}

async function podsOf(
  labels: Readonly<Record<string, string>>,
  invocation: Invocation,
): Promise<Pod[]> {
  const client = await invocation.session.client();
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const { items } = await client.list(PODS, {
    namespace: invocation.session.namespace(),
    labelSelector,
  });
  return items;
}

interface Selecting {
  readonly spec?: {
    readonly selector?: Record<string, unknown> & { matchLabels?: Record<string, string> };
  };
}

async function printSelected(
  object: KubeObject,
  kind: string,
  invocation: Invocation,
): Promise<void> {
  const { selector } = (object as Selecting).spec ?? {};
  const labels = (selector?.matchLabels ?? selector) as Record<string, string> | undefined;
  const pods = labels ? await podsOf(labels, invocation) : [];
  const [first] = pods;
  if (!first) throw new CliError(`no pods found for ${kind}/${object.metadata.name}`);
  if (pods.length > 1)
    invocation.io.err(`Found ${pods.length} pods, using pod/${first.metadata.name}\n`);
  await printPods([first], invocation);
}

async function buildNameOf(name: string, invocation: Invocation): Promise<string> {
  const { session, flags } = invocation;
  const client = await session.client();
  const { status } = await client.get(BUILD_CONFIGS, { namespace: session.namespace(), name });
  const version = flags.int('version') || Number(status?.lastVersion ?? 0);
  if (version === 0) throw new CliError(`no builds found for ${JSON.stringify(name)}`);
  return `${name}-${version}`;
}

async function printTarget(mapping: Mapping, name: string, invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  const namespace = session.namespace();
  const client = await session.client();
  const log = (type: Mapping | typeof BUILDS, of: string, query = queryOf(invocation)) =>
    streamLog(resourcePath(type, { namespace, name: of, subresource: 'log' }), query, invocation);
  switch (mapping.resource) {
    case 'pods':
      return printPods([(await client.get(mapping, { namespace, name })) as Pod], invocation);
    case 'builds':
      return log(mapping, name);
    case 'buildconfigs':
      return log(BUILDS, await buildNameOf(name, invocation));
    case 'deploymentconfigs': {
      const query = queryOf(invocation);
      if (flags.int('version') > 0) query.set('version', String(flags.int('version')));
      return log(mapping, name, query);
    }
    default:
      return printSelected(
        await client.get(mapping, { namespace, name }),
        mapping.resource,
        invocation,
      );
  }
}

async function run(invocation: Invocation): Promise<void> {
  validate(invocation);
  const { args, flags, session, io } = invocation;
  const selector = flags.string('selector');
  if (selector !== '') {
    const client = await session.client();
    const { items } = await client.list(PODS, {
      namespace: session.namespace(),
      labelSelector: selector,
    });
    if (items.length === 0) io.err(`No resources found in ${session.namespace()} namespace.\n`);
    return printPods(items, invocation);
  }
  const [first = '', second] = args;
  const isBare = !first.includes('/') && (second === undefined || flags.string('container') === '');
  const pair =
    isBare && second === undefined ? [`pods/${first}`] : first.includes('/') ? [first] : args;
  const targets = await parseTargets(pair, session.discovery, { program: io.program });
  const [target] = targets.by === 'name' ? targets.items : [];
  if (target) await printTarget(target.mapping, target.name, invocation);
}

export const command: Command = {
  use: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  long: `Print the logs for a container in a pod.

 Supported resources are builds, build configs (bc), deployment configs (dc), and pods. When a pod is specified and has more than one container, the container name should be specified via -c. When a build config or deployment config is specified, you can view the logs for a particular version of it via --version.`,
  examples: `# Start streaming the logs of the most recent build of the openldap build config
{program} logs -f bc/openldap

# Start streaming the logs of the latest deployment of the mysql deployment config
{program} logs -f dc/mysql

# Get the logs of the first deployment for the mysql deployment config
{program} logs --version=1 dc/mysql

# Return a snapshot of ruby-container logs from pod backend
{program} logs backend -c ruby-container

# Start streaming of ruby-container logs from pod backend
{program} logs -f pod/backend -c ruby-container`,
  flags: LOG_FLAGS,
  run,
};
