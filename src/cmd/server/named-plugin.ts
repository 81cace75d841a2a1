import type { Admission } from '../../apiserver/contracts.ts';

/** Operations are those that concern a plugin. */
export type Operations = NonNullable<Admission['operations']>;

/** named gives a plugin the name that it has in kube-apiserver, and the operations that concern it. */
export function named(name: string, plugin: Admission, operations?: Operations): Admission {
  const { mutate, validate } = plugin;
  return {
    name,
    ...(operations && { operations }),
    ...(mutate && { mutate: mutate.bind(plugin) }),
    ...(validate && { validate: validate.bind(plugin) }),
  };
}
