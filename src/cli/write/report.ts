import type { KubeObject } from '../../machinery/object.ts';
import { StatusError } from '../../machinery/status-error.ts';
import type { Invocation } from '../command.ts';
import { nameOf, newObjectPrinter, type ObjectPrinter } from '../print/object-printer.ts';
import { type DryRun, dryRunOf } from './write-flags.ts';

/** Report prints what a command did to an object: a line, or the object as `-o` says. */
export type Report = (object: KubeObject, operation: string) => void;

/** dryRunSuffix goes after a line about something that did not really happen. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
}

/** newReport makes the Report of a command with `-o` and `--dry-run`. */
export async function newReport({ flags, io }: Invocation): Promise<Report> {
  const suffix = flags.has('dry-run') ? dryRunSuffix(dryRunOf({ flags, io })) : '';
  const print: ObjectPrinter | undefined = flags.has('output')
    ? await newObjectPrinter(flags, io)
    : undefined;
  return (object, operation) =>
    io.out(print ? print(object) : `${nameOf(object)} ${operation}${suffix}\n`);
}

/** withSource puts the file into the message of a server's failure, as kubectl does. */
export function withSource(error: unknown, verb: string, source: string): unknown {
  if (!(error instanceof StatusError)) return error;
  const message = `error when ${verb} ${JSON.stringify(source)}: ${error.message}`;
  return new StatusError({ ...error.status, message }, { cause: error });
}

/** throwAll throws what went wrong: nothing, the one error, or all of them. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors);
}
