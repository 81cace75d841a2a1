import { runBuildPod } from '../build/build-pod.ts';

// What reads the log and the exit code is the whole platform: no failure may leave without both.
try {
  process.exitCode = await runBuildPod(process.env);
} catch (error) {
  process.stdout.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// Standard input of a binary build may still be open.
process.exit();
