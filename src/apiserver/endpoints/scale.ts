import { invalid } from '../../machinery/field-error.ts';
import { getAt, setAt } from '../../machinery/field-path.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import { newConflict, newInternalError, newInvalid } from '../../machinery/status-error.ts';
import { trackUpdate } from '../fields/managed-fields.ts';
import { entriesOfScale, entriesOfScaled } from '../fields/scale-fields.ts';
import { objectPayload } from '../output/payload.ts';
import { cloneJson } from '../registry/clone.ts';
import { newOtherUid } from '../registry/update-identity.ts';
import type { ShownAs } from '../registry/update-object.ts';
import type { CoreResponse } from '../request/core-request.ts';
import { checkPlace, decodeObject, type ObjectForm } from '../request/decode-object.ts';
import type { ResourceDefinition, Subresource } from '../resource-definition.ts';
import type { Call } from './call.ts';
import { newNotAllowed } from './not-allowed.ts';
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
function scaleOf(object: KubeObject, subresource: ScaleSubresource): Scale {
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
    throw newNotAllowed(call);
  }
  const scaled = await scaleChange(call, subresource);
  const change = async (current: KubeObject | undefined) => {
    const draft = cloneJson(current ?? { apiVersion: '', kind: '', metadata: {} });
    const scale = await scaled(draft);
    checkUid(call, scale, draft);
    const demanded = scale.metadata.resourceVersion ?? '';
    if (demanded !== '' && demanded !== draft.metadata.resourceVersion) {
      throw newConflict(definition.type, name);
    }
    setAt(draft, subresource.specReplicasPath, replicasOf(scale, name, subresource));
    if (demanded === '') delete draft.metadata.resourceVersion;
    keepOwners(call, subresource, { draft, scale });
    return draft;
  };
  const options = {
    subresource: '',
    replace: false,
    // Who owns the replicas is known from the Scale.
    isApply: true,
    shown: shownAs(subresource),
  };
  const result = await rest.update(name, change, { options, context: call.context });
  return answer(result.payload.object as KubeObject, subresource);
}

/** checkUid: who names the uid of another object in its Scale does not change this one; patches of custom ones may. */
function checkUid(call: Call, scale: KubeObject, { metadata }: KubeObject): void {
  const { definition } = call.served;
  const { uid } = scale.metadata;
  if (!uid || uid === metadata.uid) return;
  if (call.info.verb === 'update') {
    throw newOtherUid(definition, metadata, { uid, dryRun: call.context.dryRun });
  }
  if (definition.structure) return;
  const { group, resource } = definition.type;
  throw newConflict(
    { group, resource: `${resource}/scale` },
    metadata.name ?? '',
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
  );
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

/** keepOwners notes in an object who owns its replicas, as the Scale that was written says. */
function keepOwners(
  call: Call,
  { specReplicasPath }: ScaleSubresource,
  { draft, scale }: { readonly draft: KubeObject; readonly scale: KubeObject },
): void {
  const entries = draft.metadata.managedFields ?? [];
  const apiVersion = apiVersionOf(call.served.definition.type);
  const written = scale.metadata.managedFields ?? [];
  const owners = entriesOfScaled(entries, written, { path: specReplicasPath, apiVersion });
  if (owners.length > 0) draft.metadata.managedFields = [...owners];
}

/** definitionOfScale declares the Scale of a resource. */
function definitionOfScale({ type }: ResourceDefinition): ResourceDefinition {
  const { group, version, kind, definition } = SCALE_FORM;
  return { type: { ...type, group, version, kind }, definition };
}

/** scaleChange reads a request; it answers what makes the Scale of the current object another one. */
async function scaleChange(
  call: Call,
  subresource: ScaleSubresource,
): Promise<(current: KubeObject) => Promise<KubeObject>> {
  const definition = definitionOfScale(call.served.definition);
  const { change, isApply } = await changeOf(call, definition);
  const { context } = call;
  return async (current) => {
    const old = scaleOf(current, subresource);
    const entries = current.metadata.managedFields ?? [];
    const path = subresource.specReplicasPath;
    old.metadata.managedFields = [...entriesOfScale(entries, path, apiVersionOf(SCALE_FORM))];
    const scale = await change(old);
    const { fieldManager: name, now } = context;
    const manager = { name, operation: 'Update', subresource: 'scale', now } as const;
    if (!isApply) trackUpdate(definition, { draft: scale, old }, manager);
    return scale;
  };
}

interface ScaleChange {
  change(current: KubeObject): KubeObject | Promise<KubeObject>;
  readonly isApply: boolean;
}

async function changeOf(call: Call, definition: ResourceDefinition): Promise<ScaleChange> {
  const { name } = call.info;
  if (call.info.verb === 'patch') {
    return patchChange({ ...call, served: { ...call.served, definition, form: SCALE_FORM } });
  }
  const scale = await decodeObject(call.request, SCALE_FORM, call.context);
  const { namespaced } = definition.type;
  checkPlace(scale, { namespaced, namespace: call.context.namespace, name });
  return { change: () => scale, isApply: false };
}
