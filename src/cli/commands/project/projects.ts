import type { Project } from '../../../apis/project.openshift.io/v1/types.ts';
import { PROJECTS } from '../../../apis/resource-types.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag } from '../../flags/flag-spec.ts';
import { contextNickname, currentContext } from '../../kubeconfig/project-context.ts';

/** displayName is `Display name (name)`, or just the name of a project. */
export function displayName({ metadata }: Project): string {
  const title = metadata.annotations?.['openshift.io/display-name'];
  return title && title !== metadata.name ? `${title} (${metadata.name})` : (metadata.name ?? '');
}

/** usingProject is the sentence that tells the current project and where it is. */
export async function usingProject(invocation: Invocation, verb: string): Promise<string> {
  const { server } = await invocation.session.connection();
  const current = await currentContext(invocation);
  const namespace = current?.context.namespace ?? '';
  const isOwn = !current || current.name === contextNickname(current.context);
  const from = isOwn ? '' : ` from context named ${JSON.stringify(current.name)}`;
  return `${verb} project ${JSON.stringify(namespace)}${from} on server ${JSON.stringify(server)}.\n`;
}

function lineOf(project: Project, mark: string): string {
  const { name = '', annotations } = project.metadata;
  const title = annotations?.['openshift.io/display-name'];
  return `\n${mark}${name}${title && title !== name ? ` - ${title}` : ''}`;
}

async function run(invocation: Invocation): Promise<void> {
  const { args, io, session, flags } = invocation;
  if (args.length > 0) throw new CliError('no arguments should be passed');
  const client = await session.client();
  const { items } = await client.list(PROJECTS);
  const projects = items.toSorted((a, b) =>
    (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1,
  );
  if (flags.bool('short')) {
    io.out(`${projects.map(({ metadata }) => metadata.name).join('\n')}\n`);
    return;
  }
  const [first] = projects;
  if (!first) {
    io.out(
      "You are not a member of any projects. You can request a project to be created with the 'new-project' command.\n",
    );
    return;
  }
  const current = (await currentContext(invocation))?.context.namespace;
  const exists = projects.some(({ metadata }) => metadata.name === current);
  if (projects.length === 1)
    io.out(`You have one project on this server: ${JSON.stringify(displayName(first))}.\n`);
  else {
    const lines = projects.map((one) =>
      lineOf(one, exists ? (one.metadata.name === current ? '  * ' : '    ') : ''),
    );
    io.out(
      `You have access to the following projects and can switch between them with '${io.program} project <projectname>':\n${lines.join('')}\n`,
    );
  }
  if (exists) io.out(`\n${await usingProject(invocation, 'Using')}`);
}

export const command: Command = {
  use: 'projects',
  long: 'Display information about the current active project and existing projects on the server.',
  examples: '# List all projects\n{program} projects',
  flags: [boolFlag('short', 'If true, display only the project names', { short: 'q' })],
  run,
};
