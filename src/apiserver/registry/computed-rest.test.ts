import { expect, it, vi } from 'vitest';
import type { WatchEvent } from '../../machinery/object.ts';
import { iterableWatch } from './computed-rest.ts';

function setUp(signal = new AbortController().signal) {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const sink = { send: vi.fn(), end: vi.fn() };
  const cause = new Error('the source is broken');
  async function* events(): AsyncGenerator<WatchEvent> {
    const metadata = { name: 'a', namespace: 'ns' };
    yield { type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata } };
    throw cause;
  }
  return { close: iterableWatch(events(), signal, log).open(sink), log, sink, cause };
}

it('ends with its source, and says where that failed', async () => {
  const { sink, log, cause } = setUp();
  await expect.poll(() => sink.end.mock.calls.length).toBe(1);
  expect(sink.send).toHaveBeenCalledTimes(1);
  expect(log.error).toHaveBeenCalledWith({ err: cause }, 'the source of a watch failed');
});

it('says nothing to who has closed it', async () => {
  const { close, sink, log } = setUp();
  close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sink.end).not.toHaveBeenCalled();
  expect(log.error).not.toHaveBeenCalled();
});
