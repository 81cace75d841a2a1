import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';

/** Changes are keys that are set and keys that are removed. */
export interface Changes {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** SplitArguments is a command line of objects and changes. */
export interface SplitArguments {
  readonly objects: readonly string[];
  readonly changes: Changes;
}

const isChange = (text: string) =>
  /^[^=]+=/.test(text) || (text.endsWith('-') && text !== '-' && !text.startsWith('-'));

/** splitPairs takes `key=value` and `key-` off the end of the arguments of `label` and `annotate`. */
export function splitPairs({ args, flags }: Invocation, kind: string): SplitArguments {
  const first = args.findIndex(isChange);
  const objects = first < 0 ? args : args.slice(0, first);
  const pairs = first < 0 ? [] : args.slice(first);
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    if (!isChange(pair))
      throw new CliError(`all resources must be specified before ${kind} changes: ${pair}`);
    const equals = pair.indexOf('=');
    if (equals < 0) remove.push(pair.slice(0, -1));
    else set.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const both = remove.find((key) => set.has(key));
  if (both !== undefined)
    throw new CliError(
      `can not both modify and remove ${kind === 'label' ? 'a label' : 'an annotation'} in the same command`,
    );
  const hasFiles = flags.list('filename').length > 0;
  if (objects.length === 0 && !hasFiles)
    throw new CliError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    );
  if (pairs.length === 0 && !(flags.has('list') && flags.bool('list')))
    throw new CliError(`at least one ${kind} update is required`);
  return { objects, changes: { set, remove } };
}
