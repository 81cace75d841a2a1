import { describe, expect, it } from 'vitest';
import { goObject, goReason, goStatusText } from './go-http-error.ts';

const nodeError = (code: string, more: object = {}) =>
  Object.assign(new Error('of node'), { code, ...more });
const wrongName = (host: string, cert: object) =>
  goReason(nodeError('ERR_TLS_CERT_ALTNAME_INVALID', { host, cert }));
const X509 = 'tls: failed to verify certificate: x509:';

describe('goReason', () => {
  it.each([
    ['ECONNREFUSED', { address: '::1', port: 4 }, 'dial tcp ::1:4: connect: connection refused'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', {}, 'http: server gave HTTP response to HTTPS client'],
    ['ECONNRESET', {}, 'EOF'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', {}, `${X509} certificate signed by unknown authority`],
    ['SOMETHING_ELSE', {}, 'of node'],
  ])('words %s', (code, more, text) => {
    expect(goReason(nodeError(code, more))).toBe(text);
  });

  it('names the names that a certificate is for', () => {
    const subjectaltname = 'DNS:a.b, DNS:c, IP Address:10.9.9.9';
    expect(wrongName('x', { subjectaltname })).toBe(
      `${X509} certificate is valid for a.b, c, not x`,
    );
    expect(wrongName('127.0.0.1', { subjectaltname })).toBe(
      `${X509} certificate is valid for 10.9.9.9, not 127.0.0.1`,
    );
    expect(wrongName('127.0.0.1', { subjectaltname: 'DNS:c' })).toBe(
      `${X509} cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs`,
    );
    expect(wrongName('x', { subject: { CN: 'x' } })).toBe(
      `${X509} certificate relies on legacy Common Name field, use SANs instead`,
    );
    expect(wrongName('x', { subject: { CN: 'y' } })).toBe(
      `${X509} certificate is not valid for any names, but wanted to match x`,
    );
  });
});

describe('goStatusText', () => {
  it('shows text, but no other bodies', () => {
    const failure = (contentType: string) => goStatusText({ code: 500, text: 'boom', contentType });
    expect(failure('text/plain')).toContain('("boom")');
    expect(failure('application/json')).toContain('("unknown")');
  });

  it('leaves the text of a refusal as it is', () => {
    expect(goStatusText({ code: 403, text: 'no', contentType: 'text/plain' })).toBe('no');
  });
});

describe('goObject', () => {
  it('reads objects, and null as an empty one', () => {
    expect(goObject('{"a":1}')).toEqual({ a: 1 });
    expect(goObject('null')).toEqual({});
  });

  it.each([
    ['[]', 'json: cannot unmarshal array into Go value of type struct {'],
    ['<html>', 'json: cannot unmarshal string into Go value of type struct {'],
    ['{"a":', 'unexpected end of JSON input'],
  ])('refuses %s', (text, reason) => {
    expect(() => goObject(text)).toThrow(`couldn't get version/kind; json parse error: ${reason}`);
  });
});
