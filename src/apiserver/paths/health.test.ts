import { describe, expect, it } from 'vitest';
import type { CoreRequest } from '../request/core-request.ts';
import { Health } from './health.ts';

const away = new Error('the disk is away');

function newHealth() {
  const failures: [string, unknown][] = [];
  const fails = async () => {
    throw away;
  };
  const checks = [
    { name: 'ping', check: async () => undefined },
    { name: 'disk', check: fails },
  ];
  const health = new Health(checks, (name, error) => failures.push([name, error]));
  const ask = async (path: string) => {
    const answer = await health.serve({
      path,
      query: new URLSearchParams(),
    } as unknown as CoreRequest);
    if (answer?.kind !== 'bytes') throw new Error(`not text but ${answer?.kind}`);
    return { status: answer.status, text: new TextDecoder().decode(answer.bytes as Uint8Array) };
  };
  return { health, failures, ask };
}

describe('Health', () => {
  it('tells the server why a check failed, and clients only that it did', async () => {
    const { failures, ask } = newHealth();
    const { status, text } = await ask('/livez');
    expect(status).toBe(500);
    expect(text).toBe('[+]ping ok\n[-]disk failed: reason withheld\nlivez check failed\n');
    expect(failures).toEqual([['disk', away]]);
    expect((await ask('/livez/ping')).status).toBe(200);
    expect(await ask('/livez/disk')).toEqual({
      status: 500,
      text: 'internal server error: disk failed: reason withheld\n',
    });
    expect(failures).toHaveLength(2);
  });

  it('says nothing of failures once a shutdown has begun', async () => {
    const { health, failures, ask } = newHealth();
    health.beginShutdown();
    expect((await ask('/readyz')).text).toContain('[-]shutdown failed');
    expect(failures).toEqual([]);
  });
});
