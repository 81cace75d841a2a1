import { describe, expect, it } from 'vitest';
import { parseMap, parseServers } from './running-state.ts';
import { batches } from './runtime-socket.ts';

const SERVERS = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_port
3 b1 1 s1 127.0.0.1 2 0 10 10 19001
3 b1 2 s2 10.9.9.9 0 5 20 1 80
3 b1 3 s3 0.0.0.0 0 4 1 1 1
`;

describe('what HAProxy says', () => {
  it('names the servers that are not in maintenance', () => {
    expect([...parseServers(SERVERS)]).toEqual([
      ['b1/s1', { address: '127.0.0.1:19001', weight: 10 }],
    ]);
  });

  it('lists the entries of a map', () => {
    expect([...parseMap('0x55d0 a.test/ b1\n0x55d1 b.test/api/ b2\n\n')]).toEqual([
      ['a.test/', 'b1'],
      ['b.test/api/', 'b2'],
    ]);
  });
});

describe('what is said to HAProxy', () => {
  it('goes in lines that fit its buffer, in order', () => {
    const commands = Array.from({ length: 1000 }, (_, index) => `set server b${index}/s1 weight 1`);
    const lines = batches(commands);
    expect(lines.length).toBeGreaterThan(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(13_000);
    expect(lines.flatMap((line) => line.split('; '))).toEqual(commands);
  });
});
