import type { ProjectRequest } from '../../../apis/project.openshift.io/v1/types.ts';
import { PROJECT_REQUESTS } from '../../../apis/resource-types.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { useProject } from '../../kubeconfig/project-context.ts';

function nextSteps(program: string): string {
  return `
You can add applications to this project with the 'new-app' command. For example, try:

    ${program} new-app rails-postgresql-example

to build a new example application in Ruby. Or use kubectl to deploy a simple Kubernetes application:

    kubectl create deployment hello-node --image=registry.k8s.io/e2e-test-images/agnhost:2.43 -- /agnhost serve-hostname

`;
}

async function run(invocation: Invocation): Promise<void> {
  const { args, flags, io, session } = invocation;
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) throw new CliError('must have exactly one argument');
  const client = await session.client();
  const request: ProjectRequest = {
    apiVersion: 'project.openshift.io/v1',
    kind: 'ProjectRequest',
    metadata: { name },
    displayName: flags.string('display-name'),
    description: flags.string('description'),
  };
  await client.create(PROJECT_REQUESTS, request);
  const server = JSON.stringify((await session.connection()).server);
  if (flags.bool('skip-config-write')) {
    io.out(
      `Project "${name}" created on server ${server}.\n\nTo switch to this project and start adding applications, use:\n\n    ${io.program} project ${name}\n`,
    );
    return;
  }
  await useProject(invocation, name);
  io.out(`Now using project "${name}" on server ${server}.\n${nextSteps(io.program)}`);
}

export const command: Command = {
  use: 'new-project NAME [--display-name=DISPLAYNAME] [--description=DESCRIPTION]',
  long: `Create a new project for yourself.

 If your administrator allows self-service, this command will create a new project for you and assign you as the project admin.

 After your project is created it will become the default project in your config.`,
  examples: `# Create a new project with minimal information
{program} new-project web-team-dev

# Create a new project with a display name and description
{program} new-project web-team-dev --display-name="Web Team Development" --description="Development project for the web team."`,
  flags: [
    stringFlag('display-name', 'Project display name'),
    stringFlag('description', 'Project description'),
    boolFlag(
      'skip-config-write',
      'If true, the project will not be set as a cluster entry in kubeconfig after being created',
    ),
  ],
  run,
};
