import {
  arrayFlag,
  boolFlag,
  durationFlag,
  type FlagSpec,
  intFlag,
  stringFlag,
} from './flags/flag-spec.ts';

/** GLOBAL_FLAGS are understood by every command. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  stringFlag(
    'as',
    'Username to impersonate for the operation. User could be a regular user or a service account in a namespace.',
  ),
  arrayFlag(
    'as-group',
    'Group to impersonate for the operation, this flag can be repeated to specify multiple groups.',
  ),
  stringFlag('as-uid', 'UID to impersonate for the operation.'),
  stringFlag('cache-dir', 'Default cache directory'),
  stringFlag('certificate-authority', 'Path to a cert file for the certificate authority'),
  stringFlag('client-certificate', 'Path to a client certificate file for TLS'),
  stringFlag('client-key', 'Path to a client key file for TLS'),
  stringFlag('cluster', 'The name of the kubeconfig cluster to use'),
  stringFlag('context', 'The name of the kubeconfig context to use'),
  boolFlag(
    'insecure-skip-tls-verify',
    "If true, the server's certificate will not be checked for validity. This will make your HTTPS connections insecure",
  ),
  stringFlag('kubeconfig', 'Path to the kubeconfig file to use for CLI requests.'),
  intFlag('loglevel', 'Set the level of log output (0-10)'),
  boolFlag('match-server-version', 'Require server version to match client version'),
  stringFlag('namespace', 'If present, the namespace scope for this CLI request', { short: 'n' }),
  stringFlag(
    'request-timeout',
    "The length of time to wait before giving up on a single server request. Non-zero values should contain a corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests.",
    { default: '0' },
  ),
  stringFlag('server', 'The address and port of the Kubernetes API server', { short: 's' }),
  stringFlag(
    'tls-server-name',
    'Server name to use for server certificate validation. If it is not provided, the hostname used to contact the server is used',
  ),
  stringFlag('token', 'Bearer token for authentication to the API server'),
  stringFlag('user', 'The name of the kubeconfig user to use'),
  intFlag('v', 'number for the log level verbosity', { short: 'v' }),
  boolFlag(
    'warnings-as-errors',
    'Treat warnings received from the server as errors and exit with a non-zero exit code',
  ),
  durationFlag('log-flush-frequency', 'Maximum number of seconds between log flushes', {
    default: '5s',
  }),
];
