import { expect, it, vi } from 'vitest';
import { WatchHub } from './watch-hub.ts';

it('ends a watch whose past cannot be read, and serves the others', async () => {
  const damage = new Error('revision 2 is not in the log');
  const hub = new WatchHub(
    {
      compactedRevision: () => 0,
      readEvents() {
        throw damage;
      },
    },
    5,
  );
  const past = { onEvents: vi.fn(), onError: vi.fn() };
  const present = { onEvents: vi.fn(), onError: vi.fn() };
  hub.watch('/', 1, past);
  hub.watch('/', 5, present);
  await expect.poll(() => past.onError.mock.calls.length).toBe(1);
  expect(past.onError.mock.calls[0]?.[0]).toMatchObject({ cause: damage });
  hub.publish([], 6);
  expect(present.onEvents).toHaveBeenCalledWith([], 6);
  expect(present.onError).not.toHaveBeenCalled();
});
