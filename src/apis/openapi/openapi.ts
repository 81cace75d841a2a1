import { createHash } from 'node:crypto';
import { acceptClauses } from '../../machinery/accept-header.ts';
import { goJsonInOrder } from '../../machinery/go-json.ts';
import { Steps } from '../../machinery/steps.ts';
import { DESCRIPTIONS_OPENSHIFT } from '../catalogue/descriptions-openshift.data.ts';
import { groupOperation, ROOT_OPERATIONS, resourcesOperation } from './discovery-operations.ts';
import { documentV2, jsonOfV2, type OpenApiInfo, protobufOfV2 } from './document-v2.ts';
import { documentV3 } from './document-v3.ts';
import { gnosticV3 } from './gnostic-v3.ts';
import {
  type Descriptions,
  groupPath,
  type Json,
  type OpenApiResource,
} from './openapi-resource.ts';
import type { Operation } from './operation.ts';
import { operationsOf } from './operations.ts';

export type { Descriptions, OpenApiResource } from './openapi-resource.ts';

/** OpenApiDocument is a served document; `etag` changes whenever the bytes do. */
export interface OpenApiDocument {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** OpenApiOptions are what a document tells beside the resources. */
export interface OpenApiOptions {
  /** The version of Kubernetes that is spoken, such as `v1.34.2`. */
  readonly version: string;
  /** Kubernetes' own descriptions, where the installation has them. */
  readonly descriptions?: Descriptions;
  /** The group versions that other servers serve and describe, such as `apis/metrics.k8s.io/v1`. */
  readonly elsewhere?: () => readonly string[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const JSON_TYPE = 'application/json';
const INDEX = 'v3-index ';
/** What is answered: the `@` of the older name is no character of a media type. */
const PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const OLD_PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

const V3_PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
const OLD_V3_PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf';
const V3_TYPES = [JSON_TYPE, V3_PROTOBUF_TYPE, OLD_V3_PROTOBUF_TYPE];

function hashOf(bytes: Uint8Array): string {
  return createHash('sha512').update(bytes).digest('hex').toUpperCase();
}

function asDocument(contentType: string, bytes: Uint8Array): OpenApiDocument {
  return { contentType, bytes, etag: `"${hashOf(bytes)}"` };
}

function jsonDocument(value: unknown): OpenApiDocument {
  return asDocument(JSON_TYPE, encoder.encode(goJsonInOrder(value)));
}

/** Answers the first of the accepted media types that can be produced. */
function negotiate(accept: string, offered: readonly string[]): string | undefined {
  if (accept === '') return offered[0];
  for (const { type, subtype } of acceptClauses(accept)) {
    const found = offered.find((one) => {
      const [main, sub] = one.split('/');
      return (type === main || type === '*') && (subtype === sub || subtype === '*');
    });
    if (found) return found;
  }
  return undefined;
}

/**
 * OpenApi describes the resources of a server: Swagger 2.0 as JSON and protocol buffers, and
 * OpenAPI 3.0 per group version in the same forms. Documents are written when first asked for, and kept until the
 * resources that they tell of change.
 */
export class OpenApi {
  readonly #source: () => readonly OpenApiResource[];
  readonly #info: OpenApiInfo;
  readonly #descriptions: Descriptions;
  readonly #elsewhere: () => readonly string[];
  readonly #documents = new Map<string, OpenApiDocument>();
  /** Those that are being written in steps. */
  readonly #writing = new Map<string, Promise<OpenApiDocument>>();
  #known: readonly OpenApiResource[] = [];

  constructor(source: () => readonly OpenApiResource[], options: OpenApiOptions) {
    this.#source = source;
    this.#elsewhere = options.elsewhere ?? (() => []);
    this.#info = { title: 'Kubernetes', version: options.version };
    this.#descriptions = { ...options.descriptions, ...DESCRIPTIONS_OPENSHIFT };
  }

  /** resources answers what is served; what was written about something else is forgotten. */
  get #resources(): readonly OpenApiResource[] {
    const resources = this.#source();
    if (resources === this.#known) return resources;
    const before = new Set(this.#known);
    const changed = [...resources.filter((one) => !before.delete(one)), ...before].flatMap(
      ({ type }) => [`v3 ${groupPath(type)}`, `v3-protobuf ${groupPath(type)}`],
    );
    for (const key of this.#documents.keys()) {
      if (key.startsWith('v2') || key.startsWith(INDEX)) this.#documents.delete(key);
    }
    for (const key of changed) this.#documents.delete(key);
    this.#writing.clear();
    this.#known = resources;
    return resources;
  }

  #kept(key: string, make: () => OpenApiDocument): OpenApiDocument {
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const document = make();
    this.#documents.set(key, document);
    return document;
  }

  /** keptLater is for what takes steps to write. Who asks for what is being written waits for that. */
  async #keptLater(key: string, make: () => Promise<OpenApiDocument>): Promise<OpenApiDocument> {
    const resources = this.#resources;
    const known = this.#documents.get(key) ?? this.#writing.get(key);
    if (known) return known;
    const writing = make();
    this.#writing.set(key, writing);
    try {
      const document = await writing;
      if (resources === this.#known) this.#documents.set(key, document);
      return document;
    } finally {
      if (this.#writing.get(key) === writing) this.#writing.delete(key);
    }
  }

  /**
   * v2 answers `/openapi/v2` in a form that the Accept header allows; undefined: 406.
   */
  async v2(accept: string): Promise<OpenApiDocument | undefined> {
    const type = negotiate(accept, [JSON_TYPE, PROTOBUF_TYPE, OLD_PROTOBUF_TYPE]);
    if (type === undefined) return undefined;
    const form = type === JSON_TYPE ? JSON_TYPE : PROTOBUF_TYPE;
    return this.#keptLater(`v2 ${form}`, () => this.#writeV2(this.#resources, form));
  }

  async #writeV2(
    resources: readonly OpenApiResource[],
    form: typeof JSON_TYPE | typeof PROTOBUF_TYPE,
  ): Promise<OpenApiDocument> {
    const style = { version: 2, descriptions: this.#descriptions } as const;
    const steps = new Steps();
    const operations: Operation[] = [];
    for (const resource of resources) {
      operations.push(...operationsOf(resource));
      const pause = steps.done(0);
      if (pause) await pause;
    }
    operations.push(...this.#discovery(resources));
    const document = documentV2(resources, operations, { info: this.#info, style });
    const write = form === JSON_TYPE ? jsonOfV2 : protobufOfV2;
    return asDocument(form, await write(document));
  }

  /** How is read what is served, beside the resources. */
  #discovery(resources: readonly OpenApiResource[]): Operation[] {
    const groupVersions = new Map(resources.map(({ type }) => [groupPath(type), type]));
    const groups = new Set([...groupVersions.values()].map(({ group }) => group));
    groups.delete('');
    return [
      ...Object.values(ROOT_OPERATIONS),
      ...[...groups].map(groupOperation),
      ...[...groupVersions.values()].map(resourcesOperation),
    ];
  }

  /** The documents that there are, by name: `apis/apps/v1`, `apis/apps`, `version`. */
  #names(): string[] {
    const names = new Set(Object.keys(ROOT_OPERATIONS));
    for (const { type, schemas } of this.#resources) {
      names.add(groupPath(type));
      if (type.group !== '' && !schemas) names.add(`apis/${type.group}`);
    }
    return [...names].sort();
  }

  /**
   * v3Index answers `/openapi/v3`: where the document of each group version is, and its hash, for
   * which all of them are written; other requests are served in between.
   */
  async v3Index(): Promise<OpenApiDocument> {
    const elsewhere = this.#elsewhere();
    const names = this.#names();
    for (const name of names) {
      if (this.#documents.has(`v3 ${name}`)) continue;
      this.#v3(name);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return this.#kept(`${INDEX}${elsewhere.join()}`, () => {
      const others = elsewhere.map((one) => [one, { serverRelativeURL: `/openapi/v3/${one}` }]);
      const paths = this.#names().map((name) => {
        const etag = this.#v3(name).etag.replaceAll('"', '');
        return [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${etag}` }];
      });
      return jsonDocument({ paths: Object.fromEntries([...paths, ...others]) });
    });
  }

  /** v3 answers `/openapi/v3/apis/apps/v1` for `apis/apps/v1`; undefined: there is none. */
  async v3(name: string, accept: string): Promise<OpenApiDocument | 'unacceptable' | undefined> {
    if (!this.#names().includes(name)) return undefined;
    const type = negotiate(accept, V3_TYPES);
    if (type === undefined) return 'unacceptable';
    return type === JSON_TYPE ? this.#v3(name) : this.#v3Protobuf(name);
  }

  /** The tag is that of the JSON, which the index has. */
  #v3Protobuf(name: string): Promise<OpenApiDocument> {
    return this.#keptLater(`v3-protobuf ${name}`, async () => {
      const { bytes: json, etag } = this.#v3(name);
      const bytes = await gnosticV3(JSON.parse(decoder.decode(json)) as Json);
      return { contentType: V3_PROTOBUF_TYPE, bytes, etag };
    });
  }

  #v3(name: string): OpenApiDocument {
    const all = this.#resources;
    return this.#kept(`v3 ${name}`, () => {
      const resources = all.filter(({ type }) => groupPath(type) === name);
      const style = { version: 3, descriptions: this.#descriptions } as const;
      const [first] = resources;
      const operations = resources.flatMap(operationsOf);
      if (first && !first.schemas) operations.push(resourcesOperation(first.type));
      const root = ROOT_OPERATIONS[name];
      if (root) operations.push(root);
      else if (!first) operations.push(groupOperation(name.slice('apis/'.length)));
      return jsonDocument(documentV3(resources, operations, { info: this.#info, style }));
    });
  }
}

/**
 * newOpenApi makes the OpenAPI provider of a server from its resource definitions. Those are asked
 * for when a document is: the server makes definitions and provider at the same time. It is another
 * array when they changed.
 */
export function newOpenApi(
  resources: () => readonly OpenApiResource[],
  options: OpenApiOptions,
): OpenApi {
  return new OpenApi(resources, options);
}
