import type { Deployment } from '../../../apis/apps/v1/types.ts';
import type { ObjectReference } from '../../../apis/core/v1/types.ts';
import { CliError } from '../../cli-error.ts';
import type { FlagValues } from '../../flags/flag-values.ts';
import {
  type AnnotationTrigger,
  type ContainerTrigger,
  containerTriggersOf,
  TRIGGERS_ANNOTATION,
} from '../../image-triggers.ts';

const WEBHOOKS: readonly (readonly [string, string])[] = [
  ['from-github', 'GitHub web hooks'],
  ['from-webhook', 'web hooks'],
  ['from-gitlab', 'GitLab web hooks'],
  ['from-bitbucket', 'Bitbucket web hooks'],
];

/** triggersOf are the image triggers of a Deployment's containers. */
export function triggersOf(deployment: Deployment): ContainerTrigger[] {
  return containerTriggersOf(deployment, deployment.spec?.template.spec);
}

function containerNames(deployment: Deployment): string[] {
  const { containers = [], initContainers = [] } = deployment.spec?.template.spec ?? {};
  return [...containers, ...initContainers].map(({ name }) => name).sort();
}

/** refusal is an error about a Deployment. */
function refusal({ metadata }: Deployment, text: string): CliError {
  return new CliError(`deployments/${metadata.name} ${text}`);
}

function namesFor(deployment: Deployment, flags: FlagValues): string[] {
  const names = flags
    .string('containers')
    .split(',')
    .filter((one) => one !== '');
  const all = containerNames(deployment);
  const own = deployment.spec?.template.spec?.containers ?? [];
  if (names.length === 0 && own.length === 1) return own.map(({ name }) => name);
  if (names.length === 0)
    throw refusal(deployment, 'you must specify --containers when setting --from-image');
  const unknown = names.filter((name) => !all.includes(name)).sort();
  if (unknown.length > 0)
    throw refusal(
      deployment,
      `not all container names exist: ${unknown.join(', ')} (accepts: ${all.join(', ')})`,
    );
  return names;
}

function checkUnique(deployment: Deployment, triggers: readonly ContainerTrigger[]): void {
  const names = triggers.map(({ container }) => container);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    throw refusal(
      deployment,
      `only one trigger may reference each container: ${[...new Set(twice)].sort().join(', ')}`,
    );
}

interface Triggers {
  readonly images: readonly ContainerTrigger[];
  /** Whether a change of the Deployment starts a rollout: it is not paused. */
  readonly onConfig: boolean;
}

function changed(deployment: Deployment, flags: FlagValues, from: ObjectReference): Triggers {
  const images = triggersOf(deployment);
  const onConfig = deployment.spec?.paused !== true;
  const isImage = flags.string('from-image') !== '';
  const isSame = (one: ContainerTrigger) =>
    one.from.name === from.name && (one.from.namespace ?? '') === (from.namespace ?? '');
  if (flags.bool('remove-all')) return { images: [], onConfig: false };
  if (flags.bool('remove'))
    return {
      images: isImage ? images.filter((one) => one.from.name !== from.name) : images,
      onConfig: onConfig && !flags.bool('from-config'),
    };
  const isReset = !isImage && !flags.bool('from-config');
  if (isReset && (flags.bool('auto') || flags.bool('manual'))) {
    const isPaused = !flags.bool('auto');
    return { images: images.map((one) => ({ ...one, isPaused })), onConfig: !isPaused };
  }
  if (!isImage) return { images, onConfig: onConfig || flags.bool('from-config') };
  const isPaused = flags.bool('manual');
  const added = namesFor(deployment, flags).map((container) => ({ container, from, isPaused }));
  return {
    images: [...images.filter((one) => !isSame(one)), ...added],
    onConfig: onConfig || flags.bool('from-config'),
  };
}

function annotationOf(trigger: ContainerTrigger, deployment: Deployment): AnnotationTrigger {
  const { container, isPaused, from } = trigger;
  const { name, namespace } = from;
  const isOwn = !namespace || namespace === deployment.metadata.namespace;
  const reference = { kind: 'ImageStreamTag', name, ...(isOwn ? {} : { namespace }) };
  const initial = deployment.spec?.template.spec?.initContainers ?? [];
  const list = initial.some((one) => one.name === container) ? 'initContainers' : 'containers';
  return {
    from: reference,
    fieldPath: `spec.template.spec.${list}[?(@.name=="${container}")].image`,
    ...(isPaused ? { paused: true } : {}),
  };
}

/** editDeployment changes a Deployment's triggers in place: its annotation, and whether it is paused. */
export function editDeployment(
  deployment: Deployment,
  flags: FlagValues,
  from: ObjectReference,
): void {
  const webhook = WEBHOOKS.find(([flag]) => flags.bool(flag));
  if (webhook && !flags.bool('remove') && !flags.bool('remove-all'))
    throw refusal(deployment, `does not support ${webhook[1]}`);
  const { images, onConfig } = changed(deployment, flags, from);
  checkUnique(deployment, images);
  const list = images.map((one) => annotationOf(one, deployment));
  const text = list.length === 0 ? 'null' : JSON.stringify(list);
  deployment.metadata.annotations = {
    ...deployment.metadata.annotations,
    [TRIGGERS_ANNOTATION]: text,
  };
  if (deployment.spec) deployment.spec.paused = !onConfig;
}
