import { newClient } from '../../../client/rest-client.ts';
import type { Command, CommandEntry, CommandSection, Invocation } from '../../command.ts';
import { GLOBAL_FLAGS } from '../../global-flags.ts';

/** TYPE_COMMANDS take the type of a resource as their first argument. */
const TYPE_COMMANDS = new Set([
  'get',
  'describe',
  'delete',
  'edit',
  'label',
  'annotate',
  'patch',
  'scale',
  'expose',
  'explain',
  'wait',
]);
const POD_COMMANDS = new Set(['logs', 'exec', 'rsh', 'port-forward']);

async function resourceTypes({ session }: Invocation): Promise<string[]> {
  await session.open();
  return (await session.discovery.all()).map(({ resource }) => resource);
}

async function names(type: string, { session }: Invocation): Promise<string[]> {
  await session.open();
  const mapping = await session.discovery.find(type);
  if (!mapping) return [];
  const client = newClient(await session.transport());
  const { items } = await client.list(mapping, {
    namespace: mapping.namespaced ? session.namespace() : undefined,
  });
  return items.map(({ metadata }) => metadata.name ?? '');
}

async function projectNames(invocation: Invocation): Promise<string[]> {
  return names('projects', invocation);
}

async function flagNames(entry: CommandEntry | undefined): Promise<string[]> {
  const own = entry ? ((await entry.load()).flags ?? []) : [];
  return [...own, ...GLOBAL_FLAGS].map(({ name }) => `--${name}`);
}

async function argumentsOf(
  entry: CommandEntry,
  words: readonly string[],
  invocation: Invocation,
): Promise<string[]> {
  const { subcommands } = await entry.load();
  const given = words.filter((word) => !word.startsWith('-'));
  if (subcommands && given.length === 0) return subcommands.map(({ name }) => name);
  if (entry.name === 'project') return projectNames(invocation);
  if (POD_COMMANDS.has(entry.name)) return given.length === 0 ? names('pods', invocation) : [];
  if (entry.name === 'start-build') return names('buildconfigs', invocation);
  if (!TYPE_COMMANDS.has(entry.name)) return [];
  const [type] = given;
  return type === undefined ? resourceTypes(invocation) : names(type, invocation);
}

/** completeCommand answers what may come next on a command line, one word a line. */
export function completeCommand(sections: () => readonly CommandSection[]): Command {
  return {
    use: '__complete',
    offline: true,
    rawArguments: true,
    run: async (invocation) => {
      const entries = sections().flatMap(({ commands }) => commands);
      const words = invocation.args.slice(0, -1);
      const last = invocation.args.at(-1) ?? '';
      const entry = entries.find(({ name }) => name === words[0]);
      const found = last.startsWith('-')
        ? await flagNames(entry)
        : entry
          ? await argumentsOf(entry, words.slice(1), invocation)
          : entries.filter(({ hidden }) => !hidden).map(({ name }) => name);
      const fitting = [...new Set(found)].filter((one) => one.startsWith(last)).sort();
      invocation.io.out(fitting.map((one) => `${one}\n`).join(''));
    },
  };
}
