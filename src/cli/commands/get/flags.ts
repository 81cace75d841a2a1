import { boolFlag, type FlagSpec, intFlag, sliceFlag, stringFlag } from '../../flags/flag-spec.ts';
import { GET_FORMATS, OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { FILENAME_FLAGS, SELECTOR_FLAGS } from '../../resources/find-objects.ts';

/** GET_FLAGS are the flags of `get`. */
export const GET_FLAGS: readonly FlagSpec[] = [
  ...SELECTOR_FLAGS.filter((flag) => flag.name !== 'all'),
  ...FILENAME_FLAGS,
  stringFlag('output', `Output format. One of: (${GET_FORMATS}).`, { short: 'o' }),
  ...OUTPUT_FLAGS.filter((flag) => flag.name !== 'output'),
  intFlag(
    'chunk-size',
    'Return large lists in chunks rather than all at once. Pass 0 to disable. This flag is beta and may change in the future.',
    { default: 500 },
  ),
  boolFlag(
    'ignore-not-found',
    'If the requested object does not exist the command will return exit code 0.',
  ),
  sliceFlag(
    'label-columns',
    'Accepts a comma separated list of labels that are going to be presented as columns. Names are case-sensitive. You can also use multiple flag options like -L label1 -L label2...',
    { short: 'L' },
  ),
  boolFlag(
    'no-headers',
    "When using the default or custom-column output format, don't print headers (default print headers).",
  ),
  boolFlag(
    'output-watch-events',
    'Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.',
  ),
  stringFlag(
    'raw',
    'Raw URI to request from the server.  Uses the transport specified by the kubeconfig file.',
  ),
  boolFlag(
    'server-print',
    'If true, have the server return the appropriate table output. Supports extension APIs and CRDs.',
    { default: true },
  ),
  boolFlag('show-kind', 'If present, list the resource type for the requested object(s).'),
  boolFlag(
    'show-labels',
    'When printing, show all labels as the last column (default hide labels column)',
  ),
  stringFlag(
    'sort-by',
    "If non-empty, sort list types using this field specification.  The field specification is expressed as a JSONPath expression (e.g. '{.metadata.name}'). The field in the API resource specified by this JSONPath expression must be an integer or a string.",
  ),
  stringFlag(
    'subresource',
    'If specified, gets the subresource of the requested object. Must be one of [status scale]. This flag is alpha and may change in the future.',
  ),
  boolFlag('watch', 'After listing/getting the requested object, watch for changes.', {
    short: 'w',
  }),
  boolFlag(
    'watch-only',
    'Watch for changes to the requested object(s), without listing/getting first.',
  ),
];
