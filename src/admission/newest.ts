import type { KubeObject } from '../machinery/object.ts';

/** newest answers the object that was created last; of several the first by name, as upstream. */
export function newest<T extends KubeObject>(objects: readonly T[]): T | undefined {
  const born = ({ metadata }: T) => metadata.creationTimestamp ?? '';
  const [first] = [...objects].sort((a, b) =>
    born(a) === born(b)
      ? (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '')
      : born(a) < born(b)
        ? 1
        : -1,
  );
  return first;
}
