import { phaseOf } from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILDS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

/** Waited is how waiting for a build ended. */
export type Waited =
  | { readonly kind: 'begun'; readonly build: Build }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'timeout' };

function hasBegun(build: Build): boolean {
  return !['New', 'Pending'].includes(phaseOf(build));
}

/** waitForBuild watches a build until it runs or has ended, is deleted, or time is up. */
export async function waitForBuild(
  client: Client,
  ref: { readonly namespace: string; readonly name: string },
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Waited> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  try {
    const current = await client.get(BUILDS, ref);
    if (hasBegun(current)) return { kind: 'begun', build: current };
    const events = await client.watch(BUILDS, {
      namespace: ref.namespace,
      fieldSelector: `metadata.name=${ref.name}`,
      resourceVersion: current.metadata.resourceVersion ?? '',
      signal,
    });
    for await (const { type, object } of events) {
      if (type === 'DELETED') return { kind: 'deleted' };
      if (type === 'MODIFIED' && hasBegun(object)) return { kind: 'begun', build: object };
    }
  } catch (error) {
    if (isNotFound(error)) return { kind: 'deleted' };
    if (!signal.aborted) throw error;
  }
  return { kind: 'timeout' };
}
