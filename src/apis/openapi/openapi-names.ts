interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** capitalize writes the first letter large. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** groupWords is a group as ids spell it: `Core`, `Apps`, `RbacAuthorization`, `RouteOpenshiftIo`. */
export function groupWords(group: string): string {
  if (group === '') return 'Core';
  return group
    .replace(/\.k8s\.io$/, '')
    .split('.')
    .map(capitalize)
    .join('');
}

/** groupVersionWords is what ids have of a group version, such as `CoreV1`. */
export function groupVersionWords({ group, version }: GroupVersion): string {
  return `${groupWords(group)}${capitalize(version)}`;
}

/** groupTag is the tag of a group: its words, beginning small. */
export function groupTag(group: string): string {
  const words = groupWords(group);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** tagOf is the tag of the operations of a group version, such as `core_v1`. */
export function tagOf({ group, version }: GroupVersion): string {
  return `${groupTag(group)}_${version}`;
}

/** withArticle is a kind as it stands in a sentence: `a Pod`, `an Event`, `Endpoints`. */
export function withArticle(kind: string): string {
  if (kind.endsWith('s') && !kind.endsWith('ss')) return kind;
  return `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}
