import {
  type LabelRequirement,
  newRequirement,
  requirementMatches,
  requirementText,
} from './label-requirement.ts';
import { parseRequirements } from './label-selector-parser.ts';
import type { LabelSelector } from './meta/v1.ts';

export type { LabelOperator, LabelRequirement } from './label-requirement.ts';
export { SelectorError } from './label-requirement.ts';

/** Labels is a set of labels as objects carry it. */
export type Labels = Readonly<Record<string, string>>;

/** Selector decides by labels. No requirements: everything, unless `nothing` is set. */
export interface Selector {
  readonly requirements: readonly LabelRequirement[];
  /** True for the selector that matches no object at all. */
  readonly nothing: boolean;
}

/** EVERYTHING is the selector that matches every object. */
const EVERYTHING: Selector = Object.freeze({ requirements: [], nothing: false });

/** NOTHING is the selector that matches no object. */
export const NOTHING: Selector = Object.freeze({ requirements: [], nothing: true });

/** parseSelector reads `a=b,c in (d,e)`; throws a SelectorError. The empty text is EVERYTHING. */
export function parseSelector(text: string): Selector {
  return text === '' ? EVERYTHING : { requirements: parseRequirements(text), nothing: false };
}

/** matchesLabels tells whether labels (absent: none) satisfy a selector. */
export function matchesLabels(selector: Selector, labels: Labels | undefined): boolean {
  if (selector.nothing) return false;
  return selector.requirements.every((one) => requirementMatches(one, labels ?? {}));
}

/** selectorText prints a selector as `kubectl` and scale subresources show it. */
export function selectorText(selector: Selector): string {
  return selector.requirements.map(requirementText).join(',');
}

/** selectorOfSet makes the selector `a=b,c=d` of a map, unchecked. An empty map is EVERYTHING. */
export function selectorOfSet(set: Labels | undefined): Selector {
  const requirements = Object.entries(set ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] }));
  return { requirements, nothing: false };
}

/** matchesSet tells whether labels contain every pair of a non-empty map; an empty one selects nothing. */
export function matchesSet(set: Labels | undefined, labels: Labels | undefined): boolean {
  const pairs = Object.entries(set ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value);
}

const OBJECT_OPERATORS = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' } as const;

/**
 * selectorOfObject reads the object form (matchLabels, matchExpressions); throws a SelectorError.
 * As upstream, no object selects nothing and an empty one everything.
 */
export function selectorOfObject(object: LabelSelector | undefined): Selector {
  if (object === undefined) return NOTHING;
  const requirements = Object.entries(object.matchLabels ?? {}).map(([key, value]) =>
    newRequirement(key, '=', [value]),
  );
  for (const { key, operator, values } of object.matchExpressions ?? []) {
    const translated = OBJECT_OPERATORS[operator as keyof typeof OBJECT_OPERATORS];
    if (translated === undefined)
      throw new TypeError(`"${operator}" is not a valid label selector operator`);
    requirements.push(newRequirement(key, translated, values ?? []));
  }
  requirements.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { requirements, nothing: false };
}

/** selectorObjectText prints the object form as printer columns do; `<none>` where nothing is set. */
export function selectorObjectText(object: LabelSelector | undefined): string {
  const text = object === undefined ? '' : selectorText(selectorOfObject(object));
  return text === '' ? '<none>' : text;
}

/** labelsText prints labels as `a=b,c=d`, sorted; `<none>` where there are none. */
export function labelsText(labels: Labels | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}
