import { goJson } from '../go-json.ts';
import { JsonPathError } from './json-path-error.ts';
import { type Operand, type PathStep, parseTemplate, type TemplateNode } from './parse.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Evaluation is what every step needs beside its value. */
interface Evaluation {
  readonly root: unknown;
  readonly allowMissing: boolean;
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return [];
  return Object.keys(value)
    .sort()
    .map((key) => value[key]);
}

function descendants(value: unknown): unknown[] {
  return [value, ...children(value).flatMap(descendants)];
}

function field(value: unknown, name: string, { allowMissing }: Evaluation): unknown[] {
  if (isRecord(value) && Object.hasOwn(value, name)) return [value[name]];
  if (allowMissing || Array.isArray(value)) return [];
  throw new JsonPathError(`${name} is not found`);
}

function sliced(value: unknown, step: Extract<PathStep, { kind: 'slice' }>): unknown[] {
  if (!Array.isArray(value)) return [];
  const picked = value.slice(step.from ?? 0, step.to ?? value.length);
  const every = step.step ?? 1;
  return picked.filter((_, index) => index % every === 0);
}

function indexed(value: unknown, at: number, { allowMissing }: Evaluation): unknown[] {
  if (!Array.isArray(value)) {
    if (allowMissing) return [];
    throw new JsonPathError(`${goJson(value)} is not array or slice`);
  }
  const position = at < 0 ? value.length + at : at;
  if (position in value) return [value[position]];
  if (allowMissing) return [];
  throw new JsonPathError(`array index out of bounds: index ${at}, length ${value.length}`);
}

function operandValue(side: Operand, value: unknown, evaluation: Evaluation): unknown {
  if (side.kind === 'literal') return side.value;
  return walk([value], side.steps, { ...evaluation, allowMissing: true })[0];
}

const COMPARE: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => Number(a) > Number(b),
  '<': (a, b) => Number(a) < Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
};

function filtered(
  value: unknown,
  step: Extract<PathStep, { kind: 'filter' }>,
  evaluation: Evaluation,
): unknown[] {
  return children(value).filter((item) => {
    const left = operandValue(step.left, item, evaluation);
    if (step.op === 'exists') return left !== undefined;
    if (left === undefined) return false;
    return COMPARE[step.op]?.(left, operandValue(step.right, item, evaluation)) ?? false;
  });
}

function take(value: unknown, step: PathStep, evaluation: Evaluation): unknown[] {
  switch (step.kind) {
    case 'field':
      return field(value, step.name, evaluation);
    case 'wildcard':
      return children(value);
    case 'recursive':
      return descendants(value);
    case 'root':
      return [evaluation.root];
    case 'slice':
      return sliced(value, step);
    case 'index':
      return indexed(value, step.at, evaluation);
    case 'union':
      return step.steps.flatMap((one) => take(value, one, evaluation));
    case 'filter':
      return filtered(value, step, evaluation);
  }
}

function walk(values: unknown[], steps: readonly PathStep[], evaluation: Evaluation): unknown[] {
  let current = values;
  let relaxed = evaluation;
  for (const step of steps) {
    current = current.flatMap((value) => take(value, step, relaxed));
    if (step.kind === 'recursive') relaxed = { ...relaxed, allowMissing: true };
  }
  return current;
}

/** valueText writes a value as a JSONPath template does: texts as they are, the rest as JSON. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : goJson(value);
}

function render(nodes: readonly TemplateNode[], value: unknown, evaluation: Evaluation): string {
  return nodes
    .map((node) => {
      if (node.kind === 'text') return node.text;
      const found = walk([value], node.steps, evaluation);
      if (node.kind === 'path') return found.map(valueText).join(' ');
      return found.map((item) => render(node.body, item, evaluation)).join('');
    })
    .join('');
}

/** EvaluateOptions say what happens at a field that does not exist: nothing, or an error. */
export interface EvaluateOptions {
  readonly allowMissing: boolean;
}

/** newJsonPathTemplate compiles a template as of `-o jsonpath=…` and answers its renderer. */
export function newJsonPathTemplate(
  text: string,
  options: EvaluateOptions,
): (value: unknown) => string {
  const nodes = parseTemplate(text);
  return (value) => render(nodes, value, { ...options, root: value });
}

/** findValues answers every value that an expression in braces finds; missing fields find none. */
export function findValues(expression: string, value: unknown): unknown[] {
  const [node] = parseTemplate(expression);
  if (node?.kind !== 'path') return [];
  return walk([value], node.steps, { root: value, allowMissing: true });
}

/**
 * relaxedExpression puts an expression such as `metadata.name`, `.metadata.name` or
 * `{.metadata.name}` into its full form, as `--sort-by` and custom columns accept it.
 */
export function relaxedExpression(text: string): string {
  if (text === '') return '';
  const match = /^\{?\.?([^{}]+)\}?$/.exec(text);
  const inner = match?.[1];
  if (inner === undefined)
    throw new JsonPathError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  return `{.${inner}}`;
}
