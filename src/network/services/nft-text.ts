import type { Element } from './service-plan.ts';

/** elementCommands are the nft lines that add or delete elements, one line per map. */
export function elementCommands(
  verb: 'add' | 'delete',
  tableName: string,
  elements: readonly Element[],
): readonly string[] {
  const byMap = new Map<string, string[]>();
  for (const { map, key, value } of elements) {
    const text = verb === 'delete' || value === undefined ? key : `${key} : ${value}`;
    const list = byMap.get(map);
    if (list === undefined) byMap.set(map, [text]);
    else list.push(text);
  }
  return [...byMap].map(([map, texts]) => {
    return `${verb} element ip ${tableName} ${map} { ${texts.join(', ')} }`;
  });
}
