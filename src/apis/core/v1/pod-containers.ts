import { indexPath } from '../../../machinery/field-path.ts';
import type { Container, PodSpec } from './types.ts';

/** PlacedContainer is a container with its path in a pod or a template. */
export interface PlacedContainer {
  readonly container: Container;
  readonly path: string;
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** containersWithPaths are all containers of a spec: those that begin, those that run, and added ones. */
export function containersWithPaths(spec: PodSpec | undefined, path: string): PlacedContainer[] {
  const placed: PlacedContainer[] = [];
  for (const list of LISTS) {
    const containers = (spec?.[list] ?? []) as readonly Container[];
    for (let index = 0; index < containers.length; index += 1) {
      const container = containers[index];
      if (container) placed.push({ container, path: indexPath(`${path}.${list}`, index) });
    }
  }
  return placed;
}
