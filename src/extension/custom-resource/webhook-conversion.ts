import { randomUUID } from 'node:crypto';
import type {
  CustomResourceDefinition,
  WebhookClientConfig,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import { goObject, goStatusText } from '../../client/go-http-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newPlainError, StatusError } from '../../machinery/status-error.ts';
import { remoteFailure } from '../remote/remote-failure.ts';
import { type RemoteClient, type RemoteTls, readAll } from '../remote/remote-request.ts';
import { type Address, resolveService } from '../remote/service-resolver.ts';
import type { Convert } from './conversion.ts';
import {
  acceptConverted,
  convertedObjects,
  reviewOf,
  WrongMetadata,
  WrongType,
} from './conversion-review.ts';

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** WebhookDeps is what it takes to reach webhooks. */
export interface WebhookDeps {
  readonly remote: RemoteClient;
  readonly cache: CacheReader;
}

/** newWebhookConversion converts by the webhook of a definition, all objects of a call at once. */
export function newWebhookConversion(
  definition: CustomResourceDefinition,
  deps: WebhookDeps,
): Convert {
  const { clientConfig = {}, conversionReviewVersions = [] } =
    definition.spec.conversion?.webhook ?? {};
  return async (objects, apiVersion) => {
    const [first] = objects;
    if (!first) return objects;
    const uid = randomUUID();
    const about = `conversion webhook for ${first.apiVersion}, Kind=${first.kind}`;
    try {
      const request = { uid, desiredAPIVersion: apiVersion, objects };
      const review = reviewOf(conversionReviewVersions, request);
      const answer = await post(deps, clientConfig, review);
      const converted = convertedObjects(answer, review, uid);
      return accepted(objects, converted, { apiVersion, about });
    } catch (error) {
      if (error instanceof StatusError) throw error;
      const text = error instanceof Error ? error.message : String(error);
      throw newPlainError(`${about} failed: ${text}`, error);
    }
  };
}

function accepted(
  objects: readonly KubeObject[],
  converted: readonly unknown[],
  { apiVersion, about }: { readonly apiVersion: string; readonly about: string },
): KubeObject[] {
  if (converted.length !== objects.length) {
    const text = `${about} returned ${converted.length} objects, expected ${objects.length}`;
    throw newPlainError(text);
  }
  return objects.map((original, index) => {
    try {
      return acceptConverted(original, converted[index], apiVersion);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const where = placeOf(error, index, objects.length);
      throw newPlainError(`${about} returned invalid ${where}: ${text}`, error);
    }
  });
}

/** What upstream says is wrong: it counts single objects for some mistakes only. */
function placeOf(error: unknown, index: number, count: number): string {
  if (error instanceof WrongMetadata) return 'metadata';
  if (count > 1) return `converted object at index ${index}`;
  return error instanceof WrongType ? 'object at index 0' : 'object';
}

interface Target {
  readonly address: Address;
  readonly tls: RemoteTls;
  readonly url: string;
  readonly path: string;
}

function targetOf({ cache }: WebhookDeps, config: WebhookClientConfig): Target {
  const caPem = Buffer.from(config.caBundle ?? '', 'base64')
    .toString('utf8')
    .trim();
  const tls = { caPem, insecure: false };
  if (config.service) {
    const { namespace, name, path = '/', port = 443 } = config.service;
    const host = `${name}.${namespace}.svc`;
    return {
      address: resolveService(cache, { namespace, name, port }, Math.random()),
      tls: { ...tls, serverName: host },
      url: `https://${host}:${port}${path}?timeout=30s`,
      path: `${path}?timeout=30s`,
    };
  }
  const url = new URL(config.url ?? '');
  const port = url.port === '' ? 443 : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const path = `${url.pathname}?timeout=30s`;
  const isIp = /^[\d.]+$/.test(host) || host.includes(':');
  return {
    address: { host, port },
    tls: { ...tls, serverName: isIp ? '' : host },
    url: `https://${url.host}${path}`,
    path,
  };
}

async function post(
  deps: WebhookDeps,
  config: WebhookClientConfig,
  review: object,
): Promise<unknown> {
  const { address, tls, path, url } = targetOf(deps, config);
  const body = Buffer.from(JSON.stringify(review));
  const headers = {
    accept: 'application/json, */*',
    'content-type': 'application/json',
    'content-length': String(body.length),
  };
  let response: Awaited<ReturnType<RemoteClient['send']>>;
  try {
    const request = { address, tls, method: 'POST', path, headers, body, timeoutMs: TIMEOUT_MS };
    response = await deps.remote.send(request);
  } catch (error) {
    throw new Error(remoteFailure('POST', url, error), { cause: error });
  }
  const text = (await readAll(response, MAX_ANSWER_BYTES)).toString('utf8');
  const { statusCode = 0 } = response;
  if (statusCode < 200 || statusCode > 299) {
    const contentType = response.headers['content-type'] ?? '';
    throw new Error(goStatusText({ code: statusCode, text, contentType }));
  }
  if (text === '') {
    throw new Error(
      `0-length response with status code: ${statusCode} and content type: application/json`,
    );
  }
  return goObject(text);
}
