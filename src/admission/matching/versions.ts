import type { AdmissionRequest, GroupVersionKind } from '../../apiserver/contracts.ts';
import { computedForm } from '../../apiserver/registry/wire-form.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';

/** Definitions answers all resources that are served now. */
export type Definitions = () => readonly ResourceDefinition[];

function storedTypeOf({ type, storedAs }: ResourceDefinition): ResourceType {
  return storedAs?.type ?? type;
}

function isSame(left: ResourceType, right: ResourceType): boolean {
  return (
    left.group === right.group && left.version === right.version && left.resource === right.resource
  );
}

function definitionOf(
  definitions: Definitions,
  type: ResourceType,
): ResourceDefinition | undefined {
  return definitions().find((one) => isSame(one.type, type));
}

/** equivalentsOf answers the other API versions in which the objects of a resource are served. */
export function equivalentsOf(definitions: Definitions, type: ResourceType): ResourceType[] {
  const own = definitionOf(definitions, type);
  if (!own) return [];
  const stored = storedTypeOf(own);
  return definitions()
    .filter((one) => one !== own && isSame(storedTypeOf(one), stored))
    .map((one) => one.type);
}

async function converted(
  object: KubeObject,
  from: ResourceDefinition,
  to: ResourceDefinition,
): Promise<KubeObject> {
  const [stored = object] = from.storedAs ? await from.storedAs.toStored([object]) : [object];
  const [shown = stored] = to.storedAs ? await to.storedAs.fromStored([stored]) : [stored];
  return shown;
}

/** RequestView is a request as a webhook or policy sees it: perhaps in another API version. */
export interface RequestView {
  readonly type: ResourceType;
  readonly kind: GroupVersionKind;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  /** restored answers an object of the view in the version of the request. */
  restored(object: KubeObject): KubeObject | Promise<KubeObject>;
}

/** viewOf shows a request as one to another type that serves the same objects. */
export async function viewOf(
  request: AdmissionRequest,
  type: ResourceType,
  definitions: Definitions,
): Promise<RequestView> {
  const { old, kind } = request;
  // As upstream shows what was sent: with the fields that are always there.
  const object = request.object && computedForm(request.object);
  const own = { type, kind, object, old, restored: (one: KubeObject) => one };
  if (isSame(type, request.type)) return own;
  const to = definitionOf(definitions, type);
  if (!to || kind.kind !== request.type.kind) return own;
  const from = request.definition;
  const show = (one: KubeObject | undefined) => one && converted(structuredClone(one), from, to);
  return {
    type,
    kind: type,
    object: await show(object),
    old: await show(old),
    restored: (one) => converted(one, to, from),
  };
}
