import type { CelType } from './type.ts';

/** TypeSource answers types by name; a map of types is one. */
export interface TypeSource {
  get(name: string): CelType | undefined;
}
