import type {
  ExpressionWarning,
  RuleWithOperations,
  ValidatingAdmissionPolicy,
  Variable,
} from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { type CelType, compile, type Environment } from '../../cel/cel.ts';
import { AUTHORIZER } from '../../cel/library/authorizer.ts';
import { DYN, namedStruct } from '../../cel/types/type.ts';
import { apiVersionOf, type ResourceType } from '../../machinery/object.ts';
import { NAMESPACE_TYPE, REQUEST_TYPE } from '../expressions/variables.ts';
import { objectTypeOf } from './object-type.ts';

/** More kinds than that are not looked at, of one rule. */
const MAX_KINDS = 10;

/** One kind that a policy is for, with the type of its objects. */
interface Subject {
  readonly type: ResourceType;
  readonly objects: CelType;
}

function kindText({ group, version, kind }: ResourceType): string {
  return `${group}/${version}, Kind=${kind}`;
}

/** Rules with a wildcard for groups or versions are for nobody knows what. */
function isOpen({ apiGroups = [], apiVersions = [] }: RuleWithOperations): boolean {
  return [...apiGroups, ...apiVersions].some((one) => one.includes('*'));
}

function definitionsFor(
  rule: RuleWithOperations,
  definitions: readonly ResourceDefinition[],
): ResourceDefinition[] {
  if (isOpen(rule)) return [];
  const { apiGroups = [], apiVersions = [], resources = [] } = rule;
  const found: ResourceDefinition[] = [];
  for (const group of [...apiGroups].sort()) {
    for (const version of [...apiVersions].sort()) {
      for (const resource of [...resources].sort()) {
        const one = definitions.find(
          ({ type }) =>
            type.group === group && type.version === version && type.resource === resource,
        );
        if (one) found.push(one);
        if (found.length === MAX_KINDS) return found;
      }
    }
  }
  return found;
}

function subjectsOf(
  { spec }: ValidatingAdmissionPolicy,
  definitions: readonly ResourceDefinition[],
): Subject[] {
  const rules = spec?.matchConstraints?.resourceRules ?? [];
  const all = new Set(rules.flatMap((rule) => definitionsFor(rule, definitions)));
  const subjects = [...all].flatMap((definition): Subject[] => {
    const objects = objectTypeOf(definition);
    return objects ? [{ type: definition.type, objects }] : [];
  });
  const order = ({ type: { group, version, kind } }: Subject) => `${group}\0${version}\0${kind}`;
  return subjects.sort((left, right) => (order(left) < order(right) ? -1 : 1));
}

function paramsOf(
  { spec }: ValidatingAdmissionPolicy,
  definitions: readonly ResourceDefinition[],
): CelType | undefined {
  const { apiVersion, kind } = spec?.paramKind ?? {};
  const found = definitions.find(
    ({ type }) => type.kind === kind && apiVersionOf(type) === apiVersion,
  );
  return found && objectTypeOf(found);
}

/** The environment in which the expressions of a policy are checked for one kind of objects. */
function environmentFor(
  objects: CelType,
  params: CelType | undefined,
  variables: readonly Variable[],
): Environment {
  const known = new Map<string, CelType>([
    ['object', objects],
    ['oldObject', objects],
    ['namespaceObject', NAMESPACE_TYPE],
    ['request', REQUEST_TYPE],
    ['authorizer', AUTHORIZER],
  ]);
  if (params) known.set('params', params);
  const types: Record<string, CelType> = {};
  const withVariables = () =>
    new Map(known).set('variables', namedStruct('kubernetes.variables', types));
  for (const { name, expression } of variables) {
    const { program } = compile(expression, { variables: withVariables() });
    types[name] = program?.resultType ?? DYN;
  }
  return { variables: withVariables() };
}

/**
 * typeCheck finds what in the expressions of a policy does not fit the kinds that it is for, as
 * upstream's controller does: the policy works all the same.
 */
export function typeCheck(
  policy: ValidatingAdmissionPolicy,
  definitions: readonly ResourceDefinition[],
): ExpressionWarning[] {
  const params = paramsOf(policy, definitions);
  const environments = subjectsOf(policy, definitions).map(({ type, objects }) => ({
    kind: kindText(type),
    environment: environmentFor(objects, params, policy.spec?.variables ?? []),
  }));
  const check = (fieldRef: string, expression: string | undefined): ExpressionWarning[] => {
    if (!expression) return [];
    const texts = environments.flatMap(({ kind, environment }) => {
      const compiled = compile(expression, environment);
      const isWrong = !compiled.program && compiled.stage === 'compilation';
      return isWrong ? [`${kind}: ${compiled.message}\n`] : [];
    });
    return texts.length === 0 ? [] : [{ fieldRef, warning: texts.join('\n') }];
  };
  return (policy.spec?.validations ?? []).flatMap(({ expression, messageExpression }, index) => [
    ...check(`spec.validations[${index}].expression`, expression),
    ...check(`spec.validations[${index}].messageExpression`, messageExpression),
  ]);
}
