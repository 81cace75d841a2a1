import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../../cli-error.ts';
import type { CommandEntry, Invocation } from '../../command.ts';
import { stringFlag } from '../../flags/flag-spec.ts';
import { DATA_FLAGS, readData } from './data-sources.ts';
import { generatorEntry } from './generator.ts';

const encode = (text: string | Buffer) => Buffer.from(text).toString('base64');

function secret(name: string, type: string, data: Record<string, string>) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(type ? { type } : {}),
  };
}

const generic = generatorEntry('generic', {
  use: 'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from a local file, directory, or literal value',
  examples:
    '# Create a new secret named my-secret with key1=supersecret\n{program} create secret generic my-secret --from-literal=key1=supersecret',
  flags: [...DATA_FLAGS, stringFlag('type', 'The type of secret to create')],
  make: (invocation, name) => {
    const entries = [...readData(invocation)].map(([key, bytes]) => [key, encode(bytes)]);
    return secret(name, invocation.flags.string('type'), Object.fromEntries(entries));
  },
});

function dockerConfig({ flags }: Invocation): string {
  const [username, password, email] = ['docker-username', 'docker-password', 'docker-email'].map(
    (name) => flags.string(name),
  );
  if (!username || !password)
    throw new CliError(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    );
  const auth = encode(`${username}:${password}`);
  const entry = { username, password, ...(email ? { email } : {}), auth };
  return JSON.stringify({ auths: { [flags.string('docker-server')]: entry } });
}

const dockerRegistry = generatorEntry('docker-registry', {
  use: 'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string]',
  short: 'Create a secret for use with a Docker registry',
  examples:
    '# Create a secret for a registry\n{program} create secret docker-registry my-secret --docker-server=registry.example.com --docker-username=user --docker-password=pass',
  flags: [
    stringFlag('docker-username', 'Username for Docker registry authentication'),
    stringFlag('docker-password', 'Password for Docker registry authentication'),
    stringFlag('docker-email', 'Email for Docker registry'),
    stringFlag('docker-server', 'Server location for Docker registry', {
      default: 'https://index.docker.io/v1/',
    }),
  ],
  make: (invocation, name) =>
    secret(name, 'kubernetes.io/dockerconfigjson', {
      '.dockerconfigjson': encode(dockerConfig(invocation)),
    }),
});

function readRequired({ flags, io }: Invocation, flag: string): string {
  const path = flags.string(flag);
  if (path === '')
    throw new CliError(`${flag === 'key' ? 'key' : 'certificate'} must be specified`);
  try {
    return encode(readFileSync(resolve(io.cwd, path)));
  } catch (cause) {
    throw new CliError(`open ${path}: no such file or directory`, { cause });
  }
}

const tls = generatorEntry('tls', {
  use: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret',
  examples:
    '# Create a new TLS secret named tls-secret\n{program} create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key',
  flags: [
    stringFlag('cert', 'Path to PEM encoded public key certificate.'),
    stringFlag('key', 'Path to private key associated with given certificate.'),
  ],
  make: (invocation, name) =>
    secret(name, 'kubernetes.io/tls', {
      'tls.crt': readRequired(invocation, 'cert'),
      'tls.key': readRequired(invocation, 'key'),
    }),
});

/** secretEntry is `create secret`. */
export const secretEntry: CommandEntry = {
  name: 'secret',
  short: 'Create a secret using specified subcommand',
  load: async () => ({
    use: 'secret',
    offline: true,
    long: 'Create a secret using specified subcommand.',
    subcommands: [dockerRegistry, generic, tls],
  }),
};
