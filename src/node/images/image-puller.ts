import type { Container, Pod, Secret } from '../../apis/core/v1/types.ts';
import { type Engine, EngineError, type ImageInfo } from '../../engine/engine.ts';
import { formatDuration } from '../../machinery/duration.ts';
import {
  asRepository,
  dockerClientDefaults,
  exactReference,
  tryParseImageReference,
} from '../../machinery/image-reference.ts';
import { ContainerConfigError } from '../container/config-error.ts';
import type { CrashBackOff } from '../pod/crash-back-off.ts';
import { credentialsOf, matchingCredentials, type RegistryCredential } from './credentials.ts';
import { pullPolicyOf } from './pull-policy.ts';

/** PullReport tells the events of a pull. */
export type PullReport = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** PullRequest is one container that needs its image. */
export interface PullRequest {
  readonly pod: Pod;
  readonly container: Container;
  readonly pullSecrets: readonly Secret[];
  readonly backOff: CrashBackOff;
  readonly report: PullReport;
  readonly signal: AbortSignal;
}

/** PulledImage is an image that is there, and its name in a container status. */
export interface PulledImage {
  readonly info: ImageInfo;
  readonly imageID: string;
}

/** ImagePuller makes images present by policy, with credentials and back-off. */
export interface ImagePuller {
  /** ensure answers the image, or throws a ContainerConfigError with kubelet's waiting reason. */
  ensure(request: PullRequest): Promise<PulledImage>;
}

/** ImagePullerOptions is what an ImagePuller is made of. */
export interface ImagePullerOptions {
  readonly engine: Engine;
  readonly rewriteImage: (reference: string) => readonly string[];
  now(): number;
}

/** imageIdOf is how a status names an image: by repository and digest, if it has one. */
export function imageIdOf(info: ImageInfo, image: string, candidates: readonly string[]): string {
  const repositories = candidates.map((one) => one.replace(/(@.*|:[^:/]*)$/, ''));
  const digest = info.repoDigests.find((one) => repositories.includes(one.split('@')[0] ?? ''));
  const own = tryParseImageReference(image);
  if (digest !== undefined && own !== undefined) {
    const name = exactReference(asRepository(dockerClientDefaults(own)));
    return `${name}@${digest.split('@')[1]}`;
  }
  return info.repoDigests[0] ?? info.id;
}

function failureText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const answered = error instanceof EngineError && error.statusCode > 0;
  return `rpc error: code = Unknown desc = ${answered ? 'Error response from daemon: ' : ''}${message}`;
}

class Puller implements ImagePuller {
  readonly #options: ImagePullerOptions;

  constructor(options: ImagePullerOptions) {
    this.#options = options;
  }

  async ensure(request: PullRequest): Promise<PulledImage> {
    const { container, report } = request;
    const image = container.image ?? '';
    const candidates = this.#candidates(image);
    const policy = pullPolicyOf(container);
    const present = policy === 'Always' ? undefined : await this.#present(candidates);
    if (present !== undefined) {
      report('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return { info: present, imageID: imageIdOf(present, image, candidates) };
    }
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      report('Warning', 'ErrImageNeverPull', message);
      throw new ContainerConfigError(message, 'ErrImageNeverPull');
    }
    this.#refuseInBackOff(request);
    const info = await this.#pull(request, candidates);
    return { info, imageID: imageIdOf(info, image, candidates) };
  }

  #candidates(image: string): readonly string[] {
    try {
      return this.#options.rewriteImage(image);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new ContainerConfigError(
        `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${detail}`,
        'InvalidImageName',
        { cause },
      );
    }
  }

  async #present(candidates: readonly string[]): Promise<ImageInfo | undefined> {
    for (const candidate of candidates) {
      const info = await this.#options.engine.inspectImage(candidate);
      if (info !== undefined) return info;
    }
    return undefined;
  }

  #refuseInBackOff({ container, backOff, report }: PullRequest): void {
    const now = this.#options.now();
    if (backOff.waitUntilSinceTryMs(`image ${container.image}`, now) !== undefined) {
      const message = `Back-off pulling image "${container.image}"`;
      report('Normal', 'BackOff', message);
      throw new ContainerConfigError(message, 'ImagePullBackOff');
    }
  }

  async #pull(request: PullRequest, candidates: readonly string[]): Promise<ImageInfo> {
    const { container, report, backOff } = request;
    const { image = '' } = container;
    const startedMs = this.#options.now();
    report('Normal', 'Pulling', `Pulling image "${image}"`);
    try {
      const info = await this.#pullAny(request, candidates);
      const took = formatDuration(this.#options.now() - startedMs);
      report(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${info.sizeBytes} bytes.`,
      );
      backOff.forget(`image ${image}`);
      return info;
    } catch (cause) {
      const message = failureText(cause);
      const now = this.#options.now();
      backOff.next(`image ${image}`, now, now);
      report('Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
      throw new ContainerConfigError(message, 'ErrImagePull', { cause });
    }
  }

  async #pullAny(request: PullRequest, candidates: readonly string[]): Promise<ImageInfo> {
    const credentials = credentialsOf(request.pullSecrets);
    const original = tryParseImageReference(request.container.image ?? '');
    const name = original && exactReference(dockerClientDefaults(original));
    let failure: unknown;
    for (const candidate of candidates) {
      const usable = [
        ...matchingCredentials(credentials, candidate),
        ...matchingCredentials(credentials, name ?? candidate),
      ];
      for (const credential of usable.length > 0 ? usable : [undefined]) {
        try {
          return await this.#pullOne(candidate, credential, request.signal);
        } catch (error) {
          failure = error;
        }
      }
    }
    throw failure;
  }

  #pullOne(
    reference: string,
    credential: RegistryCredential | undefined,
    signal: AbortSignal,
  ): Promise<ImageInfo> {
    const serverAddress = reference.split('/')[0] ?? '';
    const { engine } = this.#options;
    if (credential === undefined) return engine.pull(reference, { signal });
    const { username, password } = credential;
    return engine.pull(reference, { signal, auth: { username, password, serverAddress } });
  }
}

/** newImagePuller makes an ImagePuller. Pulls of different containers run beside each other. */
export function newImagePuller(options: ImagePullerOptions): ImagePuller {
  return new Puller(options);
}
