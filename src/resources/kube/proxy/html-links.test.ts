import { describe, expect, it } from 'vitest';
import { proxiedUrl, rewriteLinks } from './html-links.ts';

const PLACE = { prefix: '/api/v1/namespaces/ns/pods/web/proxy', hosts: ['10.1.2.3:8080'] };

describe('a URL behind a proxy', () => {
  it.each([
    ['/a/b?c=d#e', `${PLACE.prefix}/a/b?c=d#e`],
    ['/', `${PLACE.prefix}/`],
    ['http://10.1.2.3:8080/a', `${PLACE.prefix}/a`],
    ['//10.1.2.3:8080/a', `${PLACE.prefix}/a`],
    [`${PLACE.prefix}/a`, `${PLACE.prefix}/a`],
    ['http://example.com/a', 'http://example.com/a'],
    ['a/b', 'a/b'],
    ['#top', '#top'],
    ['mailto:x@y', 'mailto:x@y'],
  ])('%s is reached at %s', (url, expected) => expect(proxiedUrl(url, PLACE)).toBe(expected));
});

describe('links in a page', () => {
  const rewrite = (html: string) => rewriteLinks(html, (url) => proxiedUrl(url, PLACE));
  it.each([
    ['<a class="x" href="/a">A</a>', `<a class="x" href="${PLACE.prefix}/a">A</a>`],
    ["<IMG SRC='/i.png'>", `<IMG SRC="${PLACE.prefix}/i.png">`],
    ['<form action=/go method=post>', `<form action="${PLACE.prefix}/go" method=post>`],
    ['<link href="/a?b=1&amp;c=2">', `<link href="${PLACE.prefix}/a?b=1&amp;c=2">`],
    ['<!-- <a href="/a"> -->', '<!-- <a href="/a"> -->'],
    ['<script>x = \'<a href="/a">\'</script>', '<script>x = \'<a href="/a">\'</script>'],
    ['<p title="/a">/a</p>', '<p title="/a">/a</p>'],
    ['<a href="b">', '<a href="b">'],
  ])('%s becomes %s', (html, expected) => expect(rewrite(html)).toBe(expected));
});
