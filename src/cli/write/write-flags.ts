import type { WriteOptions } from '../../client/client.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../command.ts';
import { boolFlag, type FlagSpec, stringFlag } from '../flags/flag-spec.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** DryRun is how much of a write really happens. */
export type DryRun = 'none' | 'client' | 'server';

/** DRY_RUN_FLAG is `--dry-run`. */
export const DRY_RUN_FLAG: FlagSpec = stringFlag(
  'dry-run',
  'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
  { default: 'none', optionalValue: 'unchanged' },
);

/** VALIDATE_FLAG is `--validate`: what happens at unknown fields. */
export const VALIDATE_FLAG: FlagSpec = stringFlag(
  'validate',
  'Must be one of: strict (or true), warn, ignore (or false).',
  { default: 'strict', optionalValue: 'strict' },
);

/** fieldManagerFlag is `--field-manager` with a command's own name. */
export function fieldManagerFlag(name: string): FlagSpec {
  return stringFlag('field-manager', 'Name of the manager used to track field ownership.', {
    default: name,
  });
}

/** OVERWRITE_FLAG is `--overwrite` of `label` and `annotate`. */
export const OVERWRITE_FLAG: FlagSpec = boolFlag(
  'overwrite',
  'If true, allow labels to be overwritten, otherwise reject label updates that overwrite existing labels.',
);

/** dryRunOf reads `--dry-run`; without a value it means the client, as it did before. */
export function dryRunOf({ flags, io }: Pick<Invocation, 'flags' | 'io'>): DryRun {
  const text = flags.string('dry-run');
  if (text === 'none' || text === 'client' || text === 'server') return text;
  if (text === 'unchanged' || text === 'true') {
    io.err('W: --dry-run is deprecated and can be replaced with --dry-run=client.\n');
    return 'client';
  }
  if (text === 'false') return 'none';
  throw new CliError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
}

const VALIDATIONS: Readonly<Record<string, WriteOptions['fieldValidation']>> = {
  strict: 'Strict',
  true: 'Strict',
  warn: 'Warn',
  ignore: 'Ignore',
  false: 'Ignore',
};

/** writeOptionsOf turns the flags of a writing command into the options of its writes. */
export function writeOptionsOf(flags: FlagValues, dryRun: DryRun): WriteOptions {
  const validate = flags.has('validate') ? flags.string('validate') : '';
  const fieldValidation = VALIDATIONS[validate];
  if (validate !== '' && !fieldValidation)
    throw new CliError(
      `invalid - validate option ${JSON.stringify(validate)}; must be one of: strict (or true), warn, ignore (or false)`,
    );
  return {
    ...(dryRun === 'server' ? { dryRun: true } : {}),
    ...(flags.has('field-manager') ? { fieldManager: flags.string('field-manager') } : {}),
    ...(fieldValidation ? { fieldValidation } : {}),
  };
}
