declare module 'spdy-transport/lib/spdy-transport/protocol/spdy/dictionary.js' {
  /** The header dictionaries of the SPDY drafts by version. */
  const dictionaries: Readonly<Record<string, Buffer>>;
  export default dictionaries;
}
