import { describe, expect, it } from 'vitest';
import { eventually } from '../platform.ts';
import { podOf, type Stage } from '../stage.ts';

const MINUTE = 60_000;

/** underLoad asks the route over and over while something happens, and answers what was not 200. */
async function underLoad(
  stage: Stage,
  happens: () => Promise<void>,
): Promise<{ answers: number; failures: string[] }> {
  let done = false;
  let answers = 0;
  const failures: string[] = [];
  const client = async () => {
    while (!done) {
      try {
        const { status } = await stage.ruby();
        if (status === 200) answers += 1;
        else failures.push(`status ${status}`);
      } catch (error) {
        failures.push(String(error));
      }
      await new Promise((next) => setTimeout(next, 10));
    }
  };
  const clients = [client(), client(), client(), client()];
  try {
    await happens();
  } finally {
    done = true;
    await Promise.all(clients);
  }
  return { answers, failures };
}

/** changeApplication tells what happens when the source changes, and when there are more pods. */
export function changeApplication(stage: Stage): void {
  describe('a change of the application', () => {
    it(
      'builds and rolls out a change of the source without a failed request',
      async () => {
        await stage.repositories.change('ruby-hello', 'config.ru', (text) =>
          text.replace('Hello from Sampan</h1>', 'Changed</h1>'),
        );
        const { answers, failures } = await underLoad(stage, async () => {
          await stage.platform.oc('start-build', 'ruby-hello', '--wait');
          await eventually(MINUTE, async () =>
            expect((await stage.ruby()).body).toContain('Changed</h1>'),
          );
          await stage.rolledOut('ruby-hello');
          await eventually(MINUTE, async () => {
            const pods = await stage.platform.oc(
              'get',
              'pods',
              '-l',
              'deploymentconfig=ruby-hello',
              '-o',
              'name',
            );
            expect(pods.trim().split('\n')).toHaveLength(1);
          });
        });
        expect(failures).toEqual([]);
        expect(answers).toBeGreaterThan(50);
      },
      5 * MINUTE,
    );

    it(
      'spreads requests over all pods after scale',
      async () => {
        await stage.platform.oc('scale', 'dc/ruby-hello', '--replicas=3');
        await eventually(2 * MINUTE, async () => {
          const pods = new Set<string>();
          for (let index = 0; index < 30; index += 1) pods.add(podOf((await stage.ruby()).body));
          expect(pods.size).toBe(3);
        });
      },
      3 * MINUTE,
    );
  });
}
