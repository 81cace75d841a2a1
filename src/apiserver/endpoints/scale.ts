import { invalid } from '../../machinery/field-error.ts';
import { getAt, setAt } from '../../machinery/field-path.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import {
  newConflict,
  newInternalError,
  newInvalid,
  newPathMethodNotAllowed,
} from '../../machinery/status-error.ts';
import { type FieldTree, LEAF } from '../fields/field-tree.ts';
import { entryOf, ownEntry, withEntry, withoutFields } from '../fields/managed-fields.ts';
import { objectPayload } from '../output/payload.ts';
import { cloneJson } from '../registry/clone.ts';
import type { ShownAs } from '../registry/update-object.ts';
import type { CoreResponse } from '../request/core-request.ts';
import { checkPlace, decodeObject, type ObjectForm } from '../request/decode-object.ts';
import { parseWriteQuery } from '../request/write-query.ts';
import type { Subresource } from '../resource-definition.ts';
import { managerOf } from './apply.ts';
import { conflictsOf, newApplyConflict } from './apply-conflicts.ts';
import type { Call } from './call.ts';
import { patchChange } from './patch.ts';

type ScaleSubresource = Extract<Subresource<KubeObject>, { kind: 'scale' }>;

const SCALE_FORM: ObjectForm = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  definition: 'io.k8s.api.autoscaling.v1.Scale',
};

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status: { replicas: number; selector?: string };
}

function numberAt(object: KubeObject, path: string): number {
  const value = getAt(object, path);
  return typeof value === 'number' ? value : 0;
}

/** scaleOf is the autoscaling/v1 Scale of an object. */
export function scaleOf(object: KubeObject, subresource: ScaleSubresource): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  const selector = subresource.selector(object);
  const status: Scale['status'] = { replicas: numberAt(object, subresource.statusReplicasPath) };
  if (selector !== '') status.selector = selector;
  const replicas = numberAt(object, subresource.specReplicasPath);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify(metadata)) as KubeObject['metadata'],
    spec: replicas === 0 ? {} : { replicas },
    status,
  };
}

function replicasOf(scale: KubeObject, name: string, subresource: ScaleSubresource): number {
  const spec = (scale as KubeObject & { spec?: unknown }).spec;
  const replicas = isJsonObject(spec) ? (spec as JsonObject).replicas : undefined;
  const count = typeof replicas === 'number' ? replicas : 0;
  if (count >= 0 || subresource.demandsReplicas) return count;
  throw newInvalid({ group: 'autoscaling', kind: 'Scale' }, name, [
    invalid('spec.replicas', count, 'must be greater than or equal to 0'),
  ]);
}

/** serveScale serves GET, PUT and PATCH of an object's scale. */
export async function serveScale(call: Call, subresource: ScaleSubresource): Promise<CoreResponse> {
  const { rest, definition } = call.served;
  const { name, verb } = call.info;
  if (verb === 'get' && rest.get) {
    const object = (await rest.get(name, call.context, '')).object as KubeObject;
    const { demandsReplicas, specReplicasPath } = subresource;
    if (demandsReplicas && getAt(object, specReplicasPath) === undefined) {
      const path = JSON.stringify(specReplicasPath);
      throw newInternalError(new Error(`the spec replicas field ${path} does not exist`));
    }
    return answer(object, subresource);
  }
  if ((verb !== 'update' && verb !== 'patch') || !rest.update) {
    throw newPathMethodNotAllowed();
  }
  const { scaled, isApply } = await scaleChange(call);
  const change = async (current: KubeObject | undefined) => {
    const draft = cloneJson(current ?? { apiVersion: '', kind: '', metadata: {} });
    const scale = await scaled(scaleOf(draft, subresource));
    const demanded = scale.metadata.resourceVersion ?? '';
    if (demanded !== '' && demanded !== draft.metadata.resourceVersion) {
      throw newConflict(definition.type, name);
    }
    setAt(draft, subresource.specReplicasPath, replicasOf(scale, name, subresource));
    if (demanded === '') delete draft.metadata.resourceVersion;
    if (isApply) applyReplicas(call, subresource, { draft, current });
    return draft;
  };
  const options = {
    subresource: '',
    writtenThrough: 'scale',
    replace: false,
    isApply,
    shown: shownAs(subresource),
  };
  const result = await rest.update(name, change, { options, context: call.context });
  return answer(result.payload.object as KubeObject, subresource);
}

function answer(object: KubeObject, subresource: ScaleSubresource): CoreResponse {
  return { kind: 'payload', status: 200, payload: objectPayload(scaleOf(object, subresource)) };
}

/** shownAs has admission see the Scale; what it makes of the replicas is taken over. */
function shownAs(subresource: ScaleSubresource): ShownAs {
  return {
    facts: (draft, old) => ({
      form: SCALE_FORM,
      subresource: 'scale',
      object: scaleOf(draft, subresource),
      old: scaleOf(old, subresource),
    }),
    take(shown, draft) {
      const replicas = replicasOf(shown, draft.metadata.name ?? '', subresource);
      setAt(draft, subresource.specReplicasPath, replicas);
    },
  };
}

/** applyReplicas keeps the books of a server-side apply to a scale: it owns the number of replicas. */
function applyReplicas(
  call: Call,
  subresource: ScaleSubresource,
  states: { readonly draft: KubeObject; readonly current: KubeObject | undefined },
): void {
  const { draft, current } = states;
  const { definition } = call.served;
  const path = subresource.specReplicasPath;
  const applied = treeAt(path);
  // As upstream, who writes through a scale is noted without a time.
  const manager = { ...managerOf(call), now: undefined };
  const { own, others } = ownEntry(definition, manager, current?.metadata.managedFields ?? []);
  const isChanged = current !== undefined && numberAt(current, path) !== numberAt(draft, path);
  const changedFor = () => (isChanged ? applied : undefined);
  const { force } = parseWriteQuery(call.request, 'PatchOptions');
  const conflicts = force ? [] : conflictsOf(others, changedFor, undefined);
  if (conflicts.length > 0) throw newApplyConflict(conflicts);
  const entry = entryOf(definition, manager, applied);
  draft.metadata.managedFields = withEntry(withoutFields(others, changedFor), entry, own);
}

/** treeAt is the set of the one field at a path such as `.spec.replicas`. */
function treeAt(path: string): FieldTree {
  const names = path.split('.').filter((name) => name !== '');
  return names.reduceRight<FieldTree>((below, name) => ({ [`f:${name}`]: below }), LEAF);
}

interface ScalePlan {
  scaled(current: Scale): KubeObject | Promise<KubeObject>;
  readonly isApply: boolean;
}

async function scaleChange(call: Call): Promise<ScalePlan> {
  const { name } = call.info;
  if (call.info.verb === 'patch') {
    const served = { ...call.served, form: SCALE_FORM };
    const { change, isApply } = await patchChange({ ...call, served });
    return { scaled: change, isApply };
  }
  const scale = await decodeObject(call.request, SCALE_FORM, call.context);
  const { namespaced } = call.served.definition.type;
  checkPlace(scale, { namespaced, namespace: call.context.namespace, name });
  return { scaled: () => scale, isApply: false };
}
