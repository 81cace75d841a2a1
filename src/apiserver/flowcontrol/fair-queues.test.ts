import { expect, it } from 'vitest';
import { type FairQueue, FairQueues } from './fair-queues.ts';

const queues = new FairQueues(2);

function queueAt(index: number): FairQueue {
  const queue = queues.shortest([index]);
  if (!queue) throw new Error(`there is no queue ${index}`);
  return queue;
}

it('lets those wait whose requests took longer than they were taken to', () => {
  const [slow, quick] = [queueAt(0), queueAt(1)];
  queues.charge(slow, 1);
  queues.charge(quick, 1);
  queues.settle(slow, 1, 1000);
  queues.settle(quick, 1, 1);
  const turns: string[] = [];
  const ask = (queue: FairQueue, name: string) =>
    queues.add({ queue, seats: 1, start: () => turns.push(name) });
  for (const index of [1, 2, 3]) {
    ask(slow, `slow ${index}`);
    ask(quick, `quick ${index}`);
  }
  for (let next = queues.peek(); next; next = queues.peek()) {
    queues.take(next);
    next.start();
  }
  expect(turns).toEqual(['quick 1', 'quick 2', 'quick 3', 'slow 1', 'slow 2', 'slow 3']);
});
