import { StatusError } from '../machinery/status-error.ts';
import { CliError, ExitError, FlagError, UsageError } from './cli-error.ts';
import { connectionMessage } from './connection-error.ts';
import type { Io } from './io.ts';

function invalidMessage(error: StatusError): string {
  const { details, message = '' } = error.status;
  if (!details) return `The request is invalid${message ? `: ${message}` : ''}`;
  let text = 'The request is invalid';
  const causes = details.causes ?? [];
  if (details.kind || details.name)
    text = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`;
  else if (message && causes.length === 0) text += `: ${message}`;
  const lines = [...new Set(causes.map((one) => `${one.field ?? ''}: ${one.message ?? ''}`))];
  if (lines.length === 0) return text;
  if (lines.length === 1) return `${text}: ${lines[0]}`;
  return `${text}: \n${lines.map((line) => `* ${line}`).join('\n')}`;
}

function statusMessage(error: StatusError): string {
  if (error.reason === 'Invalid') return invalidMessage(error);
  if (error.reason === 'Unauthorized')
    return `error: You must be logged in to the server (${error.message})`;
  if (error.reason) return `Error from server (${error.reason}): ${error.message}`;
  return `Error from server: ${error.message}`;
}

function plainMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.startsWith('error: ') || text.startsWith('Error ') ? text : `error: ${text}`;
}

/** errorMessage is what kubectl's CheckErr would print for an error, without a final newline. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorMessage).join('\n');
  if (error instanceof StatusError) return statusMessage(error);
  if (error instanceof CliError) return plainMessage(error);
  return connectionMessage(error) ?? plainMessage(error);
}

/** printError reports a failure on standard error as `oc` would, and answers the exit code. */
export function printError(error: unknown, io: Io, commandPath: string): number {
  if (error instanceof ExitError) return error.exitCode;
  const text = errorMessage(error);
  io.err(text.endsWith('\n') ? text : `${text}\n`);
  if (error instanceof UsageError) io.err(`See '${commandPath} -h' for help and examples\n`);
  if (error instanceof FlagError) io.err(`See '${commandPath} --help' for usage.\n`);
  return error instanceof CliError ? error.exitCode : 1;
}
