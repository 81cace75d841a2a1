import type { JsonObject } from '../../machinery/json-value.ts';
import type { RequestContext, UserInfo } from '../resource-definition.ts';

/** FieldValidation says what happens to fields that the schema does not know. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** ContextFacts is what an OperationContext is made of. */
export interface ContextFacts {
  readonly user: UserInfo;
  readonly namespace: string;
  readonly now: Date;
  /** Where the signal is to be had: making one costs, and few need it. */
  readonly request: {
    readonly signal: AbortSignal;
    waitedMs?: number;
    readonly annotate?: ((key: string, value: string) => void) | undefined;
    readonly warnings?: string[] | undefined;
    readonly isPart?: boolean | undefined;
  };
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: FieldValidation;
  readonly query?: URLSearchParams;
}

/** OperationContext is the RequestContext that strategies see, with what only the kit needs. */
export class OperationContext implements RequestContext {
  readonly user: UserInfo;
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly now: Date;
  readonly fieldValidation: FieldValidation;
  /** The texts of warnings, shared with the request and with the contexts made by `with`. */
  readonly warnings: string[];
  readonly #facts: ContextFacts;

  constructor(facts: ContextFacts, warnings = facts.request.warnings ?? []) {
    this.user = facts.user;
    this.namespace = facts.namespace;
    this.dryRun = facts.dryRun ?? false;
    this.fieldManager = facts.fieldManager ?? '';
    this.now = facts.now;
    this.fieldValidation = facts.fieldValidation ?? 'Warn';
    this.warnings = warnings;
    this.#facts = facts;
  }

  /** givenOptions are the options that the query of the write states, as the API spells them. */
  givenOptions(): JsonObject {
    const { query } = this.#facts;
    const options: JsonObject = {};
    if (this.dryRun) options.dryRun = ['All'];
    const manager = query?.get('fieldManager');
    if (manager) options.fieldManager = manager;
    const validation = query?.get('fieldValidation');
    if (validation) options.fieldValidation = validation;
    return options;
  }

  get signal(): AbortSignal {
    return this.#facts.request.signal;
  }

  get isPart(): boolean {
    return this.#facts.request.isPart ?? false;
  }

  annotate(key: string, value: string): void {
    this.#facts.request.annotate?.(key, value);
  }

  waited(ms: number): void {
    const { request } = this.#facts;
    request.waitedMs = (request.waitedMs ?? 0) + ms;
  }

  warn(text: string): void {
    if (text !== '' && !this.warnings.includes(text)) this.warnings.push(text);
  }

  /** with answers the same context with some facts changed. */
  with(changes: { readonly namespace?: string; readonly dryRun?: boolean }): OperationContext {
    return new OperationContext({ ...this.#facts, ...changes }, this.warnings);
  }
}
