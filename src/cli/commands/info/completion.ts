import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';

function bash(program: string): string {
  const name = program.replace(/\W/g, '_');
  return `# bash completion for ${program}
_${name}_complete() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${name}_complete ${program}
`;
}

function zsh(program: string): string {
  const name = program.replace(/\W/g, '_');
  return `#compdef ${program}
compdef _${name} ${program}

_${name}() {
  local -a found
  found=(\${(f)"$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a found
}
`;
}

const SHELLS: Readonly<Record<string, (program: string) => string>> = { bash, zsh };

async function run({ args, io }: Invocation): Promise<void> {
  const [shell, ...more] = args;
  if (shell === undefined) throw new UsageError('Shell not specified.');
  if (more.length > 0) throw new UsageError('Too many arguments. Expected only the shell type.');
  const script = SHELLS[shell];
  if (!script)
    throw new CliError(
      `Unsupported shell type ${JSON.stringify(shell)}: bash and zsh are supported.`,
    );
  io.out(script(io.program));
}

export const command: Command = {
  use: 'completion SHELL',
  offline: true,
  long: 'Output shell completion code for the specified shell (bash or zsh). The shell code must be evaluated to provide interactive completion of commands. This can be done by sourcing it from the .bash_profile.',
  examples:
    '# Load the completion code for bash into the current shell\nsource <({program} completion bash)',
  run,
};
