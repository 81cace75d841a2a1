import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContainerConfig, type Engine, EngineError, type EngineEvent } from './engine.ts';
import { readTar, writeTar } from './fake/fake-images.ts';

/** EngineUnderTest is an engine with a way to make a test image that has a shell. */
export interface EngineUnderTest {
  readonly engine: Engine;
  /** A tar of a file system with `/bin/sh`, `cat`, `sleep` and `echo`. */
  rootfs(): Readable;
  /** Begins the names of everything that the suite makes. */
  readonly prefix: string;
}

async function textOf(
  chunks: AsyncIterable<{ stream: string; data: Uint8Array }>,
  stream?: string,
): Promise<string> {
  let text = '';
  for await (const chunk of chunks) {
    if (stream === undefined || chunk.stream === stream) text += Buffer.from(chunk.data).toString();
  }
  return text;
}

/** engineContract is the suite that every Engine passes. */
export function engineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`the engine contract: ${name}`, () => {
    let under: EngineUnderTest;
    let engine: Engine;
    let image: string;
    let label: Record<string, string>;
    let count = 0;

    const config = (script: string, more: Partial<ContainerConfig> = {}): ContainerConfig => ({
      image,
      entrypoint: ['/bin/sh', '-c', script],
      labels: label,
      networkMode: 'none',
      ...more,
    });
    const create = (script: string, more: Partial<ContainerConfig> = {}): Promise<string> => {
      count += 1;
      return engine.createContainer(`${under.prefix}-${count}`, config(script, more));
    };
    const run = async (script: string): Promise<string> => {
      const id = await create(script);
      await engine.startContainer(id);
      await engine.waitContainer(id);
      return id;
    };

    beforeAll(async () => {
      under = await open();
      engine = under.engine;
      image = `${under.prefix}:contract`;
      label = { 'test.prefix': under.prefix };
      await engine.importImage(image, under.rootfs(), ['CMD ["/bin/sh"]', 'ENV COLOUR=red']);
    });

    afterAll(async () => {
      for (const { id } of await engine.listContainers(label)) await engine.removeContainer(id);
      for (const tag of ['contract', 'tagged', 'committed', 'built']) {
        await engine.removeImage(`${under.prefix}:${tag}`, { force: true });
      }
      await engine.close();
    });

    it('refuses a container of an image that it has not', async () => {
      const create = engine.createContainer(`${under.prefix}-none`, {
        image: `${under.prefix}:none`,
      });
      await expect(create).rejects.toSatisfy(
        (error: unknown) => error instanceof EngineError && error.statusCode === 404,
      );
    });

    it('refuses a second container of the same name', async () => {
      const id = await create('exit 0');
      const state = await engine.inspectContainer(id);
      await expect(engine.createContainer(state?.name ?? '', config('exit 0'))).rejects.toSatisfy(
        (error: unknown) => error instanceof EngineError && error.statusCode === 409,
      );
    });

    it('runs a container to its exit code and tells its story', async () => {
      const id = await create('echo out; echo err >&2; exit 3');
      expect(await engine.inspectContainer(id)).toMatchObject({
        status: 'created',
        startedAt: undefined,
        pid: 0,
        labels: label,
        image,
      });
      await engine.startContainer(id);
      expect(await engine.waitContainer(id)).toBe(3);
      const state = await engine.inspectContainer(id);
      expect(state).toMatchObject({ status: 'exited', exitCode: 3, pid: 0, oomKilled: false });
      expect(Date.parse(state?.finishedAt ?? '')).toBeGreaterThanOrEqual(
        Date.parse(state?.startedAt ?? ''),
      );
      const logs = (stream: string) =>
        engine
          .logs(id, { follow: false, timestamps: false })
          .then((chunks) => textOf(chunks, stream));
      expect(await logs('stdout')).toBe('out\n');
      expect(await logs('stderr')).toBe('err\n');
    });

    it('forgets a removed container, and removes it twice', async () => {
      const id = await run('exit 0');
      await engine.removeContainer(id);
      await engine.removeContainer(id);
      expect(await engine.inspectContainer(id)).toBeUndefined();
    });

    it('lists running and stopped containers by all of some labels', async () => {
      const mine = { ...label, kind: 'listed' };
      const id = await create('sleep 60', { labels: mine });
      await engine.startContainer(id);
      const stopped = await create('exit 0', { labels: mine });
      const rows = await engine.listContainers(mine);
      expect(rows.map((row) => [row.id, row.status]).sort()).toEqual(
        [
          [id, 'running'],
          [stopped, 'created'],
        ].sort(),
      );
      expect(await engine.listContainers({ ...mine, other: 'x' })).toEqual([]);
      await engine.killContainer(id, 'SIGKILL');
    });

    it('stops with a signal, and stopping the stopped is no error', async () => {
      const id = await create('sleep 60');
      await engine.startContainer(id);
      await engine.stopContainer(id, 1);
      await engine.stopContainer(id, 1);
      expect((await engine.inspectContainer(id))?.status).toBe('exited');
      await expect(engine.killContainer(id, 'SIGTERM')).rejects.toBeInstanceOf(EngineError);
    });

    it('answers the tail of a log, with times', async () => {
      const id = await run('echo one; echo two; echo three');
      const tail = await engine.logs(id, { follow: false, timestamps: false, tailLines: 2 });
      expect(await textOf(tail)).toBe('two\nthree\n');
      const timed = await engine.logs(id, { follow: false, timestamps: true, tailLines: 1 });
      expect(await textOf(timed)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z three\n$/);
    });

    it('follows a log to the end of the container', async () => {
      const id = await create('echo one; sleep 0.2; echo two');
      await engine.startContainer(id);
      const chunks = await engine.logs(id, { follow: true, timestamps: false });
      expect(await textOf(chunks)).toBe('one\ntwo\n');
    });

    it('ends a followed log when the reader has enough', async () => {
      const id = await create('echo one; sleep 60');
      await engine.startContainer(id);
      const abort = new AbortController();
      const chunks = await engine.logs(id, {
        follow: true,
        timestamps: false,
        signal: abort.signal,
      });
      let seen = '';
      for await (const chunk of chunks) {
        seen += Buffer.from(chunk.data).toString();
        abort.abort();
      }
      expect(seen).toBe('one\n');
      await engine.killContainer(id, 'SIGKILL');
    });

    it('carries stdin of an attached container to its end', async () => {
      const id = await create('cat', { openStdin: true, stdinOnce: true });
      const attached = await engine.attach(id, { stdin: true, tty: false });
      await engine.startContainer(id);
      const big = 'x'.repeat(300_000);
      attached.stdin?.end(`${big}\n`);
      expect((await textOf(attached.output)).length).toBe(300_001);
      expect(await engine.waitContainer(id)).toBe(0);
    });

    it('runs a process in a container, with stdin and an exit code', async () => {
      const id = await create('sleep 60');
      await engine.startContainer(id);
      const session = await engine.exec(id, {
        command: ['/bin/sh', '-c', 'cat; echo bad >&2; exit 7'],
        stdin: true,
        tty: false,
      });
      session.stdin?.end('hello\n');
      const seen = await textOf(session.output);
      expect([...seen.split('\n')].sort()).toEqual(['', 'bad', 'hello']);
      expect(await session.exitCode()).toBe(7);
      await engine.killContainer(id, 'SIGKILL');
    });

    it('puts and gets files', async () => {
      const id = await create('cat /tmp/note.txt');
      await engine.putArchive(id, '/tmp', writeTar([['note.txt', Buffer.from('noted\n')]]));
      await engine.startContainer(id);
      await engine.waitContainer(id);
      const logs = await engine.logs(id, { follow: false, timestamps: false });
      expect(await textOf(logs)).toBe('noted\n');
      const files = await readTar(await engine.getArchive(id, '/tmp/note.txt'));
      expect(Buffer.from(files.get('/note.txt') ?? '').toString()).toBe('noted\n');
    });

    it('commits a container with a new configuration', async () => {
      const id = await run('exit 0');
      await engine.putArchive(id, '/tmp', writeTar([['kept.txt', Buffer.from('kept\n')]]));
      const committed = await engine.commit(id, {
        repository: under.prefix,
        tag: 'committed',
        config: {
          entrypoint: ['/bin/sh', '-c', 'cat /tmp/kept.txt'],
          user: '1001',
          labels: { made: 'so' },
        },
      });
      const made = await engine.inspectImage(committed);
      expect(made?.config).toMatchObject({ user: '1001', labels: { made: 'so' } });
      expect(made?.config.env).toContain('COLOUR=red');
      expect(made?.repoTags).toContain(`${under.prefix}:committed`);
    });

    it('tags, lists and removes images', async () => {
      const tagged = `${under.prefix}:tagged`;
      await engine.tag(image, under.prefix, 'tagged');
      const found = await engine.inspectImage(tagged);
      expect(found?.id).toBe((await engine.inspectImage(image))?.id);
      expect((await engine.listImages()).map((one) => one.id)).toContain(found?.id);
      await engine.removeImage(tagged);
      await engine.removeImage(tagged);
      expect(await engine.inspectImage(tagged)).toBeUndefined();
      expect(await engine.inspectImage(image)).toBeDefined();
    });

    it('builds from a Dockerfile, and lists by label', async () => {
      let output = '';
      const id = await engine.build(
        writeTar([['Dockerfile', Buffer.from(`FROM ${image}\nLABEL from=${under.prefix}\n`)]]),
        {
          tags: [`${under.prefix}:built`],
          labels: { 'test.built': under.prefix },
          onOutput: (text) => {
            output += text;
          },
        },
      );
      expect(id).toMatch(/^(sha256:)?[0-9a-f]+$/);
      expect(output).toContain(`FROM ${image}`);
      const listed = await engine.listImages({ 'test.built': under.prefix });
      expect(listed.map((one) => one.repoTags)).toEqual([[`${under.prefix}:built`]]);
    });

    it('saves and loads images', async () => {
      await engine.tag(image, under.prefix, 'tagged');
      const chunks: Buffer[] = [];
      for await (const chunk of await engine.save([`${under.prefix}:tagged`])) {
        chunks.push(chunk as Buffer);
      }
      await engine.removeImage(`${under.prefix}:tagged`);
      const { Readable } = await import('node:stream');
      await engine.load(Readable.from(chunks));
      expect(await engine.inspectImage(`${under.prefix}:tagged`)).toBeDefined();
    });

    it('tells what happens to labelled containers', async () => {
      const mine = { ...label, kind: 'watched' };
      const abort = new AbortController();
      const seen: EngineEvent[] = [];
      const watching = (async () => {
        const stream = engine.events({ labels: ['kind=watched'], signal: abort.signal });
        for await (const event of stream) {
          seen.push(event);
          if (event.action === 'die') abort.abort();
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const id = await create('exit 5', { labels: mine });
      await engine.startContainer(id);
      await watching;
      expect(seen.map((event) => event.action)).toEqual(['create', 'start', 'die']);
      expect(seen.at(-1)).toMatchObject({ containerId: id, exitCode: 5 });
      expect(seen.at(-1)?.labels).toMatchObject({ kind: 'watched' });
    });

    it('says that the image could not be pulled', async () => {
      const missing = engine.pull(`127.0.0.1:1/${under.prefix}:none`);
      await expect(missing).rejects.toBeInstanceOf(EngineError);
    });
  });
}
