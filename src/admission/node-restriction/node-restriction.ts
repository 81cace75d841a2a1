import type { TokenRequest } from '../../apis/authentication.k8s.io/v1/types.ts';
import type { Node, Pod } from '../../apis/core/v1/types.ts';
import type { ResourceSlice } from '../../apis/resource.k8s.io/v1/types.ts';
import { nodeNameOf } from '../../apiserver/access/node-authorizer.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { newRefusal } from '../refusal.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const OWN_LABELS = /(^|\.)(kubernetes|k8s)\.io\//;
const RESTRICTED = /(^|\.)node-restriction\.kubernetes\.io\//;
/** ALLOWED_LABELS are those of kubernetes.io that a node sets on itself. */
const ALLOWED_LABELS =
  /^((beta\.)?kubernetes\.io\/(hostname|arch|os|instance-type)|node\.kubernetes\.io\/.+|kubelet\.kubernetes\.io\/.+|topology\.kubernetes\.io\/(region|zone)|failure-domain\.beta\.kubernetes\.io\/(region|zone)|node\.kubernetes\.io\/instance-type)$/;

/** NodeRestrictionOptions: `pod` answers a pod as the server knows it now. */
export interface NodeRestrictionOptions {
  pod(namespace: string, name: string): Pod | undefined;
}

function forbiddenLabels(labels: Node['metadata']['labels'], before: Node['metadata']['labels']) {
  const keys = new Set([...Object.keys(labels ?? {}), ...Object.keys(before ?? {})]);
  return [...keys]
    .filter((key) => labels?.[key] !== before?.[key])
    .filter((key) => RESTRICTED.test(key) || (OWN_LABELS.test(key) && !ALLOWED_LABELS.test(key)))
    .sort();
}

/** nodeProblem says why a node may not write a Node like this; empty: it may. */
function nodeProblem(node: string, { operation, name, object, old }: AdmissionRequest): string {
  const own = JSON.stringify(node);
  if (name !== node) return `node ${own} is not allowed to modify node ${JSON.stringify(name)}`;
  const [now, was] = [object as Node | undefined, old as Node | undefined];
  if (operation === 'CREATE') {
    const labels = forbiddenLabels(now?.metadata.labels, undefined);
    return labels.length === 0
      ? ''
      : `node ${own} is not allowed to set the following labels: ${labels.join(', ')}`;
  }
  if (operation !== 'UPDATE') return '';
  if (!deepEqual(now?.spec?.taints ?? [], was?.spec?.taints ?? []))
    return `node ${own} is not allowed to modify taints`;
  if (!deepEqual(now?.metadata.ownerReferences ?? [], was?.metadata.ownerReferences ?? []))
    return `node ${own} is not allowed to modify ownerReferences`;
  const labels = forbiddenLabels(now?.metadata.labels, was?.metadata.labels);
  return labels.length === 0 ? '' : `is not allowed to modify labels: ${labels.join(', ')}`;
}

function podProblem(node: string, { operation, object, old }: AdmissionRequest): string {
  const own = JSON.stringify(node);
  if (operation === 'DELETE') {
    const isOwn = (old as Pod | undefined)?.spec?.nodeName === node;
    return isOwn ? '' : `node ${own} can only delete pods with spec.nodeName set to itself`;
  }
  if (operation !== 'CREATE')
    return `unexpected operation ${JSON.stringify(operation)}, node ${own} can only create and delete mirror pods`;
  const pod = object as Pod;
  if (pod.metadata.annotations?.[MIRROR] === undefined)
    return `pod does not have "${MIRROR}" annotation, node ${own} can only create mirror pods`;
  return pod.spec?.nodeName === node
    ? ''
    : `node ${own} can only create pods with spec.nodeName set to itself`;
}

function podStatusProblem(node: string, { object, old }: AdmissionRequest): string {
  const own = JSON.stringify(node);
  if ((old as Pod | undefined)?.spec?.nodeName !== node)
    return `node ${own} can only update pod status for pods with spec.nodeName set to itself`;
  const isSame = deepEqual(object?.metadata.labels ?? {}, old?.metadata.labels ?? {});
  return isSame ? '' : `node ${own} cannot update labels through pod status`;
}

function sliceProblem(node: string, { operation, object, old }: AdmissionRequest): string {
  if (operation !== 'CREATE' && operation !== 'DELETE') return '';
  const slice = (operation === 'CREATE' ? object : old) as ResourceSlice | undefined;
  if (slice?.spec.nodeName === node) return '';
  return `can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`;
}

/**
 * newNodeRestriction keeps nodes to their own Node, pods, lease and tokens (admission plugin
 * NodeRestriction). It looks at requests of nodes only.
 */
export function newNodeRestriction({ pod }: NodeRestrictionOptions): Admission {
  const tokenProblem = (node: string, { object, namespace }: AdmissionRequest): string => {
    const { boundObjectRef: ref } = (object as TokenRequest).spec ?? {};
    if (ref?.kind !== 'Pod' || !ref.name) return 'node requested token not bound to a pod';
    if (!ref.uid) return 'node requested token with a pod binding without a uid';
    const bound = pod(namespace, ref.name);
    if (bound?.metadata.uid !== ref.uid)
      return `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    return bound.spec?.nodeName === node
      ? ''
      : 'node requested token bound to a pod scheduled on a different node';
  };
  const evictionProblem = (node: string, { namespace, name }: AdmissionRequest): string => {
    const isOwn = pod(namespace, name)?.spec?.nodeName === node;
    return isOwn ? '' : `node ${node} can only evict pods with spec.nodeName set to itself`;
  };
  const problemOf = (node: string, request: AdmissionRequest): string => {
    const { type, subresource } = request;
    switch (`${type.group}/${type.resource}/${subresource}`) {
      case '/pods/':
        return podProblem(node, request);
      case '/pods/status':
        return podStatusProblem(node, request);
      case '/pods/eviction':
        return evictionProblem(node, request);
      case '/nodes/':
      case '/nodes/status':
        return nodeProblem(node, request);
      case '/serviceaccounts/token':
        return tokenProblem(node, request);
      case 'coordination.k8s.io/leases/':
        return request.name === node
          ? ''
          : 'can only access node lease with the same name as the requesting node';
      case 'storage.k8s.io/csinodes/':
        return request.name === node
          ? ''
          : 'can only access CSINode with the same name as the requesting node';
      case 'resource.k8s.io/resourceslices/':
        return sliceProblem(node, request);
      default:
        return type.group === '' && type.resource === 'pods'
          ? `unexpected pod subresource ${JSON.stringify(subresource)}, only 'status' and 'eviction' are allowed`
          : '';
    }
  };
  return {
    validate(request) {
      if (request.operation === 'CONNECT') return;
      const node = nodeNameOf(request.context.user);
      if (node === undefined) return;
      const problem = problemOf(node, request);
      if (problem !== '') throw newRefusal(request, problem);
    },
  };
}
