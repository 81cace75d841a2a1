import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { nameOf, OUTPUT_FLAGS } from '../../print/object-printer.ts';
import {
  FILENAME_FLAGS,
  type FoundObject,
  findObjects,
  SELECTOR_FLAGS,
} from '../../resources/find-objects.ts';
import { newReport } from '../../write/report.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  fieldManagerFlag,
  OVERWRITE_FLAG,
} from '../../write/write-flags.ts';
import { type Changes, splitPairs } from './pairs.ts';

/** MetadataField is the part of an object's metadata that a command changes. */
export interface MetadataField {
  readonly field: 'labels' | 'annotations';
  /** What one of them is called. */
  readonly word: 'label' | 'annotation';
  /** What is printed after a change. */
  readonly done: string;
}

function checkOverwrite(
  object: KubeObject,
  { set }: Changes,
  kind: MetadataField,
  overwrite: boolean,
): void {
  const old = object.metadata[kind.field] ?? {};
  if (overwrite) return;
  for (const [key, value] of set)
    if (key in old && old[key] !== value)
      throw new CliError(
        kind.word === 'label'
          ? `'${key}' already has a value (${old[key]}), and --overwrite is false`
          : `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${old[key]})`,
      );
}

function operationOf(object: KubeObject, { set, remove }: Changes, kind: MetadataField): string {
  const old = object.metadata[kind.field] ?? {};
  const changes = [...set].some(([key, value]) => old[key] !== value);
  const removes = remove.some((key) => key in old);
  if (kind.word === 'annotation') return kind.done;
  if (changes) return 'labeled';
  return removes ? 'unlabeled' : 'not labeled';
}

async function changeOne(
  found: FoundObject,
  changes: Changes,
  kind: MetadataField,
  invocation: Invocation,
) {
  const { session, flags, io } = invocation;
  const { object, mapping, namespace } = found;
  checkOverwrite(object, changes, kind, flags.bool('overwrite'));
  const old = object.metadata[kind.field] ?? {};
  for (const key of changes.remove)
    if (!(key in old) && kind.word === 'label')
      io.out(`${kind.word} ${JSON.stringify(key)} not found.\n`);
  const values = {
    ...Object.fromEntries(changes.set),
    ...Object.fromEntries(changes.remove.map((key) => [key, null])),
  };
  const version = flags.string('resource-version');
  const metadata = { [kind.field]: values, ...(version ? { resourceVersion: version } : {}) };
  if (dryRunOf(invocation) === 'client') return object;
  const client = await session.client();
  return client.patch(
    mapping,
    { namespace, name: object.metadata.name ?? '' },
    { type: 'application/merge-patch+json', body: { metadata } },
    dryRunOf(invocation) === 'server' ? { dryRun: true } : {},
  );
}

function listLabels({ object }: FoundObject, kind: MetadataField): string {
  const pairs = Object.entries(object.metadata[kind.field] ?? {}).map(
    ([key, value]) => `${key}=${value}\n`,
  );
  return pairs.sort().join('');
}

async function run(kind: MetadataField, invocation: Invocation): Promise<void> {
  const { io, flags } = invocation;
  const { objects, changes } = splitPairs(invocation, kind.word);
  const found = await findObjects(invocation, { args: objects });
  const report = await newReport(invocation);
  for (const one of found) {
    if (flags.bool('list')) {
      if (found.length > 1) io.out(`Listing labels for ${nameOf(one.object)}:\n`);
      io.out(listLabels(one, kind));
      continue;
    }
    const operation = operationOf(one.object, changes, kind);
    const changed = await changeOne(one, changes, kind, invocation);
    report({ ...changed, apiVersion: one.object.apiVersion, kind: one.object.kind }, operation);
  }
}

/** metadataCommand makes `label` and `annotate`. */
function metadataCommand(name: string, kind: MetadataField, long: string): Command {
  return {
    use: `${name} [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N`,
    long,
    examples: `# Update pod 'foo' with the ${kind.word} 'unhealthy' and the value 'true'
{program} ${name} pods foo unhealthy=true

# Update pod 'foo' with the ${kind.word} 'status' and the value 'unhealthy', overwriting any existing value
{program} ${name} --overwrite pods foo status=unhealthy

# Update pod 'foo' by removing ${kind.word === 'label' ? 'a label' : 'an annotation'} named 'bar' if it exists
{program} ${name} pods foo bar-`,
    flags: [
      ...FILENAME_FLAGS,
      ...SELECTOR_FLAGS,
      DRY_RUN_FLAG,
      OVERWRITE_FLAG,
      fieldManagerFlag(`kubectl-${name}`),
      boolFlag('list', `If true, display the ${kind.field} for a given resource.`),
      stringFlag(
        'resource-version',
        `If non-empty, the ${kind.word} update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.`,
      ),
      ...OUTPUT_FLAGS,
    ],
    run: (invocation) => run(kind, invocation),
  };
}

export const labelCommand = metadataCommand(
  'label',
  { field: 'labels', word: 'label', done: 'labeled' },
  `Update the labels on a resource.

  *  A label key and value must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and underscores, up to 63 characters each.
  *  If --overwrite is true, then existing labels can be overwritten, otherwise attempting to overwrite a label will result in an error.`,
);

export const annotateCommand = metadataCommand(
  'annotate',
  { field: 'annotations', word: 'annotation', done: 'annotated' },
  `Update the annotations on one or more resources.

 All Kubernetes objects support the ability to store additional data with the object as annotations. Annotations are key/value pairs that can be larger than labels and include arbitrary string values such as structured JSON.`,
);
