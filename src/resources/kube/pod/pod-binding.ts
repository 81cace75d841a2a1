import type { Binding, Pod, PodCondition } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { partClient } from '../../../client/part-client.ts';
import { notSupported, required } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import {
  isConflict,
  newBadRequest,
  newConflict,
  newInvalid,
} from '../../../machinery/status-error.ts';
import { newSuccess } from '../../../machinery/success.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';

const POD_BINDING = { group: '', resource: 'pods/binding' };
const ATTEMPTS = 5;

/**
 * PodBindings serves `pods/binding`. A pod's node can be set only this way: an update of the pod
 * that sets it is allowed while, and only while, the binding of that pod to that node is under way.
 */
export class PodBindings {
  readonly #client: Client;
  /** As upstream, only the binding itself is admitted. */
  readonly #part: Client;
  /** INVARIANTS: holds pod uid → node only between the two ends of one bind(). */
  readonly #underWay = new Map<string, string>();

  constructor(client: Client) {
    this.#client = client;
    this.#part = partClient(client);
  }

  /** isUnderWay tells whether an update of a pod is the one that bind() sends. */
  isUnderWay(draft: Pod, old: Pod): boolean {
    const node = this.#underWay.get(old.metadata.uid ?? '');
    return !old.spec?.nodeName && node !== undefined && draft.spec?.nodeName === node;
  }

  /** finish sets the PodScheduled condition of a pod that is being bound. */
  finish(draft: Pod, context: RequestContext): void {
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'True',
      lastTransitionTime: timestampOf(context.now),
    };
    const others = (draft.status?.conditions ?? []).filter((one) => one.type !== condition.type);
    draft.status = { ...draft.status, conditions: [...others, condition] };
  }

  /** bind assigns a pod to a node; 409 when it has one already or is going. */
  async bind(name: string, input: KubeObject, context: RequestContext): Promise<KubeObject> {
    const node = checkedTarget(name, input as Binding);
    for (let attempt = 1; ; attempt += 1) {
      const pod = await this.#client.get(PODS, { namespace: context.namespace, name });
      checkPreconditions(input as Binding, pod);
      checkUnbound(pod);
      const uid = pod.metadata.uid ?? '';
      if (this.#underWay.has(uid)) throw alreadyAssigned(name, this.#underWay.get(uid) ?? '');
      this.#underWay.set(uid, node);
      try {
        await this.#part.update(PODS, bound(pod, node, input), { dryRun: context.dryRun });
        return newSuccess({ code: 201 });
      } catch (error) {
        if (!isConflict(error) || attempt >= ATTEMPTS) throw error;
      } finally {
        this.#underWay.delete(uid);
      }
    }
  }
}

function checkedTarget(name: string, binding: Binding): string {
  if (binding.metadata.name !== name)
    throw newBadRequest('name in URL does not match name in Binding object');
  const { kind = '', name: node = '' } = binding.target ?? {};
  const errors = [];
  if (kind !== '' && kind !== 'Node') {
    errors.push(notSupported('target.kind', kind, ['Node', '<empty>'], 'as given'));
  }
  if (node === '') errors.push(required('target.name'));
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'Binding' }, name, errors);
  return node;
}

function checkUnbound(pod: Pod): void {
  const { name = '', deletionTimestamp } = pod.metadata;
  const refuse = (text: string) => newConflict(POD_BINDING, name, text);
  if (deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  const current = pod.spec?.nodeName ?? '';
  if (current !== '') throw alreadyAssigned(name, current);
  if ((pod.spec?.schedulingGates ?? []).length > 0)
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
}

/** checkPreconditions: a binding may demand the uid and the version of the pod that it was made for. */
function checkPreconditions({ metadata }: Binding, pod: Pod): void {
  const { uid, resourceVersion, name = '', namespace = '' } = pod.metadata;
  const refuse = (what: string, wanted: string, found = '') => {
    const place = `Code: 4, Key: /registry/pods/${namespace}/${name}, ResourceVersion: 0`;
    const text = `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`;
    const error = `StorageError: invalid object, ${place}, AdditionalErrorMsg: ${text}`;
    return newConflict({ group: '', resource: 'pods' }, name, error);
  };
  if (metadata.uid && metadata.uid !== uid) throw refuse('UID', metadata.uid, uid);
  const version = metadata.resourceVersion;
  if (version && version !== resourceVersion)
    throw refuse('ResourceVersion', version, resourceVersion);
}

function alreadyAssigned(name: string, node: string) {
  const text = `pod ${name} is already assigned to node ${JSON.stringify(node)}`;
  return newConflict(POD_BINDING, name, text);
}

function bound(pod: Pod, node: string, binding: KubeObject): Pod {
  const copy = structuredClone(pod);
  if (copy.spec !== undefined) copy.spec.nodeName = node;
  const { annotations, labels } = binding.metadata ?? {};
  if (annotations) copy.metadata.annotations = { ...copy.metadata.annotations, ...annotations };
  if (labels) copy.metadata.labels = { ...copy.metadata.labels, ...labels };
  return copy;
}
