import { createHash } from 'node:crypto';
import type { Container } from '../../apis/core/v1/types.ts';

/** specHashOf changes when a container must be made anew: of a running pod only images can change. */
export function specHashOf(container: Container): string {
  const text = JSON.stringify([container.name, container.image]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
