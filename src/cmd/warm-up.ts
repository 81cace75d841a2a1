import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SERVER_NODE_ARGUMENTS, serverEnvironment } from './platform/node-runtime.ts';

// With the server's own arguments: V8 takes no code that was compiled under others.
const program = fileURLToPath(new URL('./server.mjs', import.meta.url));
execFileSync(process.execPath, [...SERVER_NODE_ARGUMENTS, program, '--warm-up'], {
  env: serverEnvironment(process.env),
  stdio: 'inherit',
});
