import { type CelType, compile, type Program } from '../../cel/cel.ts';
import { sameType } from '../../cel/types/type.ts';
import { type ExpressionScope, environmentOf } from './variables.ts';

/** ExpressionProblem is why an expression cannot be used; `internal` errors are shown as such. */
export interface ExpressionProblem {
  readonly internal: boolean;
  readonly detail: string;
}

/** CompiledExpression is the program of an expression or its problem. */
export interface CompiledExpression {
  readonly text: string;
  readonly program?: Program;
  readonly problem?: ExpressionProblem;
}

/** typeText writes a type as Go's `types.Type.String`, which names types otherwise than the checker. */
function typeText(type: CelType): string {
  if (type.params.length === 0) return type.name;
  return `${type.name}(${type.params.map(typeText).join(', ')})`;
}

function resultProblem(actual: CelType, wanted: readonly CelType[]): string | undefined {
  if (wanted.some((type) => type.kind === 'any' || sameType(type, actual))) return undefined;
  const [only] = wanted;
  const names =
    wanted.length === 1 && only ? typeText(only) : `one of [${wanted.map(typeText).join(' ')}]`;
  return `must evaluate to ${names} but got ${typeText(actual)}`;
}

/** compileExpression compiles an expression that must have one of the wanted types. */
export function compileExpression(
  text: string,
  scope: ExpressionScope,
  wanted: readonly CelType[],
): CompiledExpression {
  const compiled = compile(text, environmentOf(scope));
  if (!compiled.program) {
    const { stage, message } = compiled;
    if (stage === 'compilation')
      return { text, problem: { internal: false, detail: `compilation failed: ${message}` } };
    const detail = `program instantiation failed: ${message}`;
    return { text, problem: { internal: true, detail } };
  }
  const problem = resultProblem(compiled.program.resultType, wanted);
  if (problem !== undefined) return { text, problem: { internal: false, detail: problem } };
  return { text, program: compiled.program };
}
