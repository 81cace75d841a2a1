/** LONGEST is the length of the longest key that is remembered: longer ones do not come again and again. */
const LONGEST = 256;

/**
 * remembered answers what `make` makes of a key, and remembers it for the next time: for pure
 * functions whose few keys come again and again. All is forgotten when it remembers `most` keys; long
 * ones are not remembered, so that nobody fills the memory with them.
 */
export function remembered<V>(most: number, make: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>();
  return (key) => {
    const value = known.get(key);
    if (value !== undefined || known.has(key)) return value as V;
    const made = make(key);
    if (key.length > LONGEST) return made;
    if (known.size >= most) known.clear();
    known.set(key, made);
    return made;
  };
}
