import { describe, expect, it } from 'vitest';
import {
  configKeyErrors,
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  envNameErrors,
  labelKeyErrors,
  pathSegmentErrors,
  portNameErrors,
} from './names.ts';

describe('names', () => {
  it.each([
    ['web-1', dnsLabelErrors],
    ['a.b-c.d', dnsSubdomainErrors],
    ['web', dns1035LabelErrors],
    ['example.com/Name_1', labelKeyErrors],
    ['MY_ENV.x-y', envNameErrors],
    ['.dockerconfigjson', configKeyErrors],
    ['8080-tcp', portNameErrors],
    ['system:image-puller', pathSegmentErrors],
  ])('%s is good', (value, check) => {
    expect(check(value)).toEqual([]);
  });

  it.each([
    [
      'bad_host',
      dnsLabelErrors,
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      'Bad',
      dnsSubdomainErrors,
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    ['1web', dns1035LabelErrors, 'a DNS-1035 label must consist'],
    ['a'.repeat(64), dnsLabelErrors, 'must be no more than 63 characters'],
    ['/x', labelKeyErrors, 'prefix part must be non-empty'],
    ['a/b/c', labelKeyErrors, 'with an optional DNS subdomain prefix'],
    ['A=B', envNameErrors, 'a valid environment variable name'],
    ['..data', configKeyErrors, "must not start with '..'"],
    ['a--b', portNameErrors, 'must not contain consecutive hyphens'],
    ['a/b', pathSegmentErrors, "may not contain '/'"],
  ])('%s is refused', (value, check, text) => {
    expect(check(value).join('; ')).toContain(text);
  });
});
