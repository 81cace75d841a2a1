import type { Descriptions } from './openapi-resource.ts';
import type { Operation } from './operation.ts';

const INTEGERS = new Set([
  'gracePeriodSeconds',
  'limit',
  'limitBytes',
  'ports',
  'sinceSeconds',
  'tailLines',
  'timeoutSeconds',
]);
const BOOLEANS = new Set([
  'allowWatchBookmarks',
  'follow',
  'force',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'insecureSkipTLSVerifyBackend',
  'orphanDependents',
  'previous',
  'sendInitialEvents',
  'stderr',
  'stdin',
  'stdout',
  'timestamps',
  'tty',
  'watch',
]);

/** Parameter is a path or query parameter. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean';
}

function inPath(name: string, ofKind: string): Parameter {
  const texts: Readonly<Record<string, string>> = {
    namespace: 'object name and auth scope, such as for teams and projects',
    path: 'path to the resource',
  };
  return { name, in: 'path', description: texts[name] ?? `name of the ${ofKind}`, type: 'string' };
}

function inQuery(name: string, texts: string, descriptions: Descriptions): Parameter {
  return {
    name,
    in: 'query',
    description: descriptions[texts]?.[name] ?? descriptions.parameters?.[name] ?? '',
    type: INTEGERS.has(name) ? 'integer' : BOOLEANS.has(name) ? 'boolean' : 'string',
  };
}

function parametersOf(operation: Operation, descriptions: Descriptions): Parameter[] {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return [
    ...names.map((name) => inPath(name, operation.ofKind)),
    ...operation.query.map((name) => inQuery(name, operation.texts, descriptions)),
  ].sort((a, b) => (a.name === b.name ? (a.in < b.in ? -1 : 1) : a.name < b.name ? -1 : 1));
}

/** PathParameters are the parameters of a path: those of all its operations, and of each the rest. */
export interface PathParameters {
  readonly common: readonly Parameter[];
  readonly own: ReadonlyMap<Operation, readonly Parameter[]>;
}

const keyOf = (one: Parameter) => `${one.in} ${one.name} ${one.description}`;

/** pathParameters tells the parameters that the operations of one path have in common from others. */
export function pathParameters(
  operations: readonly Operation[],
  descriptions: Descriptions,
): PathParameters {
  const all = operations.map((one) => [one, parametersOf(one, descriptions)] as const);
  const counts = new Map<string, number>();
  for (const [, parameters] of all)
    for (const one of parameters) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  const isCommon = (one: Parameter) => counts.get(keyOf(one)) === operations.length;
  return {
    common: (all[0]?.[1] ?? []).filter(isCommon),
    own: new Map(all.map(([one, parameters]) => [one, parameters.filter((p) => !isCommon(p))])),
  };
}
