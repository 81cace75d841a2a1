import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';

const GROUP = 'apiextensions.k8s.io';

/** ReviewRequest is what a conversion webhook is asked. */
export interface ReviewRequest {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly KubeObject[];
}

/** reviewOf writes a ConversionReview in the first version that both sides know. */
export function reviewOf(versions: readonly string[], request: ReviewRequest): object {
  const version = versions.find((one) => one === 'v1' || one === 'v1beta1');
  if (!version) throw new Error('no supported conversion review versions');
  return { kind: 'ConversionReview', apiVersion: `${GROUP}/${version}`, request };
}

/** convertedObjects takes the objects out of an answer; throws what upstream says of a wrong one. */
export function convertedObjects(answer: unknown, review: object, uid: string): unknown[] {
  const { apiVersion } = review as { apiVersion: string };
  const found: JsonObject = isJsonObject(answer) ? answer : {};
  const isV1 = apiVersion === `${GROUP}/v1`;
  if (isV1 && (found.apiVersion !== apiVersion || found.kind !== 'ConversionReview')) {
    const shown = `${found.apiVersion ?? ''}, Kind=${found.kind ?? ''}`;
    throw new Error(
      `expected webhook response of ${apiVersion}, Kind=ConversionReview, got ${shown}`,
    );
  }
  const { response } = found;
  if (!isJsonObject(response)) throw new Error('no response provided');
  if (isV1 && response.uid !== uid) {
    const [expected, got] = [JSON.stringify(uid), JSON.stringify(response.uid ?? '')];
    throw new Error(`expected response.uid=${expected}, got ${got}`);
  }
  const result: JsonObject = isJsonObject(response.result) ? response.result : {};
  if (result.status !== 'Success') {
    const { message, status = '' } = result;
    const text = typeof message === 'string' && message !== '' ? message : undefined;
    throw new Error(text ?? `response.result.status was '${status}', not 'Success'`);
  }
  return Array.isArray(response.convertedObjects) ? response.convertedObjects : [];
}

/** acceptConverted checks one converted object and gives it back the metadata that it may not change. */
export function acceptConverted(
  original: KubeObject,
  converted: unknown,
  apiVersion: string,
): KubeObject {
  const object: JsonObject = isJsonObject(converted) ? converted : {};
  if (object.apiVersion !== apiVersion) {
    throw new Error(
      `invalid groupVersion (expected ${apiVersion}, received ${object.apiVersion ?? ''})`,
    );
  }
  if (object.kind !== original.kind) {
    throw new Error(`invalid kind (expected ${original.kind}, received ${object.kind ?? ''})`);
  }
  const meta = isJsonObject(object.metadata) ? object.metadata : undefined;
  for (const [field, name] of [['name'], ['namespace'], ['uid', 'UID']] as const) {
    const before = original.metadata[field] ?? '';
    const after = meta?.[field] ?? '';
    if (before !== after)
      throw new Error(`must have the same ${name ?? field}: ${before} != ${after}`);
  }
  if (!meta) throw new Error('missing metadata in converted object');
  const metadata: JsonObject = { ...original.metadata };
  for (const field of ['labels', 'annotations'] as const) {
    delete metadata[field];
    if (isJsonObject(meta[field])) metadata[field] = meta[field];
  }
  return { ...object, metadata } as unknown as KubeObject;
}
