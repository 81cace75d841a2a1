import { describe, expect, it } from 'vitest';
import { assignBackends, EMPTY_LAYOUT, fillSlots, type Layout } from './layout.ts';
import { DEFAULT_PROFILE } from './profile.ts';
import type { PlannedRoute } from './route-plan.ts';

const server = (address: string, weight = 1) => ({ address, weight });
const servers = (count: number) =>
  Array.from({ length: count }, (_, index) => server(`10.0.0.${index}:80`));

function planned(entry: string, count = 1, timeoutServerMs = 30_000): PlannedRoute {
  return {
    entry,
    profile: { ...DEFAULT_PROFILE, timeoutServerMs },
    exposure: { http: 'serve', https: false },
    servers: servers(count),
  };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => planned(`r${n}.test/`));
const owned = (layout: Layout) =>
  layout.backends.flatMap(({ owner, name }) => (owner === undefined ? [] : [`${owner}=${name}`]));

describe('assignBackends', () => {
  const start = assignBackends(EMPTY_LAYOUT, []);

  it('begins with spare backends', () => {
    expect(start.grown).toBe(true);
    expect(start.layout.backends).toHaveLength(32);
    expect(owned(start.layout)).toEqual([]);
  });

  it('fills spare backends without growing', () => {
    const { layout, grown } = assignBackends(start.layout, [planned('a/'), planned('b/')]);
    expect(grown).toBe(false);
    expect(owned(layout)).toEqual(['a/=b1', 'b/=b2']);
  });

  it('keeps the backend of a route that stays, and does not hand on one just released', () => {
    const first = assignBackends(start.layout, [planned('a/'), planned('b/')]).layout;
    const second = assignBackends(first, [planned('b/'), planned('c/')]).layout;
    expect(owned(second)).toEqual(['b/=b2', 'c/=b3']);
    const third = assignBackends(second, [planned('b/'), planned('c/'), planned('d/')]).layout;
    expect(owned(third)).toEqual(['d/=b1', 'b/=b2', 'c/=b3']);
  });

  it('grows before the spare backends are used up', () => {
    expect(assignBackends(start.layout, many(28)).grown).toBe(false);
    const { layout, grown } = assignBackends(start.layout, many(29));
    expect(grown).toBe(true);
    expect(layout.backends.filter((one) => one.owner === undefined)).toHaveLength(32);
  });

  it('moves a route that outgrows its backend to a larger one', () => {
    const small = assignBackends(start.layout, [planned('a/', 8)]).layout;
    const { layout, grown } = assignBackends(small, [planned('a/', 9)]);
    expect(grown).toBe(true);
    const [backend] = layout.backends.filter((one) => one.owner === 'a/');
    expect(backend?.slots).toHaveLength(16);
    expect(backend?.slots.filter((one) => one !== undefined)).toHaveLength(9);
  });

  it('makes a backend for a profile that no spare one has', () => {
    const { layout, grown } = assignBackends(start.layout, [planned('a/', 1, 60_000)]);
    expect(grown).toBe(true);
    const [backend] = layout.backends.filter((one) => one.owner === 'a/');
    expect(backend?.profile.timeoutServerMs).toBe(60_000);
  });
});

describe('fillSlots', () => {
  it('leaves servers that stay where they are, and takes new weights', () => {
    const before = [server('a'), undefined, server('b'), server('c')];
    expect(fillSlots(before, [server('c', 9), server('d'), server('a'), server('e')])).toEqual([
      server('a'),
      server('d'),
      server('e'),
      server('c', 9),
    ]);
  });
});
