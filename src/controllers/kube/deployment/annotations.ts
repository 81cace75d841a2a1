/** Annotations and the label by which a deployment knows its replica sets (kubernetes deployment/util). */
export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to';
export const TEMPLATE_HASH = 'pod-template-hash';

/** OWN_ANNOTATIONS are not carried from a deployment to its replica sets, nor back. */
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
]);

/** Annotations is a map of annotations as objects carry it. */
export type Annotations = Readonly<Record<string, string>>;

/** sharedAnnotations are those that a deployment and its replica sets have in common. */
export function sharedAnnotations(annotations: Annotations | undefined): Record<string, string> {
  const entries = Object.entries(annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => !OWN_ANNOTATIONS.has(key)));
}

/** ownAnnotations are those that stay where they are. */
export function ownAnnotations(annotations: Annotations | undefined): Record<string, string> {
  const entries = Object.entries(annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => OWN_ANNOTATIONS.has(key)));
}

/** numberOf reads an annotation that is a whole number; undefined where there is none. */
export function numberOf(annotations: Annotations | undefined, key: string): number | undefined {
  const text = annotations?.[key];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
