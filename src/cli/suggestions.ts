/** distance is the Levenshtein distance of two words, upper and lower case alike. */
function distance(first: string, second: string): number {
  const [a, b] = [first.toLowerCase(), second.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** suggestionsFor are the words at most two letters away from a wrong one, or that begin with it. */
export function suggestionsFor(wrong: string, words: readonly string[]): string[] {
  const start = wrong.toLowerCase();
  return words.filter((word) => word.startsWith(start) || distance(wrong, word) <= 2).sort();
}
