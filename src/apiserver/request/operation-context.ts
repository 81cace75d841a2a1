import type { RequestContext, UserInfo } from '../resource-definition.ts';

/** FieldValidation says what happens to fields that the schema does not know. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** OperationContext is the RequestContext that strategies see, with what only the kit needs. */
export interface OperationContext extends RequestContext {
  readonly fieldValidation: FieldValidation;
  /** True when the client named the field manager itself. */
  readonly explicitFieldManager: boolean;
  readonly warnings: readonly string[];
}

/** ContextFacts is what an OperationContext is made of. */
export interface ContextFacts {
  readonly user: UserInfo;
  readonly namespace: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly explicitFieldManager?: boolean;
  readonly fieldValidation?: FieldValidation;
}

/** newContext makes the context of one request. */
export function newContext(facts: ContextFacts): OperationContext {
  const warnings: string[] = [];
  return {
    user: facts.user,
    namespace: facts.namespace,
    now: facts.now,
    signal: facts.signal,
    dryRun: facts.dryRun ?? false,
    fieldManager: facts.fieldManager ?? '',
    explicitFieldManager: facts.explicitFieldManager ?? false,
    fieldValidation: facts.fieldValidation ?? 'Warn',
    warnings,
    warn(text) {
      if (!warnings.includes(text)) warnings.push(text);
    },
  };
}
