import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAdmissionSettings } from './admission-configuration.ts';

const HEAD = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n';
const PLUGIN = {
  apiVersion: 'pod-security.admission.config.k8s.io/v1',
  kind: 'PodSecurityConfiguration',
  exemptions: { namespaces: ['n'] },
};
const inline = JSON.stringify(PLUGIN);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-admission-'));
  await writeFile(join(directory, 'plugin.json'), inline);
  await writeFile(join(directory, 'empty.yaml'), '');
});
afterAll(() => rm(directory, { recursive: true }));

async function read(text: string) {
  const path = join(directory, 'admission.yaml');
  await writeFile(path, text);
  return readAdmissionSettings({ '--admission-control-config-file': path });
}

describe('readAdmissionSettings', () => {
  it.each([
    ['inline', `[{name: PodSecurity, configuration: ${inline}}]`],
    ['by a path beside the file', '[{name: PodSecurity, path: plugin.json}]'],
    ['inline rather than by a path', `[{name: PodSecurity, path: no, configuration: ${inline}}]`],
    ['the first of two', '[{name: PodSecurity, path: plugin.json}, {name: PodSecurity, path: no}]'],
  ])('takes the configuration of PodSecurity %s', async (_, plugins) => {
    for (const text of [
      `${HEAD}plugins: ${plugins}`,
      `apiVersion: apiserver.k8s.io/v1alpha1\nkind: AdmissionConfiguration\nplugins: ${plugins}`,
    ]) {
      const { podSecurity } = await read(text);
      expect(podSecurity).toMatchObject({ exemptNamespaces: ['n'] });
    }
  });

  it('takes what configures nothing', async () => {
    expect(await readAdmissionSettings({})).toEqual({});
    expect(await read(HEAD)).toEqual({});
    expect(await read(`${HEAD}plugins: [{name: AlwaysPullImages}, {name: LimitRanger}]`)).toEqual(
      {},
    );
    const { podSecurity } = await read(`${HEAD}plugins: [{name: PodSecurity, path: empty.yaml}]`);
    expect(podSecurity).toMatchObject({ exemptNamespaces: [] });
  });

  it.each([
    ['', "failed to read plugin config: Object 'Kind' is missing in ''"],
    [
      'apiVersion: apiserver.config.k8s.io/v1alpha1\nkind: AdmissionConfiguration\n',
      'failed to read plugin config: no kind "AdmissionConfiguration" is registered for version "apiserver.config.k8s.io/v1alpha1" in scheme "k8s.io/apiserver"',
    ],
    [
      `${HEAD}bogus: 1\nplugins: [{name: PodSecurity, extra: 1}]`,
      'failed to read plugin config: strict decoding error: unknown field "bogus", unknown field "plugins[0].extra"',
    ],
    [
      `${HEAD}plugins: {a: b}`,
      'failed to read plugin config: json: cannot unmarshal object into Go struct field AdmissionConfiguration.plugins of type []v1.AdmissionPluginConfiguration',
    ],
    [
      `${HEAD}plugins: [{name: PodSecurity, configuration: {a: b}}]`,
      `couldn't init admission plugin "PodSecurity": Object 'Kind' is missing in '{"a":"b"}'`,
    ],
    [`${HEAD}plugins: [{name: Podsecurity}]`, 'admission plugin "Podsecurity" is unknown'],
    [
      `${HEAD}plugins: [{name: ResourceQuota, path: quota.yaml}]`,
      'admission plugin "ResourceQuota" cannot be configured here',
    ],
  ])('refuses %j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      name: 'ConfigError',
      message: `failed to apply admission: ${directory}/admission.yaml: ${message}`,
    });
  });

  it('refuses a file that is not there, whichever', async () => {
    const path = join(directory, 'missing.yaml');
    const flags = { '--admission-control-config-file': path };
    await expect(readAdmissionSettings(flags)).rejects.toThrow(`'${path}'`);
    await expect(read(`${HEAD}plugins: [{name: PodSecurity, path: missing.yaml}]`)).rejects.toThrow(
      `Couldn't open admission plugin configuration ${path}: ENOENT`,
    );
  });
});
