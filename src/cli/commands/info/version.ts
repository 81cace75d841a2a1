import type { Info } from '../../../machinery/meta/v1.ts';
import { toYaml } from '../../../machinery/yaml/to-yaml.ts';
import { CliError } from '../../cli-error.ts';
import { CLIENT_VERSION } from '../../client-version.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';

/** The kustomize that the client's manifests are written for: that of `oc` 4.13. */
const KUSTOMIZE_VERSION = 'v4.5.7';

const CLIENT_INFO: Info = {
  major: '',
  minor: '',
  gitVersion: CLIENT_VERSION,
  gitCommit: '',
  gitTreeState: '',
  buildDate: '',
  goVersion: '',
  compiler: '',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

interface Versions {
  readonly clientVersion: Info;
  readonly kustomizeVersion: string;
  readonly serverVersion?: Info;
  readonly openshiftVersion?: string;
}

async function read(invocation: Invocation): Promise<{ versions: Versions; error?: unknown }> {
  const versions: Versions = { clientVersion: CLIENT_INFO, kustomizeVersion: KUSTOMIZE_VERSION };
  const { session, flags } = invocation;
  if (flags.bool('client')) return { versions };
  try {
    const transport = await session.transport();
    const { body } = await transport.request({ method: 'GET', path: '/version' });
    const serverVersion = body.kind === 'object' ? (body.object as Info) : undefined;
    return { versions: { ...versions, ...(serverVersion ? { serverVersion } : {}) } };
  } catch (error) {
    return { versions, error };
  }
}

async function run(invocation: Invocation): Promise<void> {
  const { io, flags } = invocation;
  const { versions, error } = await read(invocation);
  const output = flags.string('output');
  if (output === 'json') io.out(`${JSON.stringify(versions, null, 2)}\n`);
  else if (output === 'yaml') io.out(`${toYaml(versions)}\n`);
  else if (output !== '') throw new CliError("--output must be 'yaml' or 'json'");
  else {
    io.out(`Client Version: ${versions.clientVersion.gitVersion}\n`);
    if (versions.serverVersion)
      io.out(`Kubernetes Version: ${versions.serverVersion.gitVersion}\n`);
  }
  if (error !== undefined) throw error;
}

export const command: Command = {
  use: 'version',
  offline: true,
  long: 'Print the client and server version information.',
  examples: '# Print the version information for the current context\n{program} version',
  flags: [
    boolFlag('client', 'If true, shows client version only (no server required).'),
    stringFlag('output', "One of 'yaml' or 'json'.", { short: 'o' }),
  ],
  run,
};
