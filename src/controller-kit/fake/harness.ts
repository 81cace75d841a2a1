import { type FakeClient, newFakeClient } from '../../client/fake/fake-client.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { Controller, ControllerDeps, Logger } from '../controller.ts';
import { newInformers } from '../informers.ts';
import { newManager } from '../manager.ts';
import { type FakeClock, newFakeClock, settle } from './fake-clock.ts';

/** LoggedLine is one line that a controller logged. */
export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** Harness runs controllers against a fake API and a fake clock. */
export interface Harness {
  readonly client: FakeClient;
  readonly clock: FakeClock;
  /** What to give the factory of a controller. */
  readonly deps: ControllerDeps;
  /** Recorded events, as `Normal Reason: message`. */
  readonly events: string[];
  readonly logged: LoggedLine[];
  /** start runs controllers until everything has settled; put objects into the client before. */
  start(...controllers: Controller[]): Promise<void>;
  /** settle waits until no controller has anything to do at the present time. */
  settle(): Promise<void>;
  /** advance moves the clock, and settles. */
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** newHarness makes a Harness; stop it after the test. */
export function newHarness(startTime?: string): Harness {
  const clock = newFakeClock(startTime);
  const client = newFakeClient({ now: () => clock.now() });
  const logged: LoggedLine[] = [];
  const log = recordingLogger(logged);
  const informers = newInformers(client, { clock, log });
  const manager = newManager({ informers, clock, log });
  const events: string[] = [];
  const recorder = {
    event: (_: KubeObject, type: string, reason: string, message: string) => {
      events.push(`${type} ${reason}: ${message}`);
    },
  };
  async function settled(): Promise<void> {
    for (let round = 0; round < 200; round += 1) {
      await settle(4);
      if (!manager.idle) continue;
      await settle(8);
      if (manager.idle) return;
    }
    throw new Error('the controllers do not come to rest');
  }
  return {
    client,
    clock,
    events,
    logged,
    deps: { client, clock, informers, recorder, log },
    async start(...controllers) {
      for (const controller of controllers) manager.add(controller);
      informers.start();
      manager.start();
      await informers.synced();
      await settled();
    },
    settle: settled,
    async advance(ms) {
      await clock.advance(ms);
      await settled();
    },
    async stop() {
      await manager.stop();
      await informers.stop();
    },
  };
}

function recordingLogger(lines: LoggedLine[]): Logger {
  const at = (level: LoggedLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
