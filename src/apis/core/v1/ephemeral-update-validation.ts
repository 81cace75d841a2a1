import { type FieldError, forbidden } from '../../../machinery/field-error.ts';
import { unifiedDiff } from '../../../machinery/unified-diff.ts';
import { goEqual, internalText, schemaOf } from '../../schema/index.ts';
import { validatePod } from './pod-validation.ts';
import type { EphemeralContainer, Pod } from './types.ts';

const CONTAINER = schemaOf('io.k8s.api.core.v1.EphemeralContainer');

function difference(container: EphemeralContainer, old: EphemeralContainer): string {
  const [from, to] = [old, container].map((one) => internalText('core.EphemeralContainer', one));
  return unifiedDiff(from ?? '', to ?? '');
}

/** validateEphemeralUpdate checks that ephemeral containers are only added. */
export function validateEphemeralUpdate(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [forbidden('<nil>', 'static pods do not support ephemeral containers')];
  const path = 'spec.ephemeralContainers';
  const now = new Map(pod.spec?.ephemeralContainers?.map((one) => [one.name, one]));
  const errors = validatePod(pod);
  for (const before of old.spec?.ephemeralContainers ?? []) {
    const one = now.get(before.name);
    const which = `existing ephemeral containers ${JSON.stringify(before.name)}`;
    if (one === undefined) errors.push(forbidden(path, `${which} may not be removed\n`));
    else if (!goEqual(CONTAINER, one, before))
      errors.push(forbidden(path, `${which} may not be changed\n${difference(one, before)}`));
  }
  return errors;
}
