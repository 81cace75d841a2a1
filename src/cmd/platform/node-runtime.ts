/**
 * SERVER_NODE_ARGUMENTS are the arguments of Node for the server. Its heaps grow to twice what is in
 * use before they are collected, where V8 would let them grow to four times that. What is young is
 * collected by its own thread alone: several of them at a time have taken the cores already. Each thread
 * compiles the same functions for itself: less of one is put into another, and only what has run
 * twice as much as V8 asks for is optimized, which halves what compiling takes from the requests.
 */
export const SERVER_NODE_ARGUMENTS: readonly string[] = [
  '--enable-source-maps',
  '--heap-growing-percent=100',
  '--no-parallel-scavenge',
  '--max-inlined-bytecode-size=150',
  '--max-inlined-bytecode-size-cumulative=250',
  '--ticks-before-optimization=6',
];

/** LEAN_MALLOC: what is large is mapped on its own, and goes back to the system when it is freed. */
const LEAN_MALLOC = { MALLOC_MMAP_THRESHOLD_: '65536' };

/**
 * serverEnvironment is the environment of the server: the C library's memory is set up for a process
 * with many threads and many buffers, unless the environment says something else already.
 */
export function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...LEAN_MALLOC, ...env };
}
