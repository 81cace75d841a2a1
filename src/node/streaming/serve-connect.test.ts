import { describe, expect, it } from 'vitest';
import { newFakeEngine } from '../../engine/fake/fake-engine.ts';
import type { ConnectCall } from './connect-call.ts';
import { serveConnect } from './serve-connect.ts';

describe('serveConnect', () => {
  const deps = { engine: newFakeEngine(), find: () => undefined };
  const call = { query: new URLSearchParams() } as ConnectCall;

  it.each([
    ['/containerLogs/p1/web/main', 'pods "web" not found'],
    ['/stats/summary', 'the server could not find the requested resource'],
    ['/metrics', 'the server could not find the requested resource'],
  ])('refuses %s: %s', async (path, text) => {
    await expect(serveConnect(path, call, deps)).rejects.toThrow(text);
  });
});
