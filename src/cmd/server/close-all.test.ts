import { expect, it } from 'vitest';
import { closeAll } from './close-all.ts';

it('closes what comes after a part that cannot be closed, and says so', async () => {
  const seen: string[] = [];
  const log = { error: (_: object, message: string) => seen.push(message) };
  const part = (name: string, failure?: Error) => ({
    close: async () => {
      seen.push(name);
      if (failure) throw failure;
    },
  });
  expect(await closeAll([part('a', new Error('the engine is gone')), part('b')], log)).toBe(false);
  expect(seen).toEqual(['a', 'a part of the server could not be stopped', 'b']);
  expect(await closeAll([part('c')], log)).toBe(true);
});
