import { describe, expect, it } from 'vitest';
import type {
  FlowSchemaSpec,
  PriorityLevelConfigurationSpec,
} from '../../apis/flowcontrol.apiserver.k8s.io/v1/types.ts';
import { parseRequest } from '../request/request-info.ts';
import { type FlowConfiguration, FlowControl } from './flow-control.ts';
import type { Seats } from './priority-level.ts';
import { newSharedSeats, SharedSeats } from './shared-seats.ts';
import { dealHand, flowHash } from './shuffle-shard.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const never = () => new AbortController().signal;
const infoOf = (path: string) => parseRequest('GET', path, new URLSearchParams());
const userOf = (name: string, ...groups: string[]) => ({
  name,
  groups: [...groups, 'system:authenticated'],
});

/** manualClock is a clock whose turns and timers the test runs. */
function manualClock() {
  const turns: (() => void)[] = [];
  const timers = new Map<() => void, number>();
  let now = 0;
  return {
    clock: {
      now: () => now,
      setTimer(ms: number, callback: () => void) {
        timers.set(callback, ms);
        return () => void timers.delete(callback);
      },
      nextTurn: (callback: () => void) => void turns.push(callback),
    },
    turn(ms = 3) {
      now += ms;
      for (const one of turns.splice(0)) one();
    },
    expire(upToMs = Number.POSITIVE_INFINITY) {
      for (const [callback, ms] of [...timers]) if (ms <= upToMs) callback();
    },
    timers,
  };
}

function level(
  shares: number,
  queuing?: { queues: number; handSize: number; queueLengthLimit: number },
  lendablePercent = 0,
): PriorityLevelConfigurationSpec {
  const limitResponse = queuing ? { type: 'Queue', queuing } : { type: 'Reject' };
  return {
    type: 'Limited',
    limited: { nominalConcurrencyShares: shares, lendablePercent, limitResponse },
  };
}

function schema(name: string, levelName: string, user: string): [string, FlowSchemaSpec] {
  return [
    name,
    {
      matchingPrecedence: 10,
      distinguisherMethod: { type: 'ByUser' },
      priorityLevelConfiguration: { name: levelName },
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: user } }],
          resourceRules: [
            {
              verbs: ['*'],
              apiGroups: ['*'],
              resources: ['*'],
              namespaces: ['*'],
              clusterScope: true,
            },
          ],
        },
      ],
    },
  ];
}

function newControl(
  totalSeats: number,
  levels: Record<string, PriorityLevelConfigurationSpec> = {},
  schemas: [string, FlowSchemaSpec][] = [],
  seats?: SharedSeats,
) {
  const manual = manualClock();
  const state = { revision: 1 };
  const configuration: FlowConfiguration = {
    schemas: schemas.map(([name, spec]) => ({
      apiVersion,
      kind: 'FlowSchema',
      metadata: { name, uid: `${name}-uid` },
      spec,
    })),
    levels: Object.entries(levels).map(([name, spec]) => ({
      apiVersion,
      kind: 'PriorityLevelConfiguration',
      metadata: { name, uid: `${name}-uid` },
      spec,
    })),
  };
  const control = new FlowControl({
    totalSeats,
    maxWaitMs: 1000,
    clock: manual.clock,
    seats,
    revision: () => state.revision,
    configuration: () => configuration,
  });
  const enter = (user: string, path = '/api/v1/namespaces/ns/pods/p', seats = 1) => {
    const flow = control.flowOf(userOf(user), infoOf(path));
    if (!flow) throw new Error('no flow');
    return flow.level.enter(
      { schema: flow.schema, distinguisher: flow.distinguisher, seats },
      never,
    );
  };
  return { control, manual, enter, state };
}

function granted(seats: Seats | Promise<Seats>) {
  if (seats instanceof Promise || seats.kind !== 'granted') throw new Error('not granted at once');
  return seats;
}

describe('FlowControl', () => {
  it.each([
    ['admin', ['system:masters'], '/api/v1/pods', 'exempt', 'exempt'],
    ['system:anonymous', [], '/healthz', 'probes', 'exempt'],
    ['system:node:a', ['system:nodes'], '/api/v1/nodes/a/status', 'system-node-high', 'node-high'],
    ['system:node:a', ['system:nodes'], '/api/v1/pods', 'system-nodes', 'system'],
    [
      'system:serviceaccount:kube-system:x',
      ['system:serviceaccounts'],
      '/api/v1/pods',
      'kube-system-service-accounts',
      'workload-high',
    ],
    [
      'system:serviceaccount:other:x',
      ['system:serviceaccounts'],
      '/api/v1/pods',
      'service-accounts',
      'workload-low',
    ],
    ['alice', [], '/api/v1/pods', 'global-default', 'global-default'],
  ])('knows without any configuration where %s in %j asking for %s belongs', (...one) => {
    const [name, groups, path, schemaName, levelName] = one;
    const flow = newControl(600).control.flowOf(userOf(name, ...groups), infoOf(path));
    expect([flow?.schema, flow?.level.name]).toEqual([schemaName, levelName]);
  });

  it('gives every level seats by its shares', () => {
    const seats = newControl(600).control.levels.map(({ name, settings }) => [
      name,
      settings.nominalSeats,
    ]);
    expect(Object.fromEntries(seats)).toMatchObject({
      'workload-low': 245,
      'global-default': 49,
      'catch-all': 13,
    });
  });

  it('keeps a level and its requests while its configuration stays', () => {
    const { control, state } = newControl(600);
    const before = control.levels;
    state.revision += 1;
    expect(control.levels.map((one, index) => one === before[index])).not.toContain(false);
  });

  it('rejects what a level without queues has no seat for', () => {
    const { enter } = newControl(2, { l: level(2) }, [schema('s', 'l', 'a')]);
    // The mandatory catch-all has 5 of 7 shares.
    granted(enter('a'));
    expect(enter('a')).toMatchObject({ kind: 'rejected', reason: 'concurrency-limit' });
  });

  it('lends seats that a level does not need, and no more than it lends', () => {
    const levels = { small: level(5), large: level(90, undefined, 50) };
    const { enter } = newControl(100, levels, [
      schema('s', 'small', 'a'),
      schema('t', 'large', 'b'),
    ]);
    for (let index = 0; index < 50; index += 1) granted(enter('a'));
    expect(enter('a')).toMatchObject({ kind: 'rejected' });
    for (let index = 0; index < 90; index += 1) granted(enter('b'));
    expect(enter('b')).toMatchObject({ kind: 'rejected' });
  });

  it('lends a seat to who waits for one, as soon as its level has no need of it', async () => {
    const queuing = { queues: 1, handSize: 1, queueLengthLimit: 9 };
    const levels = { small: level(5, queuing), large: level(90, undefined, 50) };
    const { enter, manual } = newControl(100, levels, [
      schema('s', 'small', 'a'),
      schema('t', 'large', 'b'),
    ]);
    const lenders = Array.from({ length: 90 }, () => granted(enter('b')));
    for (let index = 0; index < 5; index += 1) granted(enter('a'));
    const waits = enter('a');
    expect(waits).toBeInstanceOf(Promise);
    lenders[0]?.release();
    manual.turn();
    manual.expire();
    granted(await waits);
  });

  it('turns away whoever finds its queue full, and whoever waits too long', async () => {
    const queuing = { queues: 1, handSize: 1, queueLengthLimit: 1 };
    const { enter, manual } = newControl(1, { l: level(1, queuing) }, [schema('s', 'l', 'a')]);
    granted(enter('a'));
    const waits = enter('a');
    expect(enter('a')).toMatchObject({ kind: 'rejected', reason: 'queue-full' });
    manual.expire();
    expect(await waits).toMatchObject({ kind: 'rejected', reason: 'time-out' });
    expect(manual.timers.size).toBe(0);
  });

  it('starts who waits when a seat is given back, and counts a seat once', async () => {
    const queuing = { queues: 1, handSize: 1, queueLengthLimit: 9 };
    const { enter, manual } = newControl(1, { l: level(1, queuing) }, [schema('s', 'l', 'a')]);
    const first = granted(enter('a'));
    const [second, third] = [enter('a'), enter('a')];
    first.release();
    first.release();
    manual.turn();
    granted(await second).release();
    manual.turn();
    granted(await third);
  });

  it('serves a quiet client in between those of a flood', async () => {
    const queuing = { queues: 64, handSize: 4, queueLengthLimit: 1000 };
    const levels = { l: level(1000, queuing) };
    const { enter, manual } = newControl(4, levels, [
      schema('s', 'l', 'noisy'),
      schema('t', 'l', 'quiet'),
    ]);
    const order: string[] = [];
    const send = (user: string) =>
      Promise.resolve(enter(user)).then((seats) => {
        order.push(user);
        if (seats.kind === 'granted') seats.release();
      });
    const all = Array.from({ length: 500 }, () => send('noisy'));
    all.push(...Array.from({ length: 20 }, () => send('quiet')));
    while (order.length < all.length) {
      manual.turn();
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The flood fills the four queues of its hand; the quiet one shares at most some of them.
    expect(order.slice(0, 200).filter((one) => one === 'quiet')).toHaveLength(20);
    await Promise.all(all);
  });
});

describe('dealHand', () => {
  it('deals different cards of the deck', () => {
    for (let index = 0; index < 200; index += 1) {
      const hand = dealHand(flowHash('s', `user-${index}`), 16, 4);
      expect(new Set(hand).size).toBe(4);
      expect(hand.every((card) => card >= 0 && card < 16)).toBe(true);
    }
  });

  it('rarely deals two flows the same hand', () => {
    const hands = Array.from({ length: 200 }, (_, index) =>
      dealHand(flowHash('s', `user-${index}`), 128, 6)
        .sort()
        .join(),
    );
    expect(new Set(hands).size).toBe(200);
  });
});

describe('threads', () => {
  const LEVELS = {
    l: level(1, { queues: 1, handSize: 1, queueLengthLimit: 50 }),
    'catch-all': level(0),
    exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0 } },
  };
  const SCHEMAS = [schema('s', 'l', 'noisy'), schema('q', 'l', 'quiet')];

  function twoThreads(totalSeats: number) {
    const buffer = newSharedSeats(2);
    return [0, 1].map((thread) =>
      newControl(totalSeats, LEVELS, SCHEMAS, new SharedSeats({ buffer, thread })),
    ) as [ReturnType<typeof newControl>, ReturnType<typeof newControl>];
  }

  it('have no more seats together than one would have', () => {
    const [one, other] = twoThreads(6);
    for (let count = 0; count < 4; count += 1) granted(one.enter('noisy'));
    granted(other.enter('quiet'));
    granted(other.enter('quiet'));
    expect(other.enter('quiet')).toBeInstanceOf(Promise);
    expect(one.enter('noisy')).toBeInstanceOf(Promise);
  });

  it('give way to requests that wait in others', async () => {
    const [one, other] = twoThreads(4);
    const running = Array.from({ length: 4 }, () => granted(one.enter('noisy')));
    for (let count = 0; count < 10; count += 1) void one.enter('noisy');
    const waiting = [other.enter('quiet'), other.enter('quiet')];
    for (const seats of running.splice(0, 2)) seats.release();
    one.manual.turn();
    // The flood of the first thread keeps its half; the other half is free.
    expect(one.control.levels.map(({ seatsInUse }) => seatsInUse)).toContain(2);
    other.manual.expire(10);
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['granted', 'granted']);
  });

  it('use what others do not want, and what a thread had that ended', () => {
    const buffer = newSharedSeats(2);
    const ended = new SharedSeats({ buffer, thread: 1 });
    ended.of('l')?.used(3);
    const { enter } = newControl(4, LEVELS, SCHEMAS, new SharedSeats({ buffer, thread: 0 }));
    granted(enter('noisy'));
    expect(enter('noisy')).toBeInstanceOf(Promise);
    ended.leave();
    expect(ended.of('l')?.inUse()).toBe(1);
    const again = newControl(4, LEVELS, SCHEMAS, new SharedSeats({ buffer, thread: 0 }));
    for (let count = 0; count < 4; count += 1) granted(again.enter('noisy'));
  });
});
