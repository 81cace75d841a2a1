/** Strategy is how source becomes an image. */
export type Strategy = 'source' | 'docker';

/** NewAppOptions is what a user asks of `new-app` or `new-build`. */
export interface NewAppOptions {
  /** Arguments whose kind is found out: repositories, images, image streams, `image~code`, `K=V`. */
  readonly args: readonly string[];
  readonly code: readonly string[];
  readonly images: readonly string[];
  readonly imageStreams: readonly string[];
  /** Components that share a deployment, as `a+b`. */
  readonly groups: readonly string[];
  readonly name: string;
  readonly env: readonly string[];
  readonly buildEnv: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly contextDir: string;
  readonly strategy: Strategy | undefined;
  readonly asDeploymentConfig: boolean;
  readonly allowMissingImages: boolean;
  readonly allowMissingImageStreamTags: boolean;
  readonly insecureRegistry: boolean;
  /** Builds are expected and nothing is deployed: `new-build`. */
  readonly buildOnly: boolean;
  /** The content of a Dockerfile to build from. */
  readonly dockerfile: string;
  /** Sources are uploaded at every build. */
  readonly binary: boolean;
  /** The image stream tag, or with `outputDocker` the image, that builds push to. */
  readonly to: string;
  readonly outputDocker: boolean;
  /** Builds push nowhere. */
  readonly noOutput: boolean;
  readonly buildArgs: readonly string[];
  /** The project of the objects. */
  readonly namespace: string;
  /** The program's name in suggestions. */
  readonly program: string;
}

/** DEFAULT_NEW_APP_OPTIONS ask for nothing. */
export const DEFAULT_NEW_APP_OPTIONS: NewAppOptions = {
  args: [],
  code: [],
  images: [],
  imageStreams: [],
  groups: [],
  name: '',
  env: [],
  buildEnv: [],
  labels: {},
  contextDir: '',
  strategy: undefined,
  asDeploymentConfig: true,
  allowMissingImages: false,
  allowMissingImageStreamTags: false,
  insecureRegistry: false,
  buildOnly: false,
  dockerfile: '',
  binary: false,
  to: '',
  outputDocker: false,
  noOutput: false,
  buildArgs: [],
  namespace: 'default',
  program: 'oc',
};
