interface Instruction {
  readonly name: string;
  readonly value: string;
}

function instructions(text: string): Instruction[] {
  const joined = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\[ \t]*\n/g, ' ');
  return joined.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name: name.toUpperCase(), value: value.trim() }];
  });
}

function imageOf({ value }: Instruction): string {
  return value.replace(/^(--\S+\s+)+/, '').split(/\s+/)[0] ?? '';
}

/** lastBaseImage is the image of the last FROM of a Dockerfile; empty without one. */
export function lastBaseImage(dockerfile: string): string {
  const last = instructions(dockerfile).findLast(({ name }) => name === 'FROM');
  return last ? imageOf(last) : '';
}

/** exposedPorts are the ports that the last stage of a Dockerfile exposes, as `8080/tcp`. */
export function exposedPorts(dockerfile: string): string[] {
  const all = instructions(dockerfile);
  const from = all.findLastIndex(({ name }) => name === 'FROM');
  return all
    .slice(from + 1)
    .filter(({ name }) => name === 'EXPOSE')
    .flatMap(({ value }) => value.split(/\s+/))
    .filter((port) => /^\d+(\/\w+)?$/.test(port))
    .map((port) => (port.includes('/') ? port.toLowerCase() : `${port}/tcp`));
}
