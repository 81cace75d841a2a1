import { findValues, relaxedExpression } from '../../../machinery/jsonpath/evaluate.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { groupResource } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { CliError, ExitError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { durationFlag, stringFlag } from '../../flags/flag-spec.ts';
import { nameOf } from '../../print/object-printer.ts';
import {
  FILENAME_FLAGS,
  type FoundObject,
  findObjects,
  SELECTOR_FLAGS,
} from '../../resources/find-objects.ts';

/** Met tells whether an object is as it is waited for; undefined means it is gone. */
type Met = (object: KubeObject | undefined) => boolean;

interface Conditioned {
  readonly metadata: { readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { type: string; status: string; observedGeneration?: number }[];
  };
}

function conditionMet(spec: string): Met {
  const [type = '', value = 'true'] = spec.split('=');
  return (object) => {
    const { status, metadata } = (object ?? { metadata: {} }) as Conditioned;
    const found = status?.conditions?.find((one) => one.type.toLowerCase() === type.toLowerCase());
    const observed = found?.observedGeneration ?? status?.observedGeneration;
    if (observed !== undefined && observed < (metadata.generation ?? 0)) return false;
    return found?.status.toLowerCase() === value.toLowerCase();
  };
}

function jsonPathMet(spec: string): Met {
  const equals = spec.lastIndexOf('=');
  if (equals < 0)
    throw new CliError("jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3");
  const clean = (text: string) => text.replace(/^(['"])(.*)\1$/s, '$2');
  const path = relaxedExpression(clean(spec.slice(0, equals)));
  const wanted = clean(spec.slice(equals + 1));
  return (object) => {
    const found = findValues(path, object);
    if (found.length > 1)
      throw new CliError('given jsonpath expression matches more than one value');
    return found.length === 1 && String(found[0]) === wanted;
  };
}

function metOf(spec: string): Met {
  if (spec.toLowerCase() === 'delete') return (object) => object === undefined;
  if (spec.startsWith('condition=')) return conditionMet(spec.slice(10));
  if (spec.startsWith('jsonpath=')) return jsonPathMet(spec.slice(9));
  throw new CliError(`unrecognized condition: ${JSON.stringify(spec)}`);
}

async function get({ mapping, namespace, object }: FoundObject, { session }: Invocation) {
  const client = await session.client();
  return client
    .get(mapping, { namespace, name: object.metadata.name ?? '' })
    .catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
}

async function changes(
  found: FoundObject,
  met: Met,
  signal: AbortSignal,
  invocation: Invocation,
): Promise<void> {
  const client = await invocation.session.client();
  const { mapping, namespace } = found;
  const fieldSelector = `metadata.name=${found.object.metadata.name}`;
  for (;;) {
    const { metadata } = await client.list(mapping, { namespace, fieldSelector, limit: 1 });
    const current = await get(found, invocation);
    const replaced = current && current.metadata.uid !== found.object.metadata.uid;
    if (met(replaced ? undefined : current)) return;
    const { resourceVersion = '' } = metadata;
    const query = { namespace, fieldSelector, resourceVersion, signal };
    for await (const { type, object } of await client.watch(mapping, query)) {
      if (type === 'ERROR') break;
      if (type !== 'BOOKMARK' && met(type === 'DELETED' ? undefined : object)) return;
    }
    signal.throwIfAborted();
  }
}

async function waitFor(found: FoundObject, met: Met, invocation: Invocation): Promise<boolean> {
  const { flags, io } = invocation;
  const timeoutMs = flags.durationMs('timeout');
  const limit = timeoutMs < 0 ? 7 * 24 * 3_600_000 : timeoutMs;
  const done = () => {
    const isGone = flags.string('for').toLowerCase() === 'delete';
    io.out(`${nameOf(found.object)} ${isGone ? 'deleted' : 'condition met'}\n`);
    return true;
  };
  const late = () => {
    const { mapping, object } = found;
    io.err(
      `error: timed out waiting for the condition on ${groupResource(mapping)}/${object.metadata.name}\n`,
    );
    return false;
  };
  if (met(await get(found, invocation))) return done();
  if (limit === 0) {
    const { mapping, object } = found;
    io.err(`error: condition not met for ${groupResource(mapping)}/${object.metadata.name}\n`);
    return false;
  }
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(limit)]);
  try {
    await changes(found, met, signal, invocation);
    return done();
  } catch (error) {
    if (!signal.aborted) throw error;
    return late();
  }
}

async function run(invocation: Invocation): Promise<void> {
  const { flags } = invocation;
  const isDelete = flags.string('for').toLowerCase() === 'delete';
  const met = metOf(flags.string('for'));
  let found: FoundObject[];
  try {
    found = await findObjects(invocation);
  } catch (error) {
    if (isDelete && isNotFound(error)) return;
    throw error;
  }
  if (found.length === 0) {
    if (isDelete) return;
    throw new CliError('no matching resources found');
  }
  const results = await Promise.all(found.map((one) => waitFor(one, met, invocation)));
  if (results.includes(false)) throw new ExitError(1);
}

export const command: Command = {
  use: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=delete|--for condition=available|--for=jsonpath='{}'=value]",
  long: `Experimental: Wait for a specific condition on one or many resources.

 The command takes multiple resources and waits until the specified condition is seen in the Status field of every given resource. Alternatively, the command can wait for the given set of resources to be deleted by providing the "delete" keyword as the value to the --for flag.`,
  examples: `# Wait for the pod "busybox1" to contain the status condition of type "Ready"
{program} wait --for=condition=Ready pod/busybox1

# Wait for the pod "busybox1" to be deleted, with a timeout of 60s
{program} wait --for=delete pod/busybox1 --timeout=60s`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS,
    stringFlag(
      'for',
      "The condition to wait on: [delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=JSONPath Condition]. The default condition-value is true.",
    ),
    durationFlag(
      'timeout',
      "The length of time to wait before giving up.  Zero means check once and don't wait, negative means wait for a week.",
      { default: '30s' },
    ),
  ],
  run,
};
