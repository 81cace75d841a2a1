type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** headerValues are the values of a header (lower-case name), one for each time that it was sent. */
export function headerValues(headers: Headers, name: string): readonly string[] {
  const value = headers[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/**
 * separated answers the headers with lists for those names that were sent several times and begin
 * with one of the prefixes: node joins them with commas, which names of groups may contain.
 */
export function separated(
  headers: Headers,
  raw: readonly string[],
  prefixes: readonly string[],
): Headers {
  const lists: Record<string, string[]> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    if (!prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const list = lists[name] ?? [];
    list.push(raw[index + 1] ?? '');
    lists[name] = list;
  }
  return { ...headers, ...lists };
}
