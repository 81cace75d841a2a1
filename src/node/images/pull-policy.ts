import type { Container } from '../../apis/core/v1/types.ts';

/** PullPolicy says when an image is pulled. */
export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** pullPolicyOf is the container's policy; without one, `latest` is always pulled. */
export function pullPolicyOf({ imagePullPolicy, image = '' }: Container): PullPolicy {
  if (imagePullPolicy === 'Always' || imagePullPolicy === 'Never') return imagePullPolicy;
  if (imagePullPolicy === 'IfNotPresent') return imagePullPolicy;
  const last = image.slice(image.lastIndexOf('/') + 1);
  if (last.includes('@')) return 'IfNotPresent';
  const tag = last.split(':')[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}
