import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import type { ObjectReference } from '../../core/v1/types.ts';
import { inputReference } from './names.ts';
import { inputReferenceErrors } from './reference-validation.ts';
import type { BuildConfig, BuildTriggerPolicy, WebHookTrigger } from './types.ts';

const WEB_HOOKS = {
  GitHub: 'github',
  github: 'github',
  GitLab: 'gitlab',
  Bitbucket: 'bitbucket',
  Generic: 'generic',
  generic: 'generic',
} as const;

function webHookErrors(hook: WebHookTrigger, path: string, isGeneric: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (!hook.secret && !hook.secretReference) {
    const text = 'must provide a value for at least one of secret or secretReference';
    errors.push(invalid(path, hook, text));
  }
  if (hook.secretReference && !hook.secretReference.name) {
    errors.push(required(`${path}.secretReference.name`));
  }
  if (!isGeneric && hook.allowEnv) {
    errors.push(invalid(`${path}.allowEnv`, hook, 'git webhooks cannot allow env vars'));
  }
  return errors;
}

function imageChangeErrors(
  trigger: BuildTriggerPolicy,
  buildFrom: ObjectReference | undefined,
  path: string,
): FieldError[] {
  if (!trigger.imageChange) return [required(`${path}.imageChange`)];
  const { from } = trigger.imageChange;
  if (from === undefined) {
    if (buildFrom?.kind === 'ImageStreamTag') return [];
    const text =
      'a default ImageChange trigger can only be used when the build strategy includes an ImageStreamTag reference.';
    return [
      invalid(`${path}.imageChange`, `build from: ${JSON.stringify(buildFrom ?? null)}`, text),
    ];
  }
  if (from.kind !== 'ImageStreamTag') {
    const text = 'only an ImageStreamTag type of reference is allowed in an ImageChange trigger.';
    return [invalid(`${path}.imageChange.from.kind`, from.kind, text)];
  }
  return inputReferenceErrors(from, `${path}.from`);
}

function triggerErrors(
  trigger: BuildTriggerPolicy,
  buildFrom: ObjectReference | undefined,
  path: string,
): FieldError[] {
  if (!trigger.type) return [required(`${path}.type`)];
  if (trigger.type === 'ConfigChange') return [];
  if (trigger.type === 'ImageChange') return imageChangeErrors(trigger, buildFrom, path);
  const field = WEB_HOOKS[trigger.type as keyof typeof WEB_HOOKS];
  if (field === undefined) return [invalid(`${path}.type`, trigger.type, 'invalid trigger type')];
  const hook = trigger[field];
  if (hook === undefined) return [required(`${path}.${field}`)];
  return webHookErrors(hook, `${path}.${field}`, field === 'generic');
}

function sourceKey(config: BuildConfig, from: ObjectReference | undefined): string {
  if (from?.kind !== 'ImageStreamTag') return 'nil';
  return `${from.namespace || config.metadata.namespace}/${from.name}`;
}

/** triggerListErrors validates `spec.triggers`. */
export function triggerListErrors(config: BuildConfig, path: string): FieldError[] {
  const { triggers = [], strategy } = config.spec;
  const buildFrom = inputReference(strategy);
  const seen = new Set<string>();
  return triggers.flatMap((trigger, index) => {
    const errors = triggerErrors(trigger, buildFrom, `${path}[${index}]`);
    if (trigger.type !== 'ImageChange' || !trigger.imageChange) return errors;
    const key = sourceKey(config, trigger.imageChange.from ?? buildFrom);
    if (seen.has(key)) {
      const text = 'multiple ImageChange triggers refer to the same image stream tag';
      errors.push(invalid(path, triggers, text));
    }
    seen.add(key);
    return errors;
  });
}
