import { invalid } from '../../machinery/field-error.ts';
import { getAt, setAt } from '../../machinery/field-path.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newConflict, newInvalid, newPathMethodNotAllowed } from '../../machinery/status-error.ts';
import { objectPayload } from '../output/payload.ts';
import { cloneJson } from '../registry/clone.ts';
import type { CoreResponse } from '../request/core-request.ts';
import { checkPlace, decodeObject, type ObjectForm } from '../request/decode-object.ts';
import type { Subresource } from '../resource-definition.ts';
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

function replicasOf(scale: KubeObject, name: string): number {
  const spec = (scale as KubeObject & { spec?: unknown }).spec;
  const replicas = isJsonObject(spec) ? (spec as JsonObject).replicas : undefined;
  const count = typeof replicas === 'number' ? replicas : 0;
  if (count >= 0) return count;
  throw newInvalid({ group: 'autoscaling', kind: 'Scale' }, name, [
    invalid('spec.replicas', count, 'must be greater than or equal to 0'),
  ]);
}

/** serveScale serves GET, PUT and PATCH of an object's scale. */
export async function serveScale(call: Call, subresource: ScaleSubresource): Promise<CoreResponse> {
  const { rest, definition } = call.served;
  const { name, verb } = call.info;
  if (verb === 'get' && rest.get) {
    const payload = await rest.get(name, call.context, '');
    return answer(payload.object as KubeObject, subresource);
  }
  if ((verb !== 'update' && verb !== 'patch') || !rest.update) {
    throw newPathMethodNotAllowed();
  }
  const scaled = await scaleChange(call);
  const change = async (current: KubeObject | undefined) => {
    const draft = cloneJson(current ?? { apiVersion: '', kind: '', metadata: {} });
    const scale = await scaled(scaleOf(draft, subresource));
    const demanded = scale.metadata.resourceVersion ?? '';
    if (demanded !== '' && demanded !== draft.metadata.resourceVersion) {
      throw newConflict(definition.type, name);
    }
    setAt(draft, subresource.specReplicasPath, replicasOf(scale, name));
    if (demanded === '') delete draft.metadata.resourceVersion;
    return draft;
  };
  const options = { subresource: '', replace: false };
  const result = await rest.update(name, change, { options, context: call.context });
  return answer(result.payload.object as KubeObject, subresource);
}

function answer(object: KubeObject, subresource: ScaleSubresource): CoreResponse {
  return { kind: 'payload', status: 200, payload: objectPayload(scaleOf(object, subresource)) };
}

type ScaleChange = (current: Scale) => KubeObject | Promise<KubeObject>;

async function scaleChange(call: Call): Promise<ScaleChange> {
  const { name } = call.info;
  if (call.info.verb === 'patch') {
    const served = { ...call.served, form: SCALE_FORM };
    const { change } = await patchChange({ ...call, served });
    return change;
  }
  const scale = await decodeObject(call.request, SCALE_FORM, call.context);
  const { namespaced } = call.served.definition.type;
  checkPlace(scale, { namespaced, namespace: call.context.namespace, name });
  return () => scale;
}
