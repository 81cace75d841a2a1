import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type PodSecuritySettings,
  readPodSecurityConfiguration,
} from '../../admission/pod-security/pod-security-configuration.ts';
import { listOf, structOf, TEXT } from '../../apiserver/access/config/config-schema.ts';
import {
  ConfigError,
  type ConfigKind,
  readConfig,
} from '../../apiserver/access/config/read-config.ts';
import type { ApiFlags } from '../platform/api-flags.ts';

/** AdmissionSettings are what plugins are configured with. They can be sent to threads. */
export interface AdmissionSettings {
  readonly podSecurity?: PodSecuritySettings;
}

interface PluginConfiguration {
  readonly name?: string;
  readonly path?: string;
  readonly configuration?: unknown;
}

const KIND: ConfigKind = {
  kind: 'AdmissionConfiguration',
  apiVersions: ['apiserver.config.k8s.io/v1', 'apiserver.k8s.io/v1alpha1'],
  scheme: 'k8s.io/apiserver',
  schema: structOf('AdmissionConfiguration', {
    plugins: listOf(
      structOf('AdmissionPluginConfiguration', {
        name: TEXT,
        path: TEXT,
        configuration: { ...structOf('Unknown', {}), free: true },
      }),
    ),
  }),
};

const POD_SECURITY = 'PodSecurity';

/** PLUGINS are those of kube-apiserver 1.34, whether they run here or not. */
const PLUGINS: ReadonlySet<string> = new Set([
  'AlwaysAdmit',
  'AlwaysDeny',
  'AlwaysPullImages',
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'ClusterTrustBundleAttest',
  'DefaultIngressClass',
  'DefaultStorageClass',
  'DefaultTolerationSeconds',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'ImagePolicyWebhook',
  'LimitPodHardAntiAffinityTopology',
  'LimitRanger',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'NamespaceLifecycle',
  'NodeRestriction',
  'OwnerReferencesPermissionEnforcement',
  'PersistentVolumeClaimResize',
  POD_SECURITY,
  'PodNodeSelector',
  'PodTolerationRestriction',
  'PodTopologyLabels',
  'Priority',
  'ResourceQuota',
  'RuntimeClass',
  'ServiceAccount',
  'StorageObjectInUseProtection',
  'TaintNodesByCondition',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
]);

/** Refuses what would have no effect: kube-apiserver ignores it. */
function demandTaken({ name = '', path = '', configuration }: PluginConfiguration): void {
  const quoted = JSON.stringify(name);
  if (!PLUGINS.has(name)) throw new ConfigError(`admission plugin ${quoted} is unknown`);
  if (name === POD_SECURITY || (path === '' && configuration == null)) return;
  throw new ConfigError(`admission plugin ${quoted} cannot be configured here`);
}

/** textOf answers the configuration of a plugin; what is inline comes before a file. */
async function textOf(
  { path = '', configuration }: PluginConfiguration,
  directory: string,
): Promise<string> {
  if (configuration != null) return JSON.stringify(configuration);
  if (path === '') return '';
  const file = resolve(directory, path);
  return readFile(file, 'utf8').catch((error: Error) => {
    const problem = `Couldn't open admission plugin configuration ${file}: ${error.message}`;
    throw new ConfigError(problem, { cause: error });
  });
}

async function podSecurityOf(
  plugin: PluginConfiguration,
  directory: string,
): Promise<PodSecuritySettings> {
  const text = await textOf(plugin, directory);
  return readPodSecurityConfiguration(text).catch((error: Error) => {
    const problem = `couldn't init admission plugin "${POD_SECURITY}": ${error.message}`;
    throw new ConfigError(problem, { cause: error });
  });
}

async function settingsOf(path: string): Promise<AdmissionSettings> {
  const { plugins = [] } = await readConfig<{ readonly plugins?: readonly PluginConfiguration[] }>(
    await readFile(path, 'utf8'),
    KIND,
  ).catch((error: Error) => {
    throw new ConfigError(`failed to read plugin config: ${error.message}`, { cause: error });
  });
  for (const plugin of plugins) demandTaken(plugin);
  const plugin = plugins.find(({ name }) => name === POD_SECURITY);
  return plugin ? { podSecurity: await podSecurityOf(plugin, dirname(path)) } : {};
}

/**
 * readAdmissionSettings reads the file of `--admission-control-config-file` once, and those that it
 * names. Throws a ConfigError with kube-apiserver's text and the name of the file.
 */
export async function readAdmissionSettings(flags: ApiFlags): Promise<AdmissionSettings> {
  const path = flags['--admission-control-config-file'];
  if (!path) return {};
  return settingsOf(path).catch((error: Error) => {
    throw new ConfigError(`failed to apply admission: ${path}: ${error.message}`, { cause: error });
  });
}
