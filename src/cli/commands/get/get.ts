import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { GET_FORMATS, newObjectPrinter } from '../../print/object-printer.ts';
import { GET_FLAGS } from './flags.ts';
import { queriesOf } from './requests.ts';
import { printTables } from './tables.ts';

function validate({ flags, args, io, commandPath }: Invocation): void {
  const watching = flags.bool('watch') || flags.bool('watch-only');
  if (args.length === 0 && flags.list('filename').length === 0) {
    const parent = commandPath.split(' ').slice(0, -1).join(' ');
    io.err(
      `You must specify the type of resource to get. Use "${io.program} api-resources" for a complete list of supported resources.\n\n`,
    );
    throw new UsageError(
      `Required resource not specified.\nUse "${parent} explain <resource>" for a detailed description of that resource (e.g. ${parent} explain pods).`,
    );
  }
  const output = flags.string('output');
  if (flags.bool('show-labels') && output !== '' && output !== 'wide')
    throw new CliError(`--show-labels option cannot be used with ${output} printer`);
  if (flags.bool('output-watch-events') && !watching)
    throw new CliError(
      '--output-watch-events option can only be used with --watch or --watch-only',
    );
  const subresource = flags.string('subresource');
  if (subresource !== '' && subresource !== 'status' && subresource !== 'scale')
    throw new CliError(
      `invalid subresource value: ${JSON.stringify(subresource)}. Must be one of [status scale]`,
    );
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io } = invocation;
  if (flags.string('raw') !== '') return (await import('./raw.ts')).getRaw(invocation);
  validate(invocation);
  const print = await newObjectPrinter(flags, io, GET_FORMATS);
  const queries = await queriesOf(invocation);
  if (flags.bool('watch') || flags.bool('watch-only')) {
    if (flags.string('sort-by') !== '')
      io.err('warning: --watch or --watch-only requested, --sort-by will be ignored\n');
    return (await import('./watch.ts')).watchObjects(queries, invocation, print);
  }
  const errors = print
    ? await (await import('./objects.ts')).printObjects(queries, invocation, print)
    : await printTables(queries, invocation);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors);
}

export const command: Command = {
  use: 'get [(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...)',
  long: `Display one or many resources.

 Prints a table of the most important information about the specified resources. You can filter the list using a label selector and the --selector flag. If the desired resource type is namespaced you will only see results in your current project unless you pass --all-namespaces.`,
  examples: `# List all pods in ps output format
{program} get pods

# List all pods with more information (such as node name)
{program} get pods -o wide

# List a single replication controller with specified name
{program} get rc ruby-ex-1

# List several types at once
{program} get bc,builds,dc

# Print one field of a pod
{program} get pod ruby-ex-1-zzhrc -o jsonpath='{.status.podIP}'`,
  flags: GET_FLAGS,
  run,
};
