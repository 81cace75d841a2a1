import type { ValidationRule } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { type Activation, CostExceeded, type Value } from '../../cel/cel.ts';
import { fromJson } from '../../cel/values/collections.ts';
import { Optional } from '../../cel/values/value.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  required,
} from '../../machinery/field-error.ts';
import { childPath, indexPath, keyPath } from '../../machinery/field-path.ts';
import { isJsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { type Correlated, correlatedField, correlatedItem } from '../schema/correlated.ts';
import { NO_PATH } from '../schema/findings.ts';
import type { CompiledRule } from './compile-rules.ts';
import type { RuleTree } from './rule-tree.ts';

/** OBJECT_COST is the most that all rules may cost on one object, as in Kubernetes. */
export const OBJECT_COST = 10_000_000;
const MAX_MESSAGE_BYTES = 5 * 1024;
const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** Place is a value with its path and, in an update, its former state. */
interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly before: Correlated | undefined;
  /** True within what is as it was: its findings are not held against the update. */
  readonly unchanged: boolean;
}

/** RuleOutcome is what a check found, and what is left of the cost that it was allowed. */
export interface RuleOutcome {
  readonly errors: readonly FieldError[];
  /** Below zero: it ran out, and the rest was not looked at. */
  readonly budget: number;
}

/**
 * checkDefault evaluates the rules of a tree on a default value as if it came in an update that
 * changes nothing, and, where it passes, in one that brings it: it must stand in both.
 */
export function checkDefault(
  tree: RuleTree,
  value: unknown,
  { path, budget }: { readonly path: string; readonly budget: number },
): RuleOutcome {
  const evaluate = (before: Correlated | undefined) => {
    const run = new Run(budget, false);
    run.check(tree, { value, path, before, unchanged: false });
    return { errors: run.errors, budget: run.budget };
  };
  const kept = evaluate({ old: value });
  if (kept.errors.length > 0) return kept;
  const brought = evaluate(undefined);
  return { errors: brought.errors, budget: Math.min(kept.budget, brought.budget) };
}

/** checkRules evaluates the rules of a tree on an object (and its former state in an update). */
export function checkRules(
  tree: RuleTree,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  const run = new Run(OBJECT_COST, true);
  const before = old && { old };
  run.check(tree, { value: object, path: '', before, unchanged: false });
  return run.errors;
}

class Run {
  readonly errors: FieldError[] = [];
  readonly #ratchets: boolean;
  #budget: number;

  constructor(budget: number, ratchets: boolean) {
    this.#budget = budget;
    this.#ratchets = ratchets;
  }

  get budget(): number {
    return this.#budget;
  }

  check(tree: RuleTree, at: Place): void {
    const { value, before } = at;
    if (value === null || value === undefined || this.#budget < 0) return;
    const unchanged = before && this.#ratchets ? deepEqual(before.old, value) : at.unchanged;
    this.#evaluate(tree, { ...at, unchanged });
    if (Array.isArray(value)) this.#items(tree, value, { ...at, unchanged });
    else if (isJsonObject(value)) this.#fields(tree, value, { ...at, unchanged });
  }

  #items(tree: RuleTree, list: readonly unknown[], at: Place): void {
    if (!tree.items) return;
    for (const [index, value] of list.entries()) {
      const before = correlatedItem(tree.schema, at.before, value);
      this.check(tree.items, { ...at, value, path: indexPath(at.path, index), before });
    }
  }

  #fields(tree: RuleTree, object: Record<string, unknown>, at: Place): void {
    for (const [name, value] of Object.entries(object)) {
      const before = correlatedField(tree.schema, at.before, name);
      const property = tree.properties.get(name);
      if (property) this.check(property, { ...at, value, path: childPath(at.path, name), before });
      else if (tree.additional) {
        this.check(tree.additional, { ...at, value, path: keyPath(at.path, name), before });
      }
    }
  }

  #evaluate(tree: RuleTree, at: Place): void {
    if (tree.rules.length === 0) return;
    const self = fromJson(at.value, tree.type);
    const old = at.before?.old;
    const oldSelf = old === undefined || old === null ? undefined : fromJson(old, tree.type);
    for (const rule of tree.rules) {
      if (this.#budget < 0) return;
      this.#rule(tree, rule, { ...at, self, oldSelf });
    }
  }

  #rule(
    tree: RuleTree,
    compiled: CompiledRule,
    at: Place & { readonly self: Value; readonly oldSelf: Value | undefined },
  ): void {
    const { rule, program, error } = compiled;
    const type = tree.schema.type ?? '';
    const refuse = (text: string) => this.errors.push(invalid(at.path || NO_PATH, type, text));
    if (error !== undefined) {
      refuse(`rule compile error: ${error}`);
      return;
    }
    const isOptional = rule.optionalOldSelf === true;
    if (!program || (compiled.usesOldSelf && at.oldSelf === undefined && !isOptional)) return;
    const activation = activationOf(at.self, at.oldSelf, isOptional);
    const result = program.evaluate(activation);
    if (result.cost > this.#budget) {
      this.#budget = -1;
      refuse(OUT_OF_BUDGET);
      return;
    }
    this.#budget -= result.cost;
    if (result.error) {
      refuse(failureText(result.error, rule));
      if (result.error instanceof CostExceeded) this.#budget = -1;
      return;
    }
    if (result.value === true || (!compiled.usesOldSelf && at.unchanged)) return;
    const path = compiled.fieldPath === '' ? at.path : joined(at.path, compiled.fieldPath);
    const text = this.#message(compiled, activation) ?? messageOf(rule);
    this.errors.push(errorFor(rule.reason, path || NO_PATH, type, text));
  }

  #message({ message }: CompiledRule, activation: Activation): string | undefined {
    if (!message) return undefined;
    const { value, cost } = message.evaluate(activation, { costLimit: this.#budget });
    this.#budget -= cost;
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    const isFit =
      text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MAX_MESSAGE_BYTES;
    return isFit ? text : undefined;
  }
}

function joined(path: string, below: string): string {
  return path === '' ? below : `${path}.${below}`;
}

function activationOf(self: Value, oldSelf: Value | undefined, isOptional: boolean): Activation {
  const former = oldSelf === undefined ? Optional.none : new Optional(oldSelf);
  return (name) => {
    if (name === 'self') return self;
    return name === 'oldSelf' ? (isOptional ? former : oldSelf) : undefined;
  };
}

function ruleText({ rule = '', message = '' }: ValidationRule): string {
  return (message || rule).trim();
}

function messageOf(rule: ValidationRule): string {
  return rule.message ? ruleText(rule) : `failed rule: ${ruleText(rule)}`;
}

function failureText(error: Error, rule: ValidationRule): string {
  const text = ruleText(rule);
  if (error instanceof CostExceeded) {
    return `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`;
  }
  if (error.message.startsWith('no such overload')) {
    return `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`;
  }
  return `${error.message} evaluating rule: ${text}`;
}

function errorFor(
  reason: string | undefined,
  path: string,
  value: string,
  text: string,
): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(path, text);
    case 'FieldValueRequired':
      return required(path, text);
    case 'FieldValueDuplicate':
      return duplicate(path, value);
    default:
      return invalid(path, value, text);
  }
}
