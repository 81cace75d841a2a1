import type { RoleRef, Subject } from './types.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** defaultBinding names the API group of the role and of subjects that are no service accounts. */
export function defaultBinding(binding: { roleRef: RoleRef; subjects?: Subject[] }): void {
  if (binding.roleRef !== undefined) binding.roleRef.apiGroup ||= GROUP;
  for (const subject of binding.subjects ?? [])
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= GROUP;
}
