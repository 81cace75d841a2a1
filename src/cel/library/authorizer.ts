import { BOOL, type CelType, STRING, structType } from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asKind, asString } from '../values/kinds.ts';
import { Opaque, type Value } from '../values/value.ts';
import { method, type Overload } from './overload.ts';

/** AccessQuestion is what an expression asks the authorizer. */
export interface AccessQuestion {
  /** Whom it is asked for, where it is a service account instead of who sent the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly verb: string;
  /** Present for a path, such as `/healthz`; the rest is then empty. */
  readonly path?: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

/** AccessAnswer is its answer; `error` is there when it could not be found out. */
export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

/** AskAccess answers a question of an expression. */
export type AskAccess = (question: AccessQuestion) => AccessAnswer;

/** AUTHORIZER is the type of the variable `authorizer`. */
export const AUTHORIZER = structType('kubernetes.authorization.Authorizer');
/** RESOURCE_CHECK is the type of the variable `authorizer.requestResource`. */
export const RESOURCE_CHECK = structType('kubernetes.authorization.ResourceCheck');
const PATH_CHECK = structType('kubernetes.authorization.PathCheck');
const GROUP_CHECK = structType('kubernetes.authorization.GroupCheck');
const DECISION = structType('kubernetes.authorization.Decision');

const NOTHING: AccessQuestion = {
  verb: '',
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  fieldSelector: '',
  labelSelector: '',
};

/** CheckValue is an authorizer, or a question to it that is not asked yet. */
class CheckValue extends Opaque {
  override readonly type: CelType;
  readonly ask: AskAccess;
  readonly question: AccessQuestion;

  constructor(type: CelType, ask: AskAccess, question: AccessQuestion) {
    super();
    this.type = type;
    this.ask = ask;
    this.question = question;
  }

  override equals(other: Opaque): boolean {
    return (
      other instanceof CheckValue &&
      JSON.stringify(other.question) === JSON.stringify(this.question)
    );
  }

  /** with answers the question with more said. */
  with(more: Partial<AccessQuestion>, type = this.type): CheckValue {
    return new CheckValue(type, this.ask, { ...this.question, ...more });
  }
}

class DecisionValue extends Opaque {
  override readonly type = DECISION;
  readonly answer: AccessAnswer;

  constructor(answer: AccessAnswer) {
    super();
    this.answer = answer;
  }

  override equals(other: Opaque): boolean {
    return (
      other instanceof DecisionValue &&
      other.answer.allowed === this.answer.allowed &&
      other.answer.reason === this.answer.reason
    );
  }
}

/** newAuthorizerValue is the value of the variable `authorizer`. */
export function newAuthorizerValue(ask: AskAccess): CheckValue {
  return new CheckValue(AUTHORIZER, ask, NOTHING);
}

/** newResourceCheck is the value of `authorizer.requestResource`. */
export function newResourceCheck(ask: AskAccess, question: Partial<AccessQuestion>): CheckValue {
  return new CheckValue(RESOURCE_CHECK, ask, { ...NOTHING, ...question });
}

function notEmpty(value: Value | undefined, name: string): string {
  const text = asString(value);
  if (text.trim() === '') throw new CelError(`${name} must not be empty`);
  return text;
}

function step(
  name: string,
  id: string,
  [from, to]: readonly [CelType, CelType],
  say: (text: Value | undefined) => Partial<AccessQuestion>,
): Overload {
  return method(name, id, {
    args: [from, STRING],
    result: to,
    run: (check, text) => asKind(CheckValue, check).with(say(text), to),
  });
}

function check(id: string, from: CelType): Overload {
  return method('check', id, {
    args: [from, STRING],
    result: DECISION,
    run: (value, verb) => {
      const { ask, question } = asKind(CheckValue, value);
      return new DecisionValue(ask({ ...question, verb: asString(verb) }));
    },
  });
}

function decision(name: string, result: CelType, read: (answer: AccessAnswer) => Value): Overload {
  return method(name, `decision_${name}`, {
    args: [DECISION],
    result,
    run: (value) => read(asKind(DecisionValue, value).answer),
  });
}

const SAME_RESOURCE = [RESOURCE_CHECK, RESOURCE_CHECK] as const;

/** AUTHORIZERS are the functions by which expressions ask what a user may do. */
export const AUTHORIZERS = {
  types: [AUTHORIZER, PATH_CHECK, GROUP_CHECK, RESOURCE_CHECK, DECISION],
  overloads: [
    step('path', 'authorizer_path', [AUTHORIZER, PATH_CHECK], (path) => ({
      path: notEmpty(path, 'path'),
    })),
    step('group', 'authorizer_group', [AUTHORIZER, GROUP_CHECK], (group) => ({
      group: asString(group),
    })),
    method('serviceAccount', 'authorizer_serviceaccount', {
      args: [AUTHORIZER, STRING, STRING],
      result: AUTHORIZER,
      run: (authorizer, namespace, name) =>
        asKind(CheckValue, authorizer).with({
          serviceAccount: { namespace: asString(namespace), name: asString(name) },
        }),
    }),
    step('resource', 'groupcheck_resource', [GROUP_CHECK, RESOURCE_CHECK], (resource) => ({
      resource: notEmpty(resource, 'resource'),
    })),
    step('subresource', 'resourcecheck_subresource', SAME_RESOURCE, (subresource) => ({
      subresource: asString(subresource),
    })),
    step('namespace', 'resourcecheck_namespace', SAME_RESOURCE, (namespace) => ({
      namespace: asString(namespace),
    })),
    step('name', 'resourcecheck_name', SAME_RESOURCE, (name) => ({ name: asString(name) })),
    step('fieldSelector', 'authorizer_fieldselector', SAME_RESOURCE, (fieldSelector) => ({
      fieldSelector: asString(fieldSelector),
    })),
    step('labelSelector', 'authorizer_labelselector', SAME_RESOURCE, (labelSelector) => ({
      labelSelector: asString(labelSelector),
    })),
    check('pathcheck_check', PATH_CHECK),
    check('resourcecheck_check', RESOURCE_CHECK),
    decision('errored', BOOL, ({ error }) => error !== undefined),
    decision('error', STRING, ({ error }) => error ?? ''),
    decision('allowed', BOOL, ({ allowed }) => allowed),
    decision('reason', STRING, ({ reason }) => reason),
  ] as readonly Overload[],
};
