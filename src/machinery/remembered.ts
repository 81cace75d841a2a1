/**
 * remembered answers what `make` makes of a key, and remembers it for the next time: for pure
 * functions whose few keys come again and again. All is forgotten when it remembers `most` keys.
 */
export function remembered<K, V>(most: number, make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key);
    if (value !== undefined || known.has(key)) return value as V;
    const made = make(key);
    if (known.size >= most) known.clear();
    known.set(key, made);
    return made;
  };
}
