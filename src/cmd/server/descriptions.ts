import { readFileSync } from 'node:fs';
import type { Descriptions } from '../../apis/openapi/openapi.ts';

/**
 * loadDescriptions reads Kubernetes' descriptions of its kinds, which the build puts beside the
 * program; without them `explain` shows the structure only.
 */
export function loadDescriptions(): Descriptions {
  try {
    const text = readFileSync(new URL('descriptions.json', import.meta.url), 'utf8');
    return JSON.parse(text) as Descriptions;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
