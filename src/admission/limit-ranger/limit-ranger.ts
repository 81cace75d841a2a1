import { podAmounts } from '../../apis/core/v1/pod-resources.ts';
import { amountsOf } from '../../apis/core/v1/resource-amounts.ts';
import type {
  Container,
  LimitRange,
  LimitRangeItem,
  PersistentVolumeClaim,
  Pod,
} from '../../apis/core/v1/types.ts';
import { LIMIT_RANGES } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { newRefusal } from '../refusal.ts';
import {
  type Bound,
  type Demand,
  maxProblem,
  maxRequestProblem,
  minProblem,
  ratioProblem,
} from './constraints.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

function kindOf({ operation, type, subresource }: AdmissionRequest): 'pod' | 'claim' | undefined {
  if (type.group !== '') return undefined;
  if (type.resource === 'pods') {
    if (subresource === 'resize') return operation === 'UPDATE' ? 'pod' : undefined;
    return subresource === '' && operation === 'CREATE' ? 'pod' : undefined;
  }
  if (type.resource !== 'persistentvolumeclaims' || subresource !== '') return undefined;
  return operation === 'CREATE' || operation === 'UPDATE' ? 'claim' : undefined;
}

/** Gives a container the defaults that it lacks; answers what it got, in words. */
function complete(container: Container, item: LimitRangeItem, what: string): string[] {
  const texts: string[] = [];
  const given = [
    ['requests', item.defaultRequest, 'request'],
    ['limits', item.default, 'limit'],
  ] as const;
  for (const [part, defaults, word] of given) {
    const own = container.resources?.[part] ?? {};
    const missing = Object.entries(defaults ?? {}).filter(([name]) => own[name] === undefined);
    if (missing.length === 0) continue;
    const names = missing.map(([name]) => name).sort();
    container.resources = {
      ...container.resources,
      [part]: { ...own, ...Object.fromEntries(missing) },
    };
    texts.push(`${names.join(', ')} ${word} for ${what} ${container.name}`);
  }
  return texts;
}

function completePod(pod: Pod, range: LimitRange): void {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const merged: LimitRangeItem = {
    type: 'Container',
    default: Object.assign({}, ...items.map((one) => one.default ?? {})),
    defaultRequest: Object.assign({}, ...items.map((one) => one.defaultRequest ?? {})),
  };
  const texts = [
    ...(pod.spec?.containers ?? []).flatMap((one) => complete(one, merged, 'container')),
    ...(pod.spec?.initContainers ?? []).flatMap((one) => complete(one, merged, 'init container')),
  ];
  if (texts.length === 0) return;
  const text = `LimitRanger plugin set: ${texts.join('; ')}`;
  pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: text };
}

type Part = 'min' | 'max' | 'maxLimitRequestRatio';
type Check = (bound: Bound, demand: Demand) => string | undefined;

function problemsOf(
  item: LimitRangeItem,
  demand: Demand,
  checks: Readonly<Partial<Record<Part, Check>>>,
): string[] {
  return (['min', 'max', 'maxLimitRequestRatio'] as const).flatMap((part) =>
    Object.entries(item[part] ?? {}).flatMap(([resource, value]) => {
      const problem = checks[part]?.({ type: item.type, resource, value }, demand);
      return problem === undefined ? [] : [problem];
    }),
  );
}

const CONTAINER_CHECKS = { min: minProblem, max: maxProblem, maxLimitRequestRatio: ratioProblem };
const CLAIM_CHECKS = { min: minProblem, max: maxRequestProblem };

function demandOf({ resources }: Container): Demand {
  return { requests: amountsOf(resources?.requests), limits: amountsOf(resources?.limits) };
}

function podProblems({ spec }: Pod, item: LimitRangeItem): string[] {
  if (spec === undefined) return [];
  if (item.type === 'Container') {
    const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
    return containers.flatMap((one) => problemsOf(item, demandOf(one), CONTAINER_CHECKS));
  }
  if (item.type !== 'Pod') return [];
  const demand = { requests: podAmounts(spec, 'requests'), limits: podAmounts(spec, 'limits') };
  return problemsOf(item, demand, CONTAINER_CHECKS);
}

function claimProblems({ spec }: PersistentVolumeClaim, item: LimitRangeItem): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const demand = { requests: amountsOf(spec?.resources?.requests), limits: new Map() };
  return problemsOf(item, demand, CLAIM_CHECKS);
}

/**
 * newLimitRanger gives containers the requests and limits that a limit range of their namespace
 * has for them, and refuses pods and claims outside its bounds: the LimitRanger admission plugin.
 */
export function newLimitRanger(deps: { cache(): CacheReader }): Admission {
  const rangesFor = (request: AdmissionRequest): readonly LimitRange[] => {
    if (request.old?.metadata.deletionTimestamp !== undefined) return [];
    return deps.cache().list(LIMIT_RANGES, request.namespace);
  };
  return {
    mutate(request) {
      if (kindOf(request) !== 'pod' || request.object === undefined) return;
      for (const range of rangesFor(request)) completePod(request.object as Pod, range);
    },
    validate(request) {
      const kind = kindOf(request);
      const { object } = request;
      if (kind === undefined || object === undefined) return;
      for (const { spec } of rangesFor(request)) {
        const problems = (spec?.limits ?? []).flatMap((item) =>
          kind === 'pod'
            ? podProblems(object as Pod, item)
            : claimProblems(object as PersistentVolumeClaim, item),
        );
        if (problems.length === 0) continue;
        const unique = [...new Set(problems)];
        const text = unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`;
        throw newRefusal(request, text ?? '');
      }
    },
  };
}
