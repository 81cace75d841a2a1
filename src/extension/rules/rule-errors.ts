import type { ValidationRule } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import type { Program } from '../../cel/cel.ts';
import { type FieldError, forbidden, invalid } from '../../machinery/field-error.ts';
import { childPath, indexPath, keyPath } from '../../machinery/field-path.ts';
import { additionalSchema, type JsonSchema } from '../schema/json-schema.ts';
import type { CompiledRule } from './compile-rules.ts';
import { type RuleTree, ruleTree } from './rule-tree.ts';

const RULE_COST = 10_000_000;
const SCHEMA_COST = 100_000_000;
const MAX_REQUEST_BYTES = 3 * 1024 * 1024;
const MOST_EXPENSIVE = 4;

/** ruleErrors checks the expressions of a schema that is right otherwise: their types and cost. */
export function ruleErrors(schema: JsonSchema, path: string): FieldError[] {
  const tree = ruleTree(schema);
  if (!tree) return [];
  const check = new Check();
  check.tree(tree, { path, most: 1, uncorrelated: undefined });
  return [...check.errors, ...check.totalErrors(path)];
}

interface Place {
  readonly path: string;
  /** How often a value of this schema can be in an object; undefined: without bound. */
  readonly most: number | undefined;
  /** The first schema above in which former values cannot be told apart. */
  readonly uncorrelated: string | undefined;
}

class Check {
  readonly errors: FieldError[] = [];
  readonly #costs: { readonly path: string; readonly cost: number }[] = [];

  tree(tree: RuleTree, at: Place): void {
    const { schema } = tree;
    const most = mostBelow(schema, at.most);
    for (const [name, one] of tree.properties) {
      const path = keyPath(childPath(at.path, 'properties'), name);
      this.tree(one, { path, most, uncorrelated: at.uncorrelated });
    }
    if (tree.additional) {
      const path = childPath(at.path, 'additionalProperties');
      this.tree(tree.additional, { path, most, uncorrelated: at.uncorrelated });
    }
    if (tree.items) {
      const isMap = schema['x-kubernetes-list-type'] === 'map';
      const uncorrelated = isMap ? at.uncorrelated : (at.uncorrelated ?? at.path);
      this.tree(tree.items, { path: childPath(at.path, 'items'), most, uncorrelated });
    }
    for (const [index, rule] of tree.rules.entries()) {
      const place = indexPath(childPath(at.path, 'x-kubernetes-validations'), index);
      this.#rule(tree, rule, { ...at, path: place });
    }
  }

  #rule(tree: RuleTree, compiled: CompiledRule, { path, most, uncorrelated }: Place): void {
    const { rule, program, message } = compiled;
    const place = childPath(path, 'rule');
    if (program) this.#cost(place, 'estimated rule cost', costOf(program, tree, most));
    if (compiled.error !== undefined) this.errors.push(invalid(place, shown(rule), compiled.error));
    const at = childPath(path, 'messageExpression');
    if (compiled.messageError !== undefined) {
      this.errors.push(invalid(at, shown(rule), compiled.messageError));
    } else if (message) {
      this.#cost(at, 'estimated messageExpression cost', message.estimate().max);
    }
    if (compiled.usesOldSelf && uncorrelated !== undefined) {
      const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
      this.errors.push(invalid(place, rule.rule, text));
    } else if (!compiled.usesOldSelf && rule.optionalOldSelf !== undefined) {
      const text = 'may not be set if oldSelf is not used in rule';
      this.errors.push(invalid(childPath(path, 'optionalOldSelf'), rule.optionalOldSelf, text));
    }
  }

  #cost(path: string, name: string, cost: number): void {
    this.#costs.push({ path, cost });
    if (cost > RULE_COST) this.errors.push(forbidden(path, costText(name, cost, RULE_COST)));
  }

  totalErrors(path: string): FieldError[] {
    const total = this.#costs.reduce((sum, { cost }) => sum + cost, 0);
    if (total <= SCHEMA_COST) return [];
    const text =
      'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const most = this.#costs
      .filter(({ cost }) => cost >= SCHEMA_COST / 100)
      .sort((a, b) => b.cost - a.cost)
      .slice(0, MOST_EXPENSIVE);
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...most.map((one) => forbidden(one.path, text)),
      forbidden(path, costText(name, total, SCHEMA_COST)),
    ];
  }
}

function costOf(program: Program, tree: RuleTree, most: number | undefined): number {
  const { max } = program.estimate();
  if (max === 0) return 0;
  const least = (tree.type.size?.minBytes ?? 0) + 1;
  return max * (most ?? Math.floor(MAX_REQUEST_BYTES / least));
}

function mostBelow(schema: JsonSchema, most: number | undefined): number | undefined {
  if (most === undefined) return undefined;
  if (schema.type === 'array') {
    return schema.maxItems === undefined ? undefined : most * Math.max(0, schema.maxItems);
  }
  const isMap = schema.type === 'object' && schema.additionalProperties !== undefined;
  if (!isMap || !additionalSchema(schema)) return most;
  return schema.maxProperties === undefined ? undefined : most * Math.max(0, schema.maxProperties);
}

function costText(name: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shownFactor =
    factor > 100
      ? 'more than 100x'
      : factor < 1.5
        ? `${factor.toFixed(6)}x`
        : `${factor.toFixed(1)}x`;
  return `${name} exceeds budget by factor of ${shownFactor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** Upstream shows a rule with all fields of its type. */
function shown(rule: ValidationRule): object {
  return {
    Rule: rule.rule ?? '',
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
