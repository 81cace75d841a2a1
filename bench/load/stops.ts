import { ask, type Target } from './target.ts';

/**
 * longestTurnMs is the longest processor time between two turns of an event loop, of the main thread
 * or of a front thread, since it was last asked.
 */
export async function longestTurnMs(target: Target): Promise<number> {
  const { text } = await ask(target, { method: 'GET', path: '/metrics' });
  const seconds = /^nodejs_eventloop_lag_max_processor_seconds (\S+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error('the server does not measure its event loop');
  return Number(seconds) * 1000;
}
