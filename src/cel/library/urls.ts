import { BOOL, listOf, mapOf, STRING, structType } from '../types/type.ts';
import { EntryMap } from '../values/collections.ts';
import { CelError } from '../values/errors.ts';
import { asKind, asString } from '../values/kinds.ts';
import { ArrayList, Opaque, type Value } from '../values/value.ts';
import { fn, method, type Overload } from './overload.ts';

const URL_TYPE = structType('kubernetes.URL');

/** Parts are the parts of a URL. */
export interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly text: string;
}

class UrlValue extends Opaque {
  override readonly type = URL_TYPE;
  readonly parts: Parts;

  constructor(parts: Parts) {
    super();
    this.parts = parts;
  }

  override equals(other: Opaque): boolean {
    return other instanceof UrlValue && other.parts.text === this.parts.text;
  }
}

function problem(text: string): string | undefined {
  if (text === '') return 'empty url';
  if (/[\x00-\x1f\x7f]/.test(text)) return 'net/url: invalid control character in URL';
  if (/^:/.test(text)) return 'missing protocol scheme';
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) && !text.startsWith('/'))
    return 'invalid URI for request';
  const broken = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text.replace(/\?.*$/s, ''));
  if (broken) return `invalid URL escape ${JSON.stringify(broken[0])}`;
  return hostProblem(text);
}

function hostProblem(text: string): string | undefined {
  const [, authority = ''] = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/([^/?#]*)/.exec(text) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (/[ "<>\\^`{|}]/.test(host)) {
    const wrong = /[ "<>\\^`{|}]/.exec(host)?.[0] ?? '';
    return `invalid character ${JSON.stringify(wrong)} in host name`;
  }
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port !== undefined && !/^\d*$/.test(port))
    return `invalid port ${JSON.stringify(`:${port}`)} after host`;
  return undefined;
}

/** parseUrl reads an absolute URL or path; throws a CelError in the words of net/url. */
export function parseUrl(text: string): Parts {
  const wrong = problem(text);
  if (wrong !== undefined)
    throw new CelError(
      `URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${wrong}`,
    );
  const [, scheme = '', , authority = '', path = '', , query = ''] =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(\/\/([^/?#]*))?([^?#]*)(\?([^#]*))?/.exec(text) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return { scheme: scheme.toLowerCase(), host, path, query, text };
}

function hostname(host: string): string {
  const bracketed = /^\[(.*)\](?::\d*)?$/.exec(host);
  return bracketed ? (bracketed[1] ?? '') : host.replace(/:\d*$/, '');
}

function unescapeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function queryOf(query: string): EntryMap {
  const found = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const at = pair.indexOf('=');
    const key = unescapeQuery(at < 0 ? pair : pair.slice(0, at));
    const value = unescapeQuery(at < 0 ? '' : pair.slice(at + 1));
    if (key === undefined || value === undefined) continue;
    found.set(key, [...(found.get(key) ?? []), value]);
  }
  return new EntryMap([...found].map(([key, values]) => [key, new ArrayList(values)]));
}

function escapePath(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9\-_.~$&+,/:;=@!'()*%[\]]/gu, (one) => encodeURIComponent(one));
}

function part(name: string, id: string, read: (parts: Parts) => Value, result = STRING): Overload {
  return method(name, id, {
    args: [URL_TYPE],
    result,
    run: (url) => read(asKind(UrlValue, url).parts),
  });
}

/** URLS are the functions of URLs. */
export const URLS = {
  types: [URL_TYPE],
  overloads: [
    fn('url', 'string_to_url', {
      args: [STRING],
      result: URL_TYPE,
      run: (text) => new UrlValue(parseUrl(asString(text))),
    }),
    part('getScheme', 'url_get_scheme', ({ scheme }) => scheme),
    part('getHost', 'url_get_host', ({ host }) => host),
    part('getHostname', 'url_get_hostname', ({ host }) => hostname(host)),
    part('getPort', 'url_get_port', ({ host }) => /:(\d*)$/.exec(host)?.[1] ?? ''),
    part('getEscapedPath', 'url_get_escaped_path', ({ path }) => escapePath(path)),
    part('getQuery', 'url_get_query', ({ query }) => queryOf(query), mapOf(STRING, listOf(STRING))),
    fn('isURL', 'is_url_string', {
      args: [STRING],
      result: BOOL,
      run: (text) => problem(asString(text)) === undefined,
    }),
  ] as readonly Overload[],
};
