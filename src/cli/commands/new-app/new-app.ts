import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { NewAppError, noMatch } from '../../../new-app/new-app-error.ts';
import type { NewAppOptions } from '../../../new-app/options.ts';
import { queryApps } from '../../../new-app/query.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { carryOut, commonOptions } from './carry-out.ts';
import { NEW_APP_FLAGS } from './flags.ts';
import { probeOf } from './plan.ts';

function optionsOf(invocation: Invocation): NewAppOptions {
  const { flags } = invocation;
  return {
    ...commonOptions(invocation),
    groups: flags.list('group'),
    buildEnv: flags.list('build-env'),
    asDeploymentConfig: flags.bool('as-deployment-config'),
  };
}

/** buildNote tells how the build of a BuildConfig is started, or watched. */
export function buildNote(config: BuildConfig, program: string): string {
  const { name = '' } = config.metadata;
  const triggered = (config.spec.triggers ?? []).some(
    ({ type }) => type === 'ConfigChange' || type === 'ImageChange',
  );
  return triggered
    ? `    Build scheduled, use '${program} logs -f buildconfig/${name}' to track its progress.\n`
    : `    Use '${program} start-build ${name}' to start a build.\n`;
}

function notes(objects: readonly KubeObject[], program: string): string {
  const builds = objects
    .filter(({ kind }) => kind === 'BuildConfig')
    .map((one) => buildNote(one as BuildConfig, program));
  const services = objects
    .filter(({ kind }) => kind === 'Service')
    .map(({ metadata }) => `     '${program} expose service/${metadata.name}' \n`);
  const expose =
    services.length > 0
      ? `    Application is not exposed. You can expose services to the outside world by executing one or more of the commands below:\n${services.join('')}`
      : '';
  return `${builds.join('')}${expose}    Run '${program} status' to view your app.\n`;
}

async function runQuery(invocation: Invocation, options: NewAppOptions): Promise<void> {
  const { flags, io, session } = invocation;
  if (flags.bool('list') && flags.bool('search'))
    throw new CliError("--list and --search can't be used together");
  if (flags.bool('allow-missing-images') && flags.bool('search'))
    throw new UsageError('--allow-missing-images and --search are mutually exclusive.');
  const probe = await probeOf(io);
  const client = await session.client();
  const wanted = flags.bool('list') ? 'list' : 'search';
  if (wanted === 'list' && flags.list('template').length > 0)
    throw new CliError("--list can't be used with arguments");
  try {
    io.out(await queryApps(options, { client, probe }, wanted));
  } catch (cause) {
    if (cause instanceof NewAppError) throw new CliError(cause.message, { cause });
    throw cause;
  }
}

/** refuseTemplates answers `--template`: the platform has no templates, so none is ever found. */
function refuseTemplates({ flags, io }: Invocation): void {
  const reasons = flags
    .list('template')
    .map(
      (name) =>
        `error: unable to locate any templates loaded in accessible projects with name ${JSON.stringify(name)}`,
    );
  if (reasons.length > 0) throw new CliError(noMatch(io.program, 'new-app', reasons).message);
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io } = invocation;
  const options = optionsOf(invocation);
  if (flags.bool('list') || flags.bool('search')) return runQuery(invocation, options);
  refuseTemplates(invocation);
  const created = await carryOut(invocation, options);
  if (created) io.out(notes(created, io.program));
}

export const command: Command = {
  use: 'new-app (IMAGE | IMAGESTREAM | TEMPLATE | PATH | URL ...)',
  long: `Create a new application by specifying source code, templates, and/or images.

 This command will try to build up the components of an application using images, templates, or code that has a public repository. It will lookup the images on the local container storage (if available), a container image registry, an integrated image registry, or stored image streams.

 If you specify a source code URL, it will set up a build that takes your source code and converts it into an image that can run inside of a pod. Local source must be in a git repository that has a remote repository that the server can see. The images will be deployed via a deployment config, and a service will be connected to the first public port of the app. You may either specify components using the various existing flags or let new-app autodetect what kind of components you have provided.`,
  examples: `# Create an application based on the source code in the current git repository (with a public remote)
{program} new-app .

# Create a Ruby application from a builder image and a git repository
{program} new-app centos/ruby-22-centos7~https://github.com/openshift/ruby-ex.git

# Create an application from the source in a git repository, and find out its language
{program} new-app https://github.com/sclorg/nodejs-ex --name=nodejs -e MYSQL_USER=x

# Create an application from a branch, and from a directory of the repository
{program} new-app https://github.com/openshift/ruby-hello-world#beta4 --context-dir=src

# Use a container image, and an image stream in the project 'openshift'
{program} new-app registry.example.com/mysql:8.0 -e MYSQL_USER=user
{program} new-app -i openshift/nodejs:latest --code=./src/app`,
  flags: [
    ...NEW_APP_FLAGS,
    ...OUTPUT_FLAGS.filter(({ name }) => name !== 'output' && name !== 'template'),
  ],
  run,
};
