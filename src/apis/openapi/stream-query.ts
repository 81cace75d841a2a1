const STREAMS = ['container', 'stderr', 'stdin', 'stdout', 'tty'];
const PATH = ['path'];

/** CONNECT_QUERY are the query parameters of connections, by the kind of their options. */
export const CONNECT_QUERY: Readonly<Record<string, readonly string[]>> = {
  PodAttachOptions: STREAMS,
  PodExecOptions: ['command', ...STREAMS],
  PodPortForwardOptions: ['ports'],
  NodeProxyOptions: PATH,
  PodProxyOptions: PATH,
  ServiceProxyOptions: PATH,
};

/** LOG_QUERY are the query parameters of a pod's log. */
export const LOG_QUERY: readonly string[] = [
  'container',
  'follow',
  'insecureSkipTLSVerifyBackend',
  'limitBytes',
  'pretty',
  'previous',
  'sinceSeconds',
  'stream',
  'tailLines',
  'timestamps',
];
