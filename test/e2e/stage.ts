import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HttpAnswer, httpGet, type Platform, startPlatform } from './platform.ts';
import { type Repositories, serveExamples } from './repository.ts';

const GATEWAY = '10.128.0.1';
const EXAMPLES = ['ruby-hello', 'nodejs-hello', 'python-hello', 'static-hello'];

/** podOf is the pod that says in the page of an example that it has answered. */
export function podOf(body: string): string {
  return /pod (?:<b>)?([a-z0-9-]+)/.exec(body)?.[1] ?? '';
}

/**
 * Stage is where the chapters of the main job play, one after the other: each goes on where the one
 * before it ended. Nothing but `open` and `close` may be called before it is open.
 */
export class Stage {
  #platform: Platform | undefined;
  #repositories: Repositories | undefined;
  #port = 0;

  get platform(): Platform {
    return opened(this.#platform);
  }

  get repositories(): Repositories {
    return opened(this.#repositories);
  }

  /** The port of the router's HTTP entry. */
  get port(): number {
    return this.#port;
  }

  /** open starts a platform and serves the examples to it. */
  async open(): Promise<void> {
    this.#platform = await startPlatform();
    await this.findRouter();
    this.#repositories = await serveExamples(EXAMPLES, GATEWAY);
  }

  /** close takes down what there is. */
  async close(): Promise<void> {
    await this.#repositories?.close();
    await this.#platform?.end();
  }

  /** findRouter finds the port of a router that was started. */
  async findRouter(): Promise<void> {
    const file = join(this.platform.dataDirectory, 'server.json');
    const { httpPort } = JSON.parse(await readFile(file, 'utf8')) as { httpPort: number };
    this.#port = httpPort;
  }

  /** ruby asks the route of the Ruby application. */
  ruby(): Promise<HttpAnswer> {
    return httpGet('ruby-hello-project1.apps.localhost', this.#port);
  }

  /** node asks the route of the Node.js application. */
  node(): Promise<HttpAnswer> {
    return httpGet('nodejs-hello-project1.apps.localhost', this.#port);
  }

  /** rolledOut waits until the last rollout of a deployment config is complete. */
  async rolledOut(name: string): Promise<void> {
    await this.platform.oc('rollout', 'status', `dc/${name}`);
  }
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is not open');
  return part;
}
