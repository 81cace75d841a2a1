import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BuildSettings } from '../../build/build-settings.ts';
import type { GitUrlRewrite } from '../../client/platform-config.ts';
import type {
  BuildPodOptions,
  HostMount,
} from '../../controllers/openshift/build/build-pod-spec.ts';
import type { DataPlaneOptions } from './data-plane-options.ts';

/** PLATFORM_IMAGE is what build pods run, as `prepareImages` names it in the engine. */
const PLATFORM_IMAGE = 'sampan/platform:latest';
const HOST_CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const POD_CA_BUNDLE = '/var/run/sampan/ca-bundle.crt';
const PASSED_ON = [
  'npm_config_registry',
  'PIP_INDEX_URL',
  'RUBYGEM_MIRROR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];
const LOOPBACK = /^[a-z]+:\/\/(?:[^@/]*@)?(?:localhost|127\.|\[::1\])/i;

function npmrcRegistry(): string | undefined {
  const file = join(homedir(), '.npmrc');
  if (!existsSync(file)) return undefined;
  return /^registry\s*=\s*(\S+)\s*$/m.exec(readFileSync(file, 'utf8'))?.[1];
}

/** buildEnvironment is how this machine reaches packages, as builds are told; loopback is of no use to a pod. */
function buildEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  registry = npmrcRegistry(),
): Record<string, string> {
  const found = PASSED_ON.map((name) => [name, env[name]] as const);
  const all = [['npm_config_registry', registry] as const, ...found];
  return Object.fromEntries(
    all.flatMap(([name, value]) => (value && !LOOPBACK.test(value) ? [[name, value]] : [])),
  );
}

/** rewriteMounts are the folders of this machine that git rewrites point to. */
function rewriteMounts(rewrites: readonly GitUrlRewrite[]): readonly HostMount[] {
  const folders = rewrites.flatMap(({ to }) => {
    const path = to.startsWith('file://') ? to.slice('file://'.length) : to;
    if (!path.startsWith('/')) return [];
    const folder = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path);
    return existsSync(folder) ? [folder.replace(/(.)\/+$/, '$1')] : [];
  });
  return [...new Set(folders)].map((folder, index) => ({
    name: `git-copy-${index}`,
    hostPath: folder,
    mountPath: folder,
    type: 'Directory' as const,
    readOnly: true,
  }));
}

/** buildPodOptions is what build pods of this installation are made of. */
export function buildPodOptions({ images, paths, platform }: DataPlaneOptions): BuildPodOptions {
  const { gitRewrites, internalRegistryHost, engineRegistryHost, mirrors } = images;
  const caMounts: HostMount[] = existsSync(HOST_CA_BUNDLE)
    ? [
        {
          name: 'ca-bundle',
          hostPath: HOST_CA_BUNDLE,
          mountPath: POD_CA_BUNDLE,
          type: 'File',
          readOnly: true,
        },
      ]
    : [];
  const settings: BuildSettings = {
    gitRewrites,
    engineNames: { internalRegistryHost, engineRegistryHost, mirrors },
    buildEnvironment: buildEnvironment(process.env),
    podsDirectory: paths.pods,
    platformImage: PLATFORM_IMAGE,
    ...(caMounts.length > 0 ? { caBundle: POD_CA_BUNDLE } : {}),
  };
  return {
    image: PLATFORM_IMAGE,
    dockerSocket: platform.engineSocket,
    settings,
    hostMounts: [...caMounts, ...rewriteMounts(gitRewrites)],
  };
}
