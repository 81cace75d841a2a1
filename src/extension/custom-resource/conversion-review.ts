import { annotationErrors, labelErrors } from '../../apis/core/v1/validation-rules.ts';
import { fieldErrorsText } from '../../machinery/field-error.ts';
import { goTypeOf, isJsonObject, type JsonObject, jsonTypeOf } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';

const GROUP = 'apiextensions.k8s.io';
const VERSIONS = ['v1', 'v1beta1'] as const;

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
  checkReview(found, apiVersion);
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
  const { convertedObjects: converted } = response;
  if (converted === undefined || converted === null) return [];
  if (Array.isArray(converted)) return converted;
  throw new Error(
    `json: cannot unmarshal ${jsonTypeOf(converted)} into Go struct field ConversionResponse.response.convertedObjects of type []runtime.RawExtension`,
  );
}

/** What has a kind must have one that the decoder knows, of the version that was asked for. */
function checkReview({ apiVersion, kind }: JsonObject, wanted: string): void {
  if (apiVersion === undefined && kind === undefined) return;
  const version = VERSIONS.find((one) => apiVersion === `${GROUP}/${one}`);
  if (!version || kind !== 'ConversionReview') {
    throw new Error(
      `no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "k8s.io/apiserver/pkg/util/webhook/client.go:71"`,
    );
  }
  if (apiVersion === wanted) return;
  const own = wanted.slice(GROUP.length + 1);
  throw new Error(
    `converting (${version}.ConversionReview) to (${own}.ConversionReview): unknown conversion`,
  );
}

/** WrongType: a converted object is not of the version or kind that was asked for. */
export class WrongType extends Error {
  override readonly name = 'WrongType';
}

/** WrongMetadata: the labels or annotations of a converted object cannot be. */
export class WrongMetadata extends Error {
  override readonly name = 'WrongMetadata';
}

function textsOf(field: 'labels' | 'annotations', map: JsonObject): Record<string, string> {
  for (const [key, value] of Object.entries(map)) {
    if (typeof value === 'string') continue;
    throw new WrongMetadata(
      `metadata.${field}[${key}] must be a string, but is ${goTypeOf(value)} in converted object`,
    );
  }
  const texts = map as Record<string, string>;
  const check = field === 'labels' ? labelErrors : annotationErrors;
  const errors = check(`metadata.${field}`, texts);
  if (errors.length > 0) throw new WrongMetadata(fieldErrorsText(errors));
  return texts;
}

/** acceptConverted checks one converted object and gives it back the metadata that it may not change. */
export function acceptConverted(
  original: KubeObject,
  converted: unknown,
  apiVersion: string,
): KubeObject {
  const object: JsonObject = isJsonObject(converted) ? converted : {};
  if (object.apiVersion !== apiVersion) {
    throw new WrongType(
      `invalid groupVersion (expected ${apiVersion}, received ${object.apiVersion ?? ''})`,
    );
  }
  if (object.kind !== original.kind) {
    throw new WrongType(`invalid kind (expected ${original.kind}, received ${object.kind ?? ''})`);
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
    const given = meta[field];
    if (isJsonObject(given)) metadata[field] = textsOf(field, given);
  }
  return { ...object, metadata } as unknown as KubeObject;
}
