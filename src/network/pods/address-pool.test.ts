import { describe, expect, it } from 'vitest';
import { parseCidr } from '../ipv4.ts';
import { AddressPool } from './address-pool.ts';

const newPool = (cidr = '10.199.0.0/29') => new AddressPool(parseCidr(cidr), ['10.199.0.1']);

describe('AddressPool', () => {
  it('hands out neither network, gateway nor broadcast address, and says when it is empty', () => {
    const pool = newPool();
    const given = ['a', 'b', 'c', 'd', 'e'].map((owner) => pool.allocate(owner));
    expect(given).toEqual(['10.199.0.2', '10.199.0.3', '10.199.0.4', '10.199.0.5', '10.199.0.6']);
    expect(() => pool.allocate('f')).toThrow('no free address in 10.199.0.0/29: 5 pods have one');
  });

  it('answers the same address to the same owner', () => {
    const pool = newPool();
    expect(pool.allocate('a')).toBe(pool.allocate('a'));
  });

  it('uses a freed address again as late as possible', () => {
    const pool = newPool();
    pool.allocate('a');
    pool.release('a');
    expect(pool.allocate('b')).toBe('10.199.0.3');
    for (const owner of ['c', 'd', 'e']) pool.allocate(owner);
    expect(pool.allocate('f')).toBe('10.199.0.2');
  });

  it('keeps restored addresses and goes on after them', () => {
    const pool = newPool();
    expect(pool.restore('a', '10.199.0.4')).toBe(true);
    expect(pool.allocate('a')).toBe('10.199.0.4');
    expect(pool.allocate('b')).toBe('10.199.0.5');
  });

  it('refuses to restore what is foreign or taken', () => {
    const pool = newPool();
    pool.restore('a', '10.199.0.4');
    expect(pool.restore('b', '10.199.0.4')).toBe(false);
    expect(pool.restore('a', '10.199.0.5')).toBe(false);
    expect(pool.restore('c', '192.0.2.1')).toBe(false);
    expect(pool.owners()).toEqual(['a']);
  });
});
