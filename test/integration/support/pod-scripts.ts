import type { Container, Pod, PodSpec } from '../../../src/apis/core/v1/types.ts';
import { type NodeBed, textOf } from './node-bed.ts';

/** PodScripts run scripts in pods. */
export interface PodScripts {
  /** container is one, `main`, that runs a script. */
  container(script: string, more?: Partial<Container>): Container;
  logOf(pod: string, container?: string): Promise<string>;
  /** output runs a pod to its end and answers its log. */
  output(
    name: string,
    script: string,
    more?: Partial<PodSpec>,
    own?: Partial<Container>,
  ): Promise<{ readonly pod: Pod; readonly text: string }>;
}

/** isReady tells of a pod whether its readiness was noted. */
export const isReady = (pod: Pod): boolean =>
  (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');

/** newPodScripts runs them on the node that there is when one begins. */
export function newPodScripts(node: () => NodeBed): PodScripts {
  const logOf = async (pod: string, container = 'main'): Promise<string> => {
    const path = `/containerLogs/test/${pod}/${container}`;
    const body = await node().agent().connect(path, { query: new URLSearchParams() });
    if (body?.kind !== 'bytes') throw new Error('no bytes');
    return textOf(body.bytes);
  };
  const container = (script: string, more: Partial<Container> = {}): Container => ({
    name: 'main',
    image: node().image,
    command: ['/bin/sh', '-c', script],
    ...more,
  });
  const output = async (
    name: string,
    script: string,
    more: Partial<PodSpec> = {},
    own: Partial<Container> = {},
  ) => {
    await node().create(name, {
      restartPolicy: 'Never',
      ...more,
      containers: [container(script, own)],
    });
    const pod = await node().until(name, ({ status }) =>
      ['Succeeded', 'Failed'].includes(status?.phase ?? ''),
    );
    const text = await logOf(name);
    await node().remove(name);
    return { pod, text };
  };
  return { container, logOf, output };
}
