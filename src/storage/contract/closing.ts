import { expect, it } from 'vitest';
import { type Store, StoreClosedError } from '../store.ts';
import { record, until } from './recorded-watch.ts';
import { bytes } from './short-calls.ts';

/** closing is the part of the contract about a store that is closed. */
export function closing(of: () => Store): void {
  it('ends watches and refuses calls after close', async () => {
    const seen = record(of(), '', 0);
    await of().close();
    await until(() => seen.errors.length === 1);
    expect(seen.errors[0]).toBeInstanceOf(StoreClosedError);
    await expect(of().get('a')).rejects.toBeInstanceOf(StoreClosedError);
    const write = of().write({ key: 'a', value: bytes('1'), expectedModRevision: 0 });
    await expect(write).rejects.toBeInstanceOf(StoreClosedError);
    await of().close();
  });
}
