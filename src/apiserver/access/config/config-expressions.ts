import { type CelType, compile, type Program, type Value } from '../../../cel/cel.ts';
import {
  ANY,
  BOOL,
  listOf,
  mapOf,
  namedStruct,
  STRING,
  sameType,
} from '../../../cel/types/type.ts';
import { fromJson } from '../../../cel/values/collections.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';

/** ConfigVariable is the one variable that an expression of a configuration file has. */
export interface ConfigVariable {
  readonly name: string;
  readonly type: CelType;
}

/** ConfigExpression is an expression of a configuration file, compiled. */
export interface ConfigExpression {
  readonly text: string;
  readonly message: string;
  /** run evaluates it for a value of its variable; throws an Error in upstream's words. */
  run(value: unknown): Value;
}

const EXTRA = mapOf(STRING, listOf(STRING));

/** CLAIMS are the claims of a token. */
export const CLAIMS: ConfigVariable = { name: 'claims', type: mapOf(STRING, ANY) };

/** USER_INFO is the type of a user. */
export const USER_INFO = namedStruct('kubernetes.UserInfo', {
  username: STRING,
  uid: STRING,
  groups: listOf(STRING),
  extra: EXTRA,
});

/** USER is the user that was made of them. */
export const USER: ConfigVariable = { name: 'user', type: USER_INFO };

const REQUIREMENTS = listOf(
  namedStruct('kubernetes.SelectorRequirement', {
    key: STRING,
    operator: STRING,
    values: listOf(STRING),
  }),
);
const selectorType = (name: string) =>
  namedStruct(`kubernetes.${name}`, { rawSelector: STRING, requirements: REQUIREMENTS });

/** REVIEWED is what a webhook of the authorizer would be asked. */
export const REVIEWED: ConfigVariable = {
  name: 'request',
  type: namedStruct('kubernetes.SubjectAccessReviewSpec', {
    resourceAttributes: namedStruct('kubernetes.ResourceAttributes', {
      namespace: STRING,
      verb: STRING,
      group: STRING,
      version: STRING,
      resource: STRING,
      subresource: STRING,
      name: STRING,
      fieldSelector: selectorType('FieldSelectorAttributes'),
      labelSelector: selectorType('LabelSelectorAttributes'),
    }),
    nonResourceAttributes: namedStruct('kubernetes.NonResourceAttributes', {
      path: STRING,
      verb: STRING,
    }),
    user: STRING,
    groups: listOf(STRING),
    extra: EXTRA,
    uid: STRING,
  }),
};

/** ExpressionRule: what an expression may use, and what upstream says of one that is no condition. */
export interface ExpressionRule {
  readonly variable: ConfigVariable;
  /** Present for conditions: what is said after `must evaluate to bool` of another type. */
  readonly condition?: (type: CelType) => string;
  readonly message?: string | undefined;
}

/** compileExpression compiles an expression; what is wrong with it is said at a path. */
export function compileExpression(
  text: string,
  path: string,
  rule: ExpressionRule,
): { readonly expression: ConfigExpression } | { readonly error: FieldError } {
  const { variable, condition, message = '' } = rule;
  const compiled = compile(text, { variables: new Map([[variable.name, variable.type]]) });
  if (!compiled.program) {
    const { stage } = compiled;
    const what = stage === 'compilation' ? 'compilation failed' : 'program instantiation failed';
    return { error: invalid(path, text, `${what}: ${compiled.message}`) };
  }
  const { program } = compiled;
  if (condition && !sameType(program.resultType, BOOL)) {
    const detail = `must evaluate to bool${condition(program.resultType)}`;
    return { error: invalid(path, text, detail) };
  }
  return { expression: { text, message, run: (value) => run(program, variable, { text, value }) } };
}

function run(
  program: Program,
  { name, type }: ConfigVariable,
  { text, value }: { readonly text: string; readonly value: unknown },
): Value {
  const bound = fromJson(value, type);
  const outcome = program.evaluate((asked) => (asked === name ? bound : undefined));
  if (!outcome.error) return outcome.value;
  throw new Error(`expression '${text}' resulted in error: ${outcome.error.message}`, {
    cause: outcome.error,
  });
}
