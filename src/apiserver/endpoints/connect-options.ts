import type { JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { AdmissionFacts } from '../registry/admission-request.ts';
import type { Call } from './call.ts';

const FLAGS = ['stdin', 'stdout', 'stderr', 'tty'];

function streamOptions(query: URLSearchParams): JsonObject {
  const options: JsonObject = {};
  for (const flag of FLAGS) {
    const given = query.get(flag);
    if (given !== null) options[flag] = given === 'true' || given === '1' || given === '';
  }
  const container = query.get('container');
  if (container) options.container = container;
  const command = query.getAll('command');
  if (command.length > 0) options.command = command;
  return options;
}

function portOptions(query: URLSearchParams): JsonObject {
  const ports = query.getAll('ports').flatMap((one) => one.split(',').map(Number));
  return ports.length > 0 ? { ports } : {};
}

/** connectFacts is what admission sees of a CONNECT: the options of the stream are its object. */
export function connectFacts(call: Call, outputKind: string | undefined): AdmissionFacts {
  const { info, request, served } = call;
  const { type } = served.definition;
  const facts = { definition: served.definition, subresource: info.subresource, name: info.name };
  const isOptions = outputKind?.endsWith('Options') ?? info.subresource === 'proxy';
  if (!isOptions) return facts;
  const kind = outputKind ?? `${type.kind}ProxyOptions`;
  const own =
    info.subresource === 'proxy'
      ? { path: info.subpath }
      : { ...portOptions(request.query), ...streamOptions(request.query) };
  // Options have no metadata, unlike what the type says of objects.
  const object = { kind, apiVersion: type.version, ...own } as unknown as KubeObject;
  const { group, version } = type;
  const definition = `io.k8s.api.core.v1.${kind}`;
  return { ...facts, form: { group, version, kind, definition }, object };
}
