import { NAMESPACES, PROJECTS } from '../../../apis/resource-types.ts';
import { isNotFound, isStatusError } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag } from '../../flags/flag-spec.ts';
import { entryNamed } from '../../kubeconfig/kubeconfig.ts';
import { mergeKubeconfigs } from '../../kubeconfig/kubeconfig-files.ts';
import {
  changeKubeconfig,
  contextNickname,
  currentContext,
  useProject,
} from '../../kubeconfig/project-context.ts';
import { displayName, usingProject } from './projects.ts';

const isDenied = (error: unknown) => isNotFound(error) || isStatusError(error, 'Forbidden');

/** confirmAccess throws when a project does not exist or the user may not see it. */
async function confirmAccess({ session }: Invocation, name: string): Promise<void> {
  const client = await session.client();
  try {
    await client.get(PROJECTS, { name });
  } catch (error) {
    if (!isDenied(error)) throw error;
    await client.get(NAMESPACES, { name }).catch(() => {
      throw error;
    });
  }
}

async function show(invocation: Invocation): Promise<void> {
  const { io, flags } = invocation;
  const namespace = (await currentContext(invocation))?.context.namespace;
  if (!namespace) {
    if (flags.bool('short')) throw new CliError('no project has been set');
    io.out('No project has been set. Pass a project name to make that the default.\n');
    return;
  }
  await confirmAccess(invocation, namespace).catch((cause: unknown) => {
    if (!isDenied(cause)) throw cause;
    throw new CliError(
      `you do not have rights to view project ${JSON.stringify(namespace)} specified in your config or the project doesn't exist`,
      { cause },
    );
  });
  io.out(flags.bool('short') ? `${namespace}\n` : await usingProject(invocation, 'Using'));
}

async function denied(invocation: Invocation, name: string, cause: unknown): Promise<CliError> {
  const { session } = invocation;
  const { server } = await session.connection();
  const lines = [
    isNotFound(cause)
      ? `A project named ${JSON.stringify(name)} does not exist on ${JSON.stringify(server)}.`
      : `You are not a member of project ${JSON.stringify(name)}.`,
  ];
  const client = await session.client();
  const { items } = await client.list(PROJECTS).catch(() => ({ items: [] }));
  const [only, ...others] = items;
  if (!only)
    lines.push(
      "You are not a member of any projects. You can request a project to be created with the 'new-project' command.",
    );
  else if (others.length === 0)
    lines.push(`You have one project on this server: ${displayName(only)}`);
  else lines.push('Your projects are:', ...items.map((one) => `* ${displayName(one)}`));
  return new CliError(lines.join('\n'), { cause });
}

interface Switch {
  readonly namespace: string;
  readonly contextName: string;
  readonly isOwnName: boolean;
}

async function switchTo(invocation: Invocation, name: string): Promise<Switch> {
  const merged = mergeKubeconfigs(await invocation.session.files());
  const byName = entryNamed(merged.contexts, name)?.context;
  if (byName) {
    await changeKubeconfig(invocation, (config) => ({ ...config, 'current-context': name }));
    return {
      namespace: byName.namespace ?? '',
      contextName: name,
      isOwnName: contextNickname(byName) === name,
    };
  }
  await confirmAccess(invocation, name).catch(async (cause: unknown) => {
    throw isDenied(cause) ? await denied(invocation, name, cause) : cause;
  });
  return { namespace: name, contextName: await useProject(invocation, name), isOwnName: true };
}

async function run(invocation: Invocation): Promise<void> {
  const { args, io, flags, session } = invocation;
  const [name, ...more] = args;
  if (more.length > 0)
    throw new CliError('Only one argument is supported (project name or context name).');
  if (!name) return show(invocation);
  const before = (await currentContext(invocation))?.context.namespace;
  const { namespace, contextName, isOwnName } = await switchTo(invocation, name);
  const server = JSON.stringify((await session.connection()).server);
  if (flags.bool('short')) io.out(`${namespace}\n`);
  else if (namespace === '')
    io.out(`Now using context named ${JSON.stringify(contextName)} on server ${server}.\n`);
  else if (before === namespace) io.out(`Already on project "${namespace}" on server ${server}.\n`);
  else {
    const from = isOwnName ? '' : ` from context named ${JSON.stringify(contextName)}`;
    io.out(`Now using project "${namespace}"${from} on server ${server}.\n`);
  }
}

export const command: Command = {
  use: 'project [NAME]',
  long: `Switch to another project and make it the default in your configuration.

 If no project was specified on the command line, display information about the current active project. Since you can use this command to connect to projects on different servers, you will occasionally encounter projects of the same name on different servers. When switching to that project, a new local context will be created that will have a unique name - for instance, 'myapp-2'. If you have previously created a context with a different name than the project name, this command will accept that context name instead.

 For advanced configuration, or to manage the contents of your config file, use the 'config' command.`,
  examples: `# Switch to the 'myapp' project
{program} project myapp

# Display the project currently in use
{program} project`,
  flags: [boolFlag('short', 'If true, display only the project name', { short: 'q' })],
  run,
};
