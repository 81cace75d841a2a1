import { podTemplateWarnings } from '../../../apis/core/v1/pod-warnings.ts';
import type { PodTemplateSpec } from '../../../apis/core/v1/types.ts';
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

interface Templated extends KubeObject {
  readonly spec?: { readonly template?: PodTemplateSpec };
}

/** templateWarnings warns of what a new template, or one that changed with its object, has. */
export function templateWarnings<T extends Templated>(
  object: T,
  old: T | undefined,
  subresource: string,
): string[] {
  const same = old !== undefined && old.metadata.generation === object.metadata.generation;
  if (subresource !== '' || same) return [];
  return podTemplateWarnings(object.spec?.template, 'spec.template.');
}

/** podNameWarnings warns of a name that pods cannot have as their host name. */
export function podNameWarnings({ metadata }: KubeObject): string[] {
  const errors = dnsLabelErrors(metadata.name ?? '');
  if (errors.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`,
  ];
}
