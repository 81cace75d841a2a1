import { Agent, type IncomingMessage, request } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Router } from '../../../src/router/router.ts';

/** RouteAnswer is an answer that came through a router. */
export interface RouteAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string[]>;
  readonly body: string;
}

/** RouteClient asks for the hosts of routes. */
export interface RouteClient {
  get(
    host: string,
    path?: string,
    headers?: Record<string, string>,
    agent?: Agent,
  ): Promise<RouteAnswer>;
  getSecure(host: string): Promise<RouteAnswer>;
  /** bodies asks many times at once and answers which different bodies came. */
  bodies(
    host: string,
    path?: string,
    headers?: Record<string, string>,
    count?: number,
  ): Promise<readonly string[]>;
  /** startLoad asks over and over until its end, which tells what was not answered with 200. */
  startLoad(host: string): { end(): Promise<{ answered: number; failed: readonly string[] }> };
}

/** newRouteClient asks the router that runs when a request is sent. */
export function newRouteClient(router: () => Router): RouteClient {
  async function getSecure(host: string): Promise<RouteAnswer> {
    const port = router().ports?.https;
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, rejectUnauthorized: false, servername: host };
      requestSecure({ ...options, headers: { host }, agent: false }, (answer) => {
        readAnswer(answer).then(resolve, reject);
      })
        .on('error', reject)
        .end();
    });
  }

  function get(
    host: string,
    path = '/',
    headers: Record<string, string> = {},
    agent?: Agent,
  ): Promise<RouteAnswer> {
    const port = router().ports?.http;
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, headers: { host, ...headers }, agent };
      const asked = request({ ...options, agent: agent ?? false }, (answer) => {
        readAnswer(answer).then(resolve, reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  async function bodies(
    host: string,
    path = '/',
    headers: Record<string, string> = {},
    count = 40,
  ): Promise<readonly string[]> {
    const all = await Promise.all(Array.from({ length: count }, () => get(host, path, headers)));
    return [...new Set(all.map((one) => one.body))].sort();
  }

  function startLoad(host: string) {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const failed: string[] = [];
    let answered = 0;
    let ended = false;
    const client = async () => {
      while (!ended) {
        const answer = await get(host, '/', {}, agent).catch((error: Error) => error.message);
        if (typeof answer !== 'string' && answer.status === 200) answered++;
        else failed.push(typeof answer === 'string' ? answer : `status ${answer.status}`);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    return {
      async end() {
        ended = true;
        await Promise.all(clients);
        agent.destroy();
        return { answered, failed };
      },
    };
  }

  return { get, getSecure, bodies, startLoad };
}

async function readAnswer(answer: IncomingMessage): Promise<RouteAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  return { status: answer.statusCode ?? 0, headers: answer.headersDistinct, body };
}
