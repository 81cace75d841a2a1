import type { Json, OpenApiResource } from './openapi-resource.ts';
import type { Operation } from './operation.ts';
import { reachableFrom, type SchemaStyle, schemaJson } from './schema-json.ts';

/** META are the schemas that custom resources refer to. */
const META = [
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
];

/** operationsByPath groups operations by path, in the order of the paths. */
export function operationsByPath(
  operations: readonly Operation[],
): [path: string, operations: Operation[]][] {
  const paths = new Map<string, Operation[]>();
  for (const one of operations) {
    const known = paths.get(one.path);
    if (known) known.push(one);
    else paths.set(one.path, [one]);
  }
  return [...paths].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** schemasOf are the schemas that operations name, with all that these need, by name. */
export function schemasOf(
  resources: readonly OpenApiResource[],
  operations: readonly Operation[],
  style: SchemaStyle,
): Json {
  const own = new Map(
    resources.flatMap((one) => Object.entries(one.schemas?.(style.version) ?? {})),
  );
  const named = operations.flatMap(({ input = '', output }) => [input, output]);
  const needed = [
    ...named.filter((name) => name !== '' && !own.has(name)),
    ...(own.size > 0 ? META : []),
  ];
  const names = [...reachableFrom(needed), ...own.keys()];
  return Object.fromEntries(
    names.sort().map((name) => [name, own.get(name) ?? schemaJson(name, style)]),
  );
}
