/** The attributes of each tag that hold URLs (HTML 4.01 and 5). */
const URL_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

/** Comments, the text of scripts and styles, and start tags; the rest of a page is left alone. */
const PIECES =
  /<!--[\s\S]*?(?:-->|$)|<([a-zA-Z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>|<[!?/][^>]*>/g;
const ATTRIBUTES = /([^\s=>"'/]+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;
const RAW_TEXT = ['script', 'style', 'textarea', 'title'];

function unescapeUrl(text: string): string {
  return text
    .replace(/&amp;/g, '&')
    .replace(/&#39;/g, "'")
    .replace(/&(?:quot|#34);/g, '"');
}

function escapeUrl(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&#34;').replace(/</g, '&lt;');
}

/** Changes the URLs in the attributes of one start tag. */
function rewriteTag(tag: string, name: string, rewrite: (url: string) => string): string {
  const wanted = URL_ATTRIBUTES[name.toLowerCase()];
  if (wanted === undefined) return tag;
  const head = tag.slice(0, name.length + 1);
  const rest = tag.slice(name.length + 1);
  return (
    head +
    rest.replace(ATTRIBUTES, (whole, attribute: string, assignment, double, single, bare) => {
      if (assignment === undefined || !wanted.includes(attribute.toLowerCase())) return whole;
      const before = unescapeUrl(double ?? single ?? bare ?? '');
      const after = rewrite(before);
      return after === before ? whole : `${attribute}="${escapeUrl(after)}"`;
    })
  );
}

/**
 * rewriteLinks passes the URLs that a page of HTML points to through a function. Unlike upstream it
 * leaves everything else as it was written.
 */
export function rewriteLinks(html: string, rewrite: (url: string) => string): string {
  let result = '';
  let at = 0;
  PIECES.lastIndex = 0;
  for (let found = PIECES.exec(html); found !== null; found = PIECES.exec(html)) {
    const [piece, name = ''] = found;
    result +=
      html.slice(at, found.index) + (name === '' ? piece : rewriteTag(piece, name, rewrite));
    at = found.index + piece.length;
    if (!RAW_TEXT.includes(name.toLowerCase())) continue;
    const end = html.toLowerCase().indexOf(`</${name.toLowerCase()}`, at);
    const next = end < 0 ? html.length : end;
    result += html.slice(at, next);
    at = next;
    PIECES.lastIndex = next;
  }
  return result + html.slice(at);
}

/** LinkPlace is where a page was found, and how its readers get there. */
export interface LinkPlace {
  /** The hosts that mean the server behind the proxy, with port. */
  readonly hosts: readonly string[];
  /** The path of the proxy, without a slash at its end. */
  readonly prefix: string;
}

/** proxiedUrl leads an absolute path on the server behind a proxy through the proxy. */
export function proxiedUrl(text: string, { hosts, prefix }: LinkPlace): string {
  const [, host, path = ''] = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/([^/?#]*)(.*)$/.exec(text) ?? [
    '',
    undefined,
    text,
  ];
  if (host !== undefined && !hosts.includes(host)) return text;
  if (!path.startsWith('/')) return text;
  return path.startsWith(prefix) ? path : prefix + path;
}
