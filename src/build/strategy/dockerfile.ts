/** DockerInstruction is one instruction and the lines that it spans, end not included. */
export interface DockerInstruction {
  readonly name: string;
  /** What follows the name, continuation lines joined. */
  readonly rest: string;
  readonly begin: number;
  readonly end: number;
}

function isComment(line: string): boolean {
  return /^\s*#/.test(line);
}

function continues(line: string, escapeChar: string): boolean {
  return line.trimEnd().endsWith(escapeChar);
}

function escapeCharacter(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^#\s*(\w+)\s*=\s*(.*)$/.exec(line);
    if (!directive) break;
    if (directive[1]?.toLowerCase() === 'escape') return directive[2]?.trim() || '\\';
  }
  return '\\';
}

/** readInstructions finds the instructions of a Dockerfile; heredocs are not known. */
export function readInstructions(text: string): readonly DockerInstruction[] {
  const lines = text.split('\n');
  const escapeChar = escapeCharacter(lines);
  const found: DockerInstruction[] = [];
  let at = 0;
  while (at < lines.length) {
    const begin = at;
    const first = lines[at] ?? '';
    at += 1;
    if (first.trim() === '' || isComment(first)) continue;
    const parts = [first.trimEnd()];
    while (at < lines.length && continues(parts.at(-1) ?? '', escapeChar)) {
      parts[parts.length - 1] = (parts.at(-1) ?? '').slice(0, -escapeChar.length);
      const next = lines[at] ?? '';
      at += 1;
      parts.push(isComment(next) || next.trim() === '' ? escapeChar : next.trimEnd());
    }
    const match = /^\s*(\S+)\s*([\s\S]*)$/.exec(parts.join(' '));
    if (match) {
      const [, name = '', rest = ''] = match;
      found.push({ name: name.toUpperCase(), rest: rest.trim(), begin, end: at });
    }
  }
  return found;
}

/** FromInstruction is a FROM taken apart. */
export interface FromInstruction extends DockerInstruction {
  readonly flags: string;
  readonly image: string;
  /** ` AS name`, or empty. */
  readonly suffix: string;
  readonly stage: string | undefined;
}

/** readFroms answers the FROM instructions in order. */
export function readFroms(text: string): readonly FromInstruction[] {
  return readInstructions(text)
    .filter(({ name }) => name === 'FROM')
    .map((instruction) => {
      const match = /^((?:--\S+\s+)*)(\S+)(?:(\s+as\s+)(\S+))?/i.exec(instruction.rest);
      const [, flags = '', image = '', as = '', stage] = match ?? [];
      return { ...instruction, flags, image, suffix: stage ? `${as}${stage}` : '', stage };
    });
}

/** replaceFroms gives FROM instructions other images; `images` holds one for each, or undefined. */
export function replaceFroms(text: string, images: readonly (string | undefined)[]): string {
  const lines = text.split('\n');
  const froms = readFroms(text);
  for (let index = froms.length - 1; index >= 0; index -= 1) {
    const from = froms[index];
    const image = images[index];
    if (from === undefined || image === undefined || image === from.image) continue;
    lines.splice(from.begin, from.end - from.begin, `FROM ${from.flags}${image}${from.suffix}`);
  }
  return lines.join('\n');
}

function keyValues(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([name, value]) => `"${name}"=${JSON.stringify(value).replaceAll('$', '\\$')}`)
    .join(' ');
}

/** Additions are what OpenShift adds to a Dockerfile. */
export interface Additions {
  /** Set after every FROM, for the instructions that follow. */
  readonly afterFrom: readonly (readonly [string, string])[];
  /** Set at the end. */
  readonly env: readonly (readonly [string, string])[];
  readonly labels: readonly (readonly [string, string])[];
}

/** extendDockerfile adds variables and labels without touching what is there. */
export function extendDockerfile(text: string, { afterFrom, env, labels }: Additions): string {
  const lines = text.replace(/\n*$/, '').split('\n');
  if (afterFrom.length > 0) {
    for (const from of [...readFroms(lines.join('\n'))].reverse()) {
      lines.splice(from.end, 0, `ENV ${keyValues(afterFrom)}`);
    }
  }
  if (env.length > 0) lines.push(`ENV ${keyValues(env)}`);
  if (labels.length > 0) lines.push(`LABEL ${keyValues(labels)}`);
  return `${lines.join('\n')}\n`;
}
