import type { GitUrlRewrite } from '../client/platform-config.ts';
import type { EngineNames } from '../machinery/image-reference.ts';

/** BuildSettings are what the platform tells every build; they arrive as JSON in `SAMPAN_BUILD_SETTINGS`. */
export interface BuildSettings {
  readonly gitRewrites: readonly GitUrlRewrite[];
  readonly engineNames: EngineNames;
  /** Variables that assemble scripts and Docker builds see and that do not get into the image. */
  readonly buildEnvironment: Readonly<Record<string, string>>;
  /** A file in the build pod with the certificates to trust, given to git and to assemble scripts. */
  readonly caBundle?: string;
  /** A folder on the host, also mounted in the build pod, that keeps downloaded packages. */
  readonly packageCache?: { readonly hostPath: string; readonly mountPath: string };
  /**
   * Where the node agent keeps `UID/resolv.conf` and `UID/etc-hosts` of pods, on the host: a build's
   * containers resolve names as its pod does.
   */
  readonly podsDirectory?: string;
  /** The platform image, as the engine names it. */
  readonly platformImage?: string;
  /** Git is given up when it says nothing for so long. */
  readonly gitSilenceSeconds?: number;
}

/** DEFAULT_BUILD_SETTINGS apply where the platform says nothing. */
const DEFAULT_BUILD_SETTINGS: BuildSettings = {
  gitRewrites: [],
  engineNames: {
    internalRegistryHost: 'image-registry.openshift-image-registry.svc:5000',
    engineRegistryHost: '127.0.0.1:5000',
    mirrors: [],
  },
  buildEnvironment: {},
};

/** parseBuildSettings reads the JSON of the environment variable; absent or empty gives the defaults. */
export function parseBuildSettings(text: string | undefined): BuildSettings {
  if (text === undefined || text === '') return DEFAULT_BUILD_SETTINGS;
  return { ...DEFAULT_BUILD_SETTINGS, ...(JSON.parse(text) as Partial<BuildSettings>) };
}
