import { CliError } from '../cli-error.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Mapping } from '../discovery/mapping.ts';

/** NamedTarget is one object that the user named. */
export interface NamedTarget {
  readonly mapping: Mapping;
  readonly name: string;
}

/** Targets is what the arguments of a command mean: objects by name, or whole collections. */
export type Targets =
  | {
      readonly by: 'name';
      readonly items: readonly NamedTarget[];
      /** One object was asked for, not a list of one. */
      readonly single: boolean;
    }
  | { readonly by: 'type'; readonly mappings: readonly Mapping[] };

/** TargetRules are what a command allows. */
export interface TargetRules {
  /** A type without a name means all its objects. */
  readonly emptyMeansAll?: boolean;
  /** Objects are chosen by labels, fields or `--all`: a name is an error. */
  readonly selects?: boolean;
  readonly program: string;
}

/** newNothingNamed says that objects must be named, in oc's words. */
export function newNothingNamed(): CliError {
  return new CliError(`You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`);
}

const splitTypes = (text: string) => text.split(',').filter((one) => one !== '');

function pairOf(text: string): { type: string; name: string } {
  const parts = text.split('/');
  if (parts.length !== 2)
    throw new CliError('arguments in resource/name form may not have more than one slash');
  const [type = '', name = ''] = parts;
  if (type === '' || name === '' || splitTypes(type).length !== 1)
    throw new CliError('arguments in resource/name form must have a single resource and name');
  return { type, name };
}

async function byPairs(args: readonly string[], discovery: Discovery, rules: TargetRules) {
  if (args.some((arg) => !arg.includes('/')))
    throw new CliError(
      `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${rules.program} get resource/<resource_name>' instead of '${rules.program} get resource resource/<resource_name>'`,
    );
  if (rules.selects)
    throw new CliError(
      'selectors and the all flag cannot be used when passing resource/name arguments',
    );
  const items: NamedTarget[] = [];
  for (const { type, name } of args.map(pairOf))
    items.push({ mapping: await discovery.resolve(type), name });
  return { by: 'name', items, single: items.length === 1 } as const;
}

async function mappingsOf(text: string, discovery: Discovery): Promise<Mapping[]> {
  const found: Mapping[] = [];
  for (const type of splitTypes(text)) {
    const category = await discovery.category(type);
    found.push(...(category.length > 0 ? category : [await discovery.resolve(type)]));
  }
  const seen = new Set<string>();
  return found.filter((one) => {
    const key = `${one.resource}.${one.group}`;
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

/**
 * parseTargets reads `TYPE[,TYPE] [NAME…]` and `TYPE/NAME…` with the rules and the errors of
 * kubectl's resource builder.
 */
export async function parseTargets(
  args: readonly string[],
  discovery: Discovery,
  rules: TargetRules,
): Promise<Targets> {
  const [types = '', ...names] = args;
  if (args.length === 0) throw newNothingNamed();
  if (args.some((arg) => arg.includes('/'))) return byPairs(args, discovery, rules);
  const mappings = await mappingsOf(types, discovery);
  if (names.length > 0) {
    if (rules.selects) throw new CliError('name cannot be provided when a selector is specified');
    const items = mappings.flatMap((mapping) => names.map((name) => ({ mapping, name })));
    return { by: 'name', items, single: items.length === 1 };
  }
  if (!rules.emptyMeansAll && !rules.selects)
    throw new CliError('resource(s) were provided, but no name was specified');
  return { by: 'type', mappings };
}
