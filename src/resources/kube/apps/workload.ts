import type { Subresource } from '../../../apiserver/resource-definition.ts';
import { selectorOfObject, selectorText } from '../../../machinery/labels.ts';
import type { LabelSelector } from '../../../machinery/meta/v1.ts';
import { dnsLabelErrors } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object.ts';

interface Selecting extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector };
}

/** scaleByReplicas is the scale of a workload that has spec.replicas and a label selector. */
export function scaleByReplicas<T extends Selecting>(): Subresource<T> {
  return {
    kind: 'scale',
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    selector: (object) => selectorText(selectorOfObject(object.spec?.selector)),
  };
}

/** podNameWarnings warns of a name that pods cannot have as their host name. */
export function podNameWarnings({ metadata }: KubeObject): string[] {
  const errors = dnsLabelErrors(metadata.name ?? '');
  if (errors.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`,
  ];
}
