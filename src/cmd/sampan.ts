import { COMMAND_SECTIONS } from '../cli/command-table.ts';
import { runCli } from '../cli/main.ts';
import { PLATFORM_SECTION } from './platform-commands.ts';
import { newProcessIo } from './process-io.ts';

const sections = PLATFORM_SECTION.commands.length
  ? [PLATFORM_SECTION, ...COMMAND_SECTIONS]
  : COMMAND_SECTIONS;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
process.exitCode = await runCli(process.argv.slice(2), newProcessIo(), sections);
