import { deepFreeze } from '../../machinery/deep-freeze.ts';
import type { KubeObject } from '../../machinery/object.ts';

/** wireCopy is an object as it comes out of JSON: a copy without undefined fields. */
export function wireCopy<T>(object: T): T {
  return JSON.parse(JSON.stringify(object)) as T;
}

/** frozenCopy is a wireCopy that nobody can change. */
export function frozenCopy<T>(object: T): T {
  return deepFreeze(wireCopy(object));
}

/** statusOf reads the status of any object. */
export function statusOf(object: KubeObject): unknown {
  return (object as { status?: unknown }).status;
}

/** withStatus is a copy with another status; undefined takes it away. */
export function withStatus<T extends KubeObject>(object: T, status: unknown): T {
  const { status: _, ...rest } = object as T & { status?: unknown };
  return (status === undefined ? rest : { ...rest, status }) as unknown as T;
}

/** sameSpec tells whether two versions differ in metadata and status only. */
export function sameSpec(a: KubeObject, b: KubeObject): boolean {
  const bare = (object: KubeObject) =>
    JSON.stringify({ ...withStatus(object, undefined), metadata: undefined });
  return bare(a) === bare(b);
}

/** shortName is the random-looking suffix of generated name number `n`, of the API's alphabet. */
export function shortName(n: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  let text = '';
  let rest = n * 7_368_787 + 1_234_567;
  for (let i = 0; i < 5; i += 1) {
    text += alphabet.charAt(rest % alphabet.length);
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
