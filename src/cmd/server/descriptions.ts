import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Descriptions } from '../../apis/openapi/openapi-resource.ts';

/** readDescriptions reads what the build took down of Kubernetes' own words; without it `explain` names types only. */
export function readDescriptions(): Descriptions {
  const file = join(dirname(fileURLToPath(import.meta.url)), 'descriptions.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Descriptions;
  } catch {
    return {};
  }
}
