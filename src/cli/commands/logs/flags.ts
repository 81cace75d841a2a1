import {
  boolFlag,
  durationFlag,
  type FlagSpec,
  intFlag,
  stringFlag,
} from '../../flags/flag-spec.ts';

/** LOG_FLAGS are the flags of `logs`. */
export const LOG_FLAGS: readonly FlagSpec[] = [
  boolFlag('all-containers', "Get all containers' logs in the pod(s)."),
  stringFlag('container', 'Print the logs of this container', { short: 'c' }),
  boolFlag('follow', 'Specify if the logs should be streamed.', { short: 'f' }),
  boolFlag(
    'ignore-errors',
    'If watching / following pod logs, allow for any errors that occur to be non-fatal',
  ),
  intFlag('limit-bytes', 'Maximum bytes of logs to return. Defaults to no limit.'),
  intFlag(
    'max-log-requests',
    'Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.',
    { default: 5 },
  ),
  boolFlag('prefix', 'Prefix each log line with the log source (pod name and container name)'),
  boolFlag(
    'previous',
    'If true, print the logs for the previous instance of the container in a pod if it exists.',
    { short: 'p' },
  ),
  stringFlag('selector', "Selector (label query) to filter on, supports '=', '==', and '!='.", {
    short: 'l',
  }),
  durationFlag(
    'since',
    'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs.',
  ),
  stringFlag(
    'since-time',
    'Only return logs after a specific date (RFC3339). Defaults to all logs.',
  ),
  intFlag(
    'tail',
    'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10, if a selector is provided.',
    { default: -1 },
  ),
  boolFlag('timestamps', 'Include timestamps on each line in the log output'),
  intFlag(
    'version',
    'View the logs of a particular build or deployment by version if greater than zero',
  ),
];
