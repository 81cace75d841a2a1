import type { ValidationRule } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { compile, type Environment, type Program } from '../../cel/cel.ts';
import { type CelType, optionalOf } from '../../cel/types/type.ts';
import { findField } from '../schema/field-path-schema.ts';
import type { JsonSchema } from '../schema/json-schema.ts';

/** CompiledRule is one rule of a schema, ready to be evaluated, or why it never will be. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: Program;
  /** What is wrong with the rule, in upstream's words. */
  readonly error?: string;
  readonly message?: Program;
  /** What is wrong with its messageExpression. */
  readonly messageError?: string;
  readonly usesOldSelf: boolean;
  /** The path of `fieldPath` below the value, where there is one. */
  readonly fieldPath: string;
}

/** compileRules compiles the rules of one schema; `type` is the type of the values it describes. */
export function compileRules(schema: JsonSchema, type: CelType): CompiledRule[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.map((rule) => compileRule(schema, rule, type));
}

function compileRule(schema: JsonSchema, rule: ValidationRule, type: CelType): CompiledRule {
  const text = rule.rule ?? '';
  const environment = environmentOf(rule, type);
  const found = rule.fieldPath ? findField(schema, rule.fieldPath) : undefined;
  const fieldPath = found && 'path' in found ? found.path : '';
  const base = { rule, usesOldSelf: false, fieldPath };
  if (text.trim() === '') return base;
  const compiled = compile(text, environment);
  if (!compiled.program)
    return { ...base, error: `${stageText(compiled.stage)}: ${compiled.message}` };
  if (compiled.program.resultType.kind !== 'bool') {
    return { ...base, error: 'cel expression must evaluate to a bool' };
  }
  const own = { ...base, program: compiled.program, usesOldSelf: usesOldSelf(text, type) };
  return { ...own, ...compileMessage(rule.messageExpression ?? '', environment) };
}

function stageText(stage: 'compilation' | 'instantiation'): string {
  return stage === 'compilation' ? 'compilation failed' : 'program instantiation failed';
}

function compileMessage(
  text: string,
  environment: Environment,
): Pick<CompiledRule, 'message' | 'messageError'> {
  if (text === '') return {};
  const compiled = compile(text, environment);
  if (!compiled.program) {
    const stage = compiled.stage === 'compilation' ? 'compilation' : 'instantiation';
    return { messageError: `messageExpression ${stage} failed: ${compiled.message}` };
  }
  if (compiled.program.resultType.kind !== 'string') {
    return { messageError: 'messageExpression must evaluate to a string' };
  }
  return { message: compiled.program };
}

function environmentOf({ optionalOldSelf }: ValidationRule, type: CelType): Environment {
  const oldSelf = optionalOldSelf ? optionalOf(type) : type;
  return {
    variables: new Map([
      ['self', type],
      ['oldSelf', oldSelf],
    ]),
  };
}

/** A rule uses what it does not compile without. */
function usesOldSelf(text: string, type: CelType): boolean {
  if (!text.includes('oldSelf')) return false;
  return !compile(text, { variables: new Map([['self', type]]) }).program;
}
