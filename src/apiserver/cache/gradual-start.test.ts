import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import { WatchMessage } from './cache-event.ts';
import { Entry } from './entry.ts';
import { GradualSink } from './gradual-start.ts';
import type { MessageSink } from './message-sink.ts';

function entry(name: string, size = 100_000): Entry {
  const bytes = Buffer.from(JSON.stringify({ metadata: { name }, data: 'x'.repeat(size) }));
  return new Entry({ namespace: '', name, revision: 1, bytes });
}

const entries = Array.from({ length: 40 }, (_, index) => entry(`e${index}`));
const turn = () => new Promise((resolve) => setImmediate(resolve));

class Recorder implements MessageSink {
  readonly names: string[] = [];
  ended = 0;
  taken: () => Promise<void> | undefined = () => undefined;

  send(message: WatchMessage): void {
    const { metadata } = message.payload.object as KubeObject;
    this.names.push(`${message.type} ${metadata.name}`);
  }

  end(): void {
    this.ended += 1;
  }
}

const event = (name: string) => new WatchMessage('MODIFIED', entry(name, 1));
const start = { initial: entries, matches: () => true, mark: undefined };

describe('GradualSink', () => {
  it('lets the event loop turn, and sends events after the initial entries', async () => {
    const to = new Recorder();
    const sink = new GradualSink(to);
    const started = sink.start({ ...start, mark: new WatchMessage('BOOKMARK', entry('mark', 1)) });
    expect(to.names.length).toBeLessThan(10);
    sink.send(event('a'));
    await started;
    sink.send(event('b'));
    expect(to.names.slice(0, 2)).toEqual(['ADDED e0', 'ADDED e1']);
    expect(to.names.slice(39)).toEqual(['ADDED e39', 'BOOKMARK mark', 'MODIFIED a', 'MODIFIED b']);
  });

  it('waits for a receiver that has not taken what was sent', async () => {
    const to = new Recorder();
    let release: () => void = () => undefined;
    to.taken = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const started = new GradualSink(to).start(start);
    for (let i = 0; i < 20; i += 1) await turn();
    const sent = to.names.length;
    expect(sent).toBeLessThan(10);
    to.taken = () => undefined;
    release();
    await started;
    expect(to.names).toHaveLength(40);
  });

  it('leaves out what does not match', async () => {
    const to = new Recorder();
    await new GradualSink(to).start({ ...start, matches: (one) => one.name === 'e7' });
    expect(to.names).toEqual(['ADDED e7']);
  });

  it('says nothing more after it was stopped or ended', async () => {
    const [stopped, ended] = [new Recorder(), new Recorder()];
    const sinks = [new GradualSink(stopped), new GradualSink(ended)];
    const started = sinks.map((sink) => sink.start(start));
    sinks[0]?.stop();
    sinks[1]?.end();
    const before = [stopped.names.length, ended.names.length];
    await Promise.all(started);
    for (const sink of sinks) sink.send(event('a'));
    expect([stopped.names.length, ended.names.length]).toEqual(before);
    expect([stopped.ended, ended.ended]).toEqual([0, 1]);
  });

  it('is cut off when too much happens before it has begun', async () => {
    const to = new Recorder();
    to.taken = () => new Promise(() => undefined);
    const sink = new GradualSink(to);
    void sink.start(start);
    await turn();
    for (let i = 0; i <= 10_000; i += 1) sink.send(event('a'));
    expect(to.ended).toBe(1);
  });
});
