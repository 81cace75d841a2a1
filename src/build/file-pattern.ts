/**
 * filePattern turns a pattern of `.s2iignore` or `.dockerignore` into an expression over paths
 * relative to the source: `*` and `?` stay inside one name, `**` crosses names, `[…]` and `\` are
 * as in Go's filepath.Match.
 */
function filePattern(pattern: string): RegExp {
  const clean = pattern.replace(/^\.?\/+/, '').replace(/\/+$/, '');
  let text = '';
  for (let at = 0; at < clean.length; at += 1) {
    const char = clean[at] ?? '';
    if (char === '*' && clean[at + 1] === '*') {
      const slash = clean[at + 2] === '/';
      text += slash ? '(?:.*/)?' : '.*';
      at += slash ? 2 : 1;
    } else if (char === '*') text += '[^/]*';
    else if (char === '?') text += '[^/]';
    else if (char === '[' && clean.includes(']', at + 1)) {
      const end = clean.indexOf(']', at + 1);
      text += `[${clean
        .slice(at + 1, end)
        .replaceAll('\\', '\\\\')
        .replaceAll('[', '\\[')}]`;
      at = end;
    } else if (char === '\\' && at + 1 < clean.length) {
      at += 1;
      text += escaped(clean[at] ?? '');
    } else text += escaped(char);
  }
  return new RegExp(`^${text}$`);
}

function escaped(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** IgnoreRule is one line of an ignore file. */
export interface IgnoreRule {
  readonly keep: boolean;
  readonly matches: RegExp;
}

/** parseIgnoreFile reads the rules in order; comments and empty lines are none. */
export function parseIgnoreFile(text: string): readonly IgnoreRule[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const keep = line.startsWith('!');
      return { keep, matches: filePattern(keep ? line.slice(1).trim() : line) };
    });
}

/** isIgnored tells what the last matching rule says of a path; a rule for a folder covers what is in it. */
export function isIgnored(path: string, rules: readonly IgnoreRule[]): boolean {
  const parts = path.split('/');
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let ignored = false;
  for (const { keep, matches } of rules) {
    if (prefixes.some((prefix) => matches.test(prefix))) ignored = !keep;
  }
  return ignored;
}
