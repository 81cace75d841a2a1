const NUMBER = '(0|[1-9]\\d*)';
const FULL = new RegExp(`^(v?)${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z.-]+))?(?:\\+.*)?$`);
const MINOR = new RegExp(`^(v?)${NUMBER}\\.${NUMBER}(?:-(\\w+))?$`);

interface Ranked {
  readonly tag: string;
  /** 0 latest, 1 minor versions, 2 full versions, 3 others. */
  readonly rank: number;
  readonly numbers: readonly number[];
  readonly prerelease: string;
  readonly prefix: string;
}

function ranked(tag: string): Ranked {
  const base = { tag, numbers: [], prerelease: '', prefix: '' };
  if (tag === 'latest') return { ...base, rank: 0 };
  const full = FULL.exec(tag);
  if (full) {
    const [, prefix = '', major, minor, patch, prerelease = ''] = full;
    return { tag, rank: 2, numbers: [major, minor, patch].map(Number), prerelease, prefix };
  }
  const short = MINOR.exec(tag);
  if (!short) return { ...base, rank: 3 };
  const [, prefix = '', major, minor, prerelease = ''] = short;
  return { tag, rank: 1, numbers: [major, minor, 0].map(Number), prerelease, prefix };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** comparePrerelease follows semantic versioning: a release is above its pre-releases. */
function comparePrerelease(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    if (one === other) continue;
    const [oneIsNumber, otherIsNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (oneIsNumber && otherIsNumber) return Number(one) - Number(other);
    if (oneIsNumber !== otherIsNumber) return oneIsNumber ? -1 : 1;
    return compareText(one, other);
  }
  return 0;
}

function compare(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.rank === 3) return compareText(a.tag, b.tag);
  for (const [index, number] of a.numbers.entries()) {
    const difference = (b.numbers[index] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return comparePrerelease(b.prerelease, a.prerelease) || compareText(a.prefix, b.prefix);
}

/**
 * prioritizeTags sorts the tags of a repository as an import of all of them prefers them: `latest`,
 * minor versions from the newest on, full versions from the newest on, then the rest by name.
 */
export function prioritizeTags(tags: readonly string[]): string[] {
  return tags
    .map(ranked)
    .sort(compare)
    .map((one) => one.tag);
}
