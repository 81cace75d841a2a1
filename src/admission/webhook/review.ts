import { randomUUID } from 'node:crypto';
import { schemaOf, validateSchema } from '../../apis/schema/index.ts';
import {
  BYTES,
  listOf,
  mapOf,
  structOf,
  TEXT,
  YES_NO,
} from '../../apiserver/access/config/config-schema.ts';
import type { AdmissionRequest, GroupVersionKind } from '../../apiserver/contracts.ts';
import type { UserInfo } from '../../apiserver/resource-definition.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import type { ResourceType } from '../../machinery/object.ts';
import { namespaceOf } from '../matching/attributes.ts';
import type { RequestView } from '../matching/versions.ts';

/** ReviewVersion is a version of admission.k8s.io that webhooks may want. */
export type ReviewVersion = 'v1' | 'v1beta1';

/** Review is what is sent to a webhook. */
export interface Review {
  readonly uid: string;
  readonly version: ReviewVersion;
  readonly body: JsonObject;
}

/** ReviewAnswer is what a webhook answered, checked. `patch` is the text of a JSON patch. */
export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly status: JsonObject | undefined;
  readonly patch: string;
  readonly patchType: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** InvalidAnswer says what is wrong with the answer of a webhook. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer';
}

/** UnknownAnswer is that a webhook answered something else than a review. */
export class UnknownAnswer extends Error {
  override readonly name = 'UnknownAnswer';
}

const KNOWN: readonly ReviewVersion[] = ['v1', 'v1beta1'];

/** reviewVersionOf picks the first version that a webhook wants and the server knows. */
export function reviewVersionOf(wanted: readonly string[]): ReviewVersion | undefined {
  return KNOWN.find(
    (one) => one === wanted.find((other) => KNOWN.includes(other as ReviewVersion)),
  );
}

function kindOf({ group, version, kind }: GroupVersionKind): JsonObject {
  return { group, version, kind };
}

function resourceOf({ group, version, resource }: ResourceType): JsonObject {
  return { group, version, resource };
}

/** userOf is who sends a request, as AdmissionReview says it. */
function userOf({ name, uid, groups, extra }: UserInfo): JsonObject {
  return {
    ...(name ? { username: name } : {}),
    ...(uid ? { uid } : {}),
    ...(groups.length > 0 ? { groups: [...groups] } : {}),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

/** requestFacts are the parts of AdmissionReview.request that expressions see as well. */
export function requestFacts(request: AdmissionRequest, view: RequestView): JsonObject {
  const { subresource, name, operation, context, type, kind, options } = request;
  const namespace = namespaceOf(request);
  return {
    kind: kindOf(view.kind),
    resource: resourceOf(view.type),
    ...(subresource ? { subResource: subresource } : {}),
    requestKind: kindOf(kind),
    requestResource: resourceOf(type),
    ...(subresource ? { requestSubResource: subresource } : {}),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    operation,
    userInfo: userOf(context.user),
    dryRun: context.dryRun,
    options: options ?? null,
  };
}

/** newReview makes the AdmissionReview of a request. */
export function newReview(
  request: AdmissionRequest,
  view: RequestView,
  version: ReviewVersion,
): Review {
  const uid = randomUUID();
  const body = {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid,
      ...requestFacts(request, view),
      object: view.object ?? null,
      oldObject: view.old ?? null,
    },
  };
  return { uid, version, body };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const REVIEW = structOf('AdmissionReview', {
  response: structOf('AdmissionResponse', {
    uid: TEXT,
    allowed: YES_NO,
    status: schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.Status'),
    patch: BYTES,
    patchType: TEXT,
    auditAnnotations: mapOf(TEXT),
    warnings: listOf(TEXT),
  }),
});

/** An answer without a kind is taken for what was asked for. */
function checkVersion({ apiVersion, kind }: JsonObject, version: ReviewVersion): void {
  if (apiVersion === undefined && kind === undefined) return;
  const known = KNOWN.find((one) => apiVersion === `admission.k8s.io/${one}`);
  if (known && kind === 'AdmissionReview') {
    if (known === version) return;
    throw new UnknownAnswer(
      `converting (${known}.AdmissionReview) to (${version}.AdmissionReview): unknown conversion`,
    );
  }
  throw new UnknownAnswer(
    `no kind ${JSON.stringify(textOf(kind))} is registered for version ${JSON.stringify(textOf(apiVersion))} in scheme "k8s.io/apiserver/pkg/util/webhook/client.go:71"`,
  );
}

function checkV1(answer: JsonObject, response: JsonObject, uid: string): void {
  if (response.uid !== uid)
    throw new InvalidAnswer(
      `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(textOf(response.uid))}`,
    );
  const { apiVersion, kind } = answer;
  if (apiVersion === 'admission.k8s.io/v1' && kind === 'AdmissionReview') return;
  throw new InvalidAnswer(
    `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${textOf(apiVersion) || '/'}, Kind=${textOf(kind)}`,
  );
}

function patchOf(response: JsonObject, { version, mutating }: AnswerRules): string {
  const { patchType } = response;
  const encoded = textOf(response.patch);
  const patch = Buffer.from(encoded, 'base64').toString('utf8');
  const hasType = patchType !== undefined && patchType !== null;
  if (!mutating) {
    if (version === 'v1' && encoded !== '')
      throw new InvalidAnswer('validating webhook may not return response.patch');
    if (version === 'v1' && hasType)
      throw new InvalidAnswer('validating webhook may not return response.patchType');
    return '';
  }
  if (version === 'v1beta1') return patch;
  if (encoded !== '' && !hasType)
    throw new InvalidAnswer('webhook returned response.patch but not response.patchType');
  if (encoded === '' && hasType)
    throw new InvalidAnswer('webhook returned response.patchType but not response.patch');
  if (patchType === '')
    throw new InvalidAnswer('webhook returned invalid response.patchType of ""');
  return patch;
}

/** AnswerRules say which answers are allowed. */
export interface AnswerRules {
  readonly version: ReviewVersion;
  readonly mutating: boolean;
}

/** readAnswer checks the answer to a review; throws an InvalidAnswer or an UnknownAnswer. */
export function readAnswer(answer: unknown, review: Review, mutating: boolean): ReviewAnswer {
  if (!isJsonObject(answer)) throw new InvalidAnswer('webhook response was absent');
  checkVersion(answer, review.version);
  const [wrong] = validateSchema(REVIEW, answer).errors;
  if (wrong) throw new UnknownAnswer(wrong.body);
  const { response } = answer;
  if (!isJsonObject(response)) throw new InvalidAnswer('webhook response was absent');
  if (review.version === 'v1') checkV1(answer, response, review.uid);
  const { allowed, status, warnings, auditAnnotations } = response;
  return {
    allowed: allowed === true,
    status: isJsonObject(status) ? status : undefined,
    patch: patchOf(response, { version: review.version, mutating }),
    patchType: review.version === 'v1' ? textOf(response.patchType) : 'JSONPatch',
    warnings: Array.isArray(warnings) ? warnings.map(textOf) : [],
    auditAnnotations: isJsonObject(auditAnnotations)
      ? (auditAnnotations as Record<string, string>)
      : {},
  };
}
