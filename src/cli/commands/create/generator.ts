import type { KubeObject } from '../../../machinery/object.ts';
import { UsageError } from '../../cli-error.ts';
import type { Command, CommandEntry, Invocation } from '../../command.ts';
import { boolFlag, type FlagSpec } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { withLastApplied } from '../../write/last-applied.ts';
import { newReport } from '../../write/report.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  fieldManagerFlag,
  VALIDATE_FLAG,
  writeOptionsOf,
} from '../../write/write-flags.ts';
import { placeIn } from './place.ts';

/** Generator makes one object of a command line, for `create KIND NAME`. */
export interface Generator {
  /** The usage after `create `. */
  readonly use: string;
  readonly short: string;
  readonly examples: string;
  readonly flags?: readonly FlagSpec[];
  /** make answers the object, without a namespace. */
  make(invocation: Invocation, name: string): KubeObject | Promise<KubeObject>;
  /** A name is optional: it comes from something else. */
  readonly nameless?: boolean;
}

interface Templated {
  readonly spec?: { readonly template?: KubeObject };
}

/** asPrinted adds the null timestamps that a client built on Go's types prints. */
function asPrinted(object: KubeObject): KubeObject {
  const stamp = (metadata: object) => ({ ...metadata, creationTimestamp: null });
  const { spec } = object as Templated;
  const template = spec?.template && { ...spec.template, metadata: stamp(spec.template.metadata) };
  const printed = { ...object, metadata: stamp(object.metadata) };
  return (template
    ? { ...printed, spec: { ...spec, template } }
    : printed) as unknown as KubeObject;
}

/** onlyName answers the one argument before `--`, or '' where a name is optional. */
export function onlyName({ args, argsBeforeDash }: Invocation, nameless = false): string {
  const own = argsBeforeDash < 0 ? args : args.slice(0, argsBeforeDash);
  const [name = ''] = own;
  if ((name === '' && !nameless) || own.length > 1)
    throw new UsageError(`exactly one NAME is required, got ${name === '' ? 0 : own.length}`);
  return name;
}

async function run(generator: Generator, invocation: Invocation): Promise<void> {
  const { flags, session } = invocation;
  const name = onlyName(invocation, generator.nameless);
  const object = await generator.make(invocation, name);
  const dryRun = dryRunOf(invocation);
  const report = await newReport(invocation);
  if (dryRun === 'client') {
    report(asPrinted(object), 'created');
    return;
  }
  const { mapping, placed } = await placeIn(session, object, flags);
  const wanted = flags.bool('save-config') ? withLastApplied(placed) : placed;
  const client = await session.client();
  report(await client.create(mapping, wanted, writeOptionsOf(flags, dryRun)), 'created');
}

/** generatorEntry puts a generator into a command table. */
export function generatorEntry(
  name: string,
  generator: Generator,
  aliases: readonly string[] = [],
): CommandEntry {
  const command: Command = {
    use: generator.use,
    long: `${generator.short}.`,
    examples: generator.examples,
    flags: [
      ...(generator.flags ?? []),
      ...OUTPUT_FLAGS,
      DRY_RUN_FLAG,
      VALIDATE_FLAG,
      fieldManagerFlag('kubectl-create'),
      boolFlag(
        'save-config',
        'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged.',
      ),
    ],
    run: (invocation) => run(generator, invocation),
  };
  return { name, aliases, short: generator.short, load: async () => command };
}
