import { command as get } from '../cli/commands/get/get.ts';
import { runCli } from '../cli/main.ts';
import { newProcessIo } from './process-io.ts';

/**
 * The quick program knows only `get`, the command that people and scripts call most, and hands
 * every other command line to the whole program. It is bundled into one small CommonJS file: that
 * halves what Node needs to start it.
 */
const SECTIONS = [
  {
    title: 'Quick',
    commands: [{ name: 'get', short: 'Display one or many resources', load: async () => get }],
  },
];

const argv = process.argv.slice(2);
const needsLibraries = argv.some((token) => /^(-f|--filename|-h|--help)/.test(token));

if (argv[0] === 'get' && !needsLibraries)
  void runCli(argv, newProcessIo(), SECTIONS).then((code) => {
    // Output to files, terminals and pipes is written already; what is left are idle connections.
    process.exit(code);
  });
else void import('./sampan.ts');
