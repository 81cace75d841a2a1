/** CliError ends a command with `error: MESSAGE` on standard error and an exit code. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = options.exitCode ?? 1;
  }
}

/** UsageError is a CliError about the arguments; `See 'oc get -h' for help and examples` follows it. */
export class UsageError extends CliError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** FlagError is a CliError of the flag parser; `See 'oc get --help' for usage.` follows it. */
export class FlagError extends CliError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'FlagError';
  }
}

/** ExitError ends a command with an exit code and prints nothing more. */
export class ExitError extends CliError {
  constructor(exitCode: number, options: ErrorOptions = {}) {
    super(`exit code ${exitCode}`, { ...options, exitCode });
    this.name = 'ExitError';
  }
}
