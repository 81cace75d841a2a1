import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../apis/apps/v1/types.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { editDeployment, triggersOf } from './deployment-triggers.ts';
import { command } from './triggers.ts';

const TRIGGERS = 'image.openshift.io/triggers';
const WEB = { kind: 'ImageStreamTag', name: 'web:1.0' };

function deployment(triggers?: object[]): Deployment {
  const annotations: Record<string, string> = triggers
    ? { [TRIGGERS]: JSON.stringify(triggers) }
    : {};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'p', annotations },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        spec: {
          initContainers: [{ name: 'init', image: 'i' }],
          containers: [{ name: 'web', image: 'w' }],
        },
      },
    },
  };
}

const trigger = (container: string, from: object = WEB, list = 'containers') => ({
  from,
  fieldPath: `spec.template.spec.${list}[?(@.name=="${container}")].image`,
});

function edit(config: Deployment, line: string, from: object = WEB): unknown {
  const { flags } = parseFlags(line.split(' '), command.flags ?? []);
  editDeployment(config, flags, from);
  return JSON.parse(config.metadata.annotations?.[TRIGGERS] ?? '');
}

describe('editDeployment', () => {
  it('adds a trigger for the only container to the annotation', () => {
    expect(edit(deployment(), '--from-image=web:1.0')).toEqual([trigger('web')]);
  });

  it('names the field of init containers and the project of other streams', () => {
    const other = { ...WEB, namespace: 'q' };
    expect(edit(deployment(), '--from-image=q/web:1.0 -c init', other)).toEqual([
      trigger('init', other, 'initContainers'),
    ]);
    expect(edit(deployment(), '--from-image=p/web:1.0', { ...WEB, namespace: 'p' })).toEqual([
      trigger('web'),
    ]);
  });

  it('pauses and resumes all triggers, and the Deployment with them', () => {
    const config = deployment([trigger('web')]);
    expect(edit(config, '--manual')).toEqual([{ ...trigger('web'), paused: true }]);
    expect(config.spec?.paused).toBe(true);
    expect(edit(config, '--auto')).toEqual([trigger('web')]);
    expect(config.spec?.paused).toBe(false);
  });

  it('removes one trigger or all of them', () => {
    const config = deployment([
      trigger('web'),
      trigger('init', { ...WEB, name: 'i:1' }, 'initContainers'),
    ]);
    expect(edit(config, '--remove --from-image=web:1.0')).toHaveLength(1);
    expect(edit(config, '--remove-all')).toBeNull();
    expect(config.spec?.paused).toBe(true);
  });

  it.each([
    ['--from-image=x:1 -c web', 'only one trigger may reference each container: web'],
    ['--from-image=x:1 -c no', 'not all container names exist: no (accepts: init, web)'],
    ['--from-github', 'does not support GitHub web hooks'],
  ])('refuses %s', (line, message) => {
    expect(() => edit(deployment([trigger('web')]), line, { ...WEB, name: 'x:1' })).toThrow(
      `deployments/web ${message}`,
    );
  });
});

describe('triggersOf', () => {
  it('finds containers by name and by number, and leaves out what does not exist', () => {
    const config = deployment([
      { from: WEB, fieldPath: 'spec.template.spec.containers[0].image', paused: true },
      { from: WEB, fieldPath: 'spec.template.spec.containers[3].image' },
      trigger('nobody'),
    ]);
    expect(triggersOf(config)).toEqual([{ container: 'web', from: WEB, isPaused: true }]);
  });

  it('is empty when the annotation cannot be read', () => {
    const config = deployment();
    config.metadata.annotations = { [TRIGGERS]: '{' };
    expect(triggersOf(config)).toEqual([]);
  });
});
