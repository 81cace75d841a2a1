import { describe, expect, it } from 'vitest';
import { readPodSecurityConfiguration } from './pod-security-configuration.ts';
import { PRIVILEGED } from './policy.ts';

const GROUP = 'pod-security.admission.config.k8s.io';
const text = (content: object, version = 'v1') =>
  JSON.stringify({
    apiVersion: `${GROUP}/${version}`,
    kind: 'PodSecurityConfiguration',
    ...content,
  });
const LATEST = Number.POSITIVE_INFINITY;

describe('readPodSecurityConfiguration', () => {
  it.each([
    '',
    text({}),
    text({ defaults: { enforce: '', 'warn-version': '' }, exemptions: null }),
  ])('demands nothing and exempts nobody by default: %s', async (content) => {
    expect(await readPodSecurityConfiguration(content)).toEqual({
      defaults: PRIVILEGED,
      exemptNamespaces: [],
      exemptUsernames: [],
      exemptRuntimeClasses: [],
    });
  });

  it.each(['v1', 'v1beta1', 'v1alpha1'])('reads %s', async (version) => {
    const defaults = { enforce: 'baseline', 'enforce-version': 'v1.24', warn: 'restricted' };
    const exemptions = { usernames: ['joe'], namespaces: ['n'], runtimeClasses: ['vm'] };
    expect(await readPodSecurityConfiguration(text({ defaults, exemptions }, version))).toEqual({
      defaults: {
        enforce: { level: 'baseline', minor: 24 },
        audit: { level: 'privileged', minor: LATEST },
        warn: { level: 'restricted', minor: LATEST },
      },
      exemptNamespaces: ['n'],
      exemptUsernames: ['joe'],
      exemptRuntimeClasses: ['vm'],
    });
  });

  it.each([
    ['{"a":"b"}', `Object 'Kind' is missing in '{"a":"b"}'`],
    ['{"kind":"X"}', `Object 'apiVersion' is missing in '{"kind":"X"}'`],
    [
      text({}, 'v2'),
      `no kind "PodSecurityConfiguration" is registered for version "${GROUP}/v2" in scheme "k8s.io/pod-security-admission"`,
    ],
    [
      text({ bogus: 1, defaults: { enforse: 'baseline' } }),
      'strict decoding error: unknown field "bogus", unknown field "defaults.enforse"',
    ],
    [
      text({ defaults: { 'audit-version': 2 } }),
      'json: cannot unmarshal number into Go struct field PodSecurityDefaults.defaults.audit-version of type string',
    ],
    [
      text({ defaults: { enforce: 'bas' }, exemptions: { usernames: [''] } }),
      'PodSecurity configuration error: enforce: must be one of privileged, baseline, restricted',
    ],
    [
      text({
        defaults: { enforce: 'bas', 'enforce-version': 'v.122', warn: 'x', 'audit-version': 'ips' },
      }),
      'PodSecurity configuration error: [enforce: must be one of privileged, baseline, restricted, enforce-version: must be "latest" or "v1.x", audit-version: must be "latest" or "v1.x", warn: must be one of privileged, baseline, restricted]',
    ],
    [
      text({ exemptions: { usernames: ['', 'a', 'a'] } }),
      'PodSecurity invalid: [exemptions.usernames[0]: Invalid value: "": username must not be empty, exemptions.usernames[2]: Duplicate value: "a"]',
    ],
  ])('refuses %s', async (content, message) => {
    await expect(readPodSecurityConfiguration(content)).rejects.toMatchObject({
      name: 'ConfigError',
      message,
    });
  });

  it('refuses names of namespaces and runtime classes that are none, or named twice', async () => {
    const names = ['', '_&', 'ok', 'ok', 'a.b'];
    const exemptions = { namespaces: names, runtimeClasses: names };
    const error = await readPodSecurityConfiguration(text({ exemptions })).catch((one) => one);
    const found = error.message.match(/exemptions\.\w+\[\d\]: \w+ value: "[^"]*"/g);
    expect(found).toEqual([
      'exemptions.namespaces[0]: Invalid value: ""',
      'exemptions.namespaces[1]: Invalid value: "_&"',
      'exemptions.namespaces[3]: Duplicate value: "ok"',
      'exemptions.namespaces[4]: Invalid value: "a.b"',
      'exemptions.runtimeClasses[0]: Invalid value: ""',
      'exemptions.runtimeClasses[1]: Invalid value: "_&"',
      'exemptions.runtimeClasses[3]: Duplicate value: "ok"',
    ]);
  });
});
