import type { PodTemplateSpec } from '../../../apis/core/v1/types.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { TEMPLATE_HASH } from './annotations.ts';

/** The letters and digits of which generated names consist: no vowels, so no words. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** canonical is JSON with sorted keys, so that the order in which fields were sent does not matter. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

function fnv32a(text: string): number {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * templateHash is the `pod-template-hash` of a template: what distinguishes the pods of one version.
 * `collisions` makes another one where the first is taken by another template.
 */
export function templateHash(template: PodTemplateSpec, collisions: number): string {
  const salt = collisions > 0 ? `#${collisions}` : '';
  const digits = String(fnv32a(canonical(template) + salt));
  return [...digits].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

/** withoutHash is a template as its deployment has it. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** sameTemplate tells whether two templates make the same pods, their hash aside. */
export function sameTemplate(
  a: PodTemplateSpec | undefined,
  b: PodTemplateSpec | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return semanticEqual(withoutHash(a), withoutHash(b));
}
