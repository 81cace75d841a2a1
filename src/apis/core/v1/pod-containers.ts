import { indexPath } from '../../../machinery/field-path.ts';
import type { Container, PodSpec } from './types.ts';

/** PlacedContainer is a container with its path in a pod or a template. */
export interface PlacedContainer {
  readonly container: Container;
  readonly path: string;
}

/** containersWithPaths are all containers of a spec: those that begin, those that run, and added ones. */
export function containersWithPaths(spec: PodSpec | undefined, path: string): PlacedContainer[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    ((spec?.[list] ?? []) as readonly Container[]).map((container, index) => ({
      container,
      path: indexPath(`${path}.${list}`, index),
    })),
  );
}
