import type { JsonObject } from '../../machinery/json-value.ts';
import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { newInternalError } from '../../machinery/status-error.ts';
import type { AdmissionRequest, GroupVersionKind, Reinvocation } from '../contracts.ts';
import { formOf, type ObjectForm, structureObject } from '../request/decode-object.ts';
import type { OperationContext } from '../request/operation-context.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { cloneJson } from './clone.ts';

/** AdmissionFacts is what an AdmissionRequest is made of, beside its operation and context. */
export interface AdmissionFacts {
  readonly definition: ResourceDefinition;
  readonly subresource?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly object?: KubeObject | undefined;
  readonly old?: KubeObject | undefined;
  /** The kind of `object` where it is not that of the resource: an Eviction, a Scale. */
  readonly form?: ObjectForm | undefined;
  readonly deleteOptions?: DeleteOptions;
  /** What is to be called when the write is done; whoever makes the request does it. */
  readonly ends?: (() => void)[];
}

const META = 'meta.k8s.io/v1';

/** Request is an AdmissionRequest whose options are made when somebody asks for them. */
class Request implements AdmissionRequest {
  readonly operation: AdmissionRequest['operation'];
  readonly type: ResourceType;
  readonly definition: ResourceDefinition;
  readonly kind: GroupVersionKind;
  readonly subresource: string;
  readonly namespace: string;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly context: OperationContext;
  readonly reinvocation: Reinvocation = { again: false, needed: false, state: new Map() };
  readonly whenDone: AdmissionRequest['whenDone'];
  readonly #deleteOptions: DeleteOptions | undefined;
  readonly #form: ObjectForm | undefined;
  readonly #name: string;

  constructor(
    operation: AdmissionRequest['operation'],
    facts: AdmissionFacts,
    context: OperationContext,
  ) {
    this.operation = operation;
    this.type = facts.definition.type;
    this.definition = facts.definition;
    this.kind = facts.form ?? facts.definition.type;
    this.#form = facts.form;
    this.subresource = facts.subresource ?? '';
    this.namespace = facts.namespace ?? context.namespace;
    this.#name = facts.name;
    this.object = facts.object;
    this.old = facts.old;
    this.context = context;
    const { ends } = facts;
    this.whenDone = ends && ((callback) => void ends.push(callback));
    this.#deleteOptions = facts.deleteOptions;
  }

  get name(): string {
    const { operation, subresource, object } = this;
    if (this.#name !== '' || operation !== 'CREATE' || subresource !== '') return this.#name;
    return object?.metadata?.name ?? '';
  }

  replace(value: JsonObject): void {
    const { object, context } = this;
    if (!object) throw newInternalError('there is no object to be changed');
    const form = this.#form ?? formOf(this.definition);
    const findings = () => [];
    const next = structureObject(cloneJson(value), form, {
      context,
      findings,
      refuse: newInternalError,
    });
    for (const key of Object.keys(object)) Reflect.deleteProperty(object, key);
    Object.assign(object, next);
  }

  get options(): JsonObject | undefined {
    const { operation, context } = this;
    if (operation === 'CONNECT') return undefined;
    if (operation === 'DELETE')
      return { kind: 'DeleteOptions', apiVersion: META, ...this.#deleteOptions };
    const kind = operation === 'CREATE' ? 'CreateOptions' : 'UpdateOptions';
    return { kind, apiVersion: META, ...context.givenOptions() };
  }
}

/** newAdmissionRequest is one write on its way through admission. */
export function newAdmissionRequest(
  operation: AdmissionRequest['operation'],
  facts: AdmissionFacts,
  context: OperationContext,
): AdmissionRequest {
  return new Request(operation, facts, context);
}
