import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { newServiceUnavailable } from '../../../machinery/status-error.ts';
import { type Forwarding, forwardedHeaders, pathOf, reachProblem } from './forward-request.ts';
import type { ProxyTarget } from './proxy-target.ts';

function dial({ host, port, isTls }: ProxyTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const options = { host, port, ...(isIP(host) ? {} : { servername: host }) };
    const socket = isTls
      ? connectTls({ ...options, rejectUnauthorized: false }, () => done())
      : connectTcp(options, () => done());
    const fail = (error: unknown) =>
      reject(newServiceUnavailable(reachProblem(error, { host, port, isTls })));
    const done = () => {
      socket.off('error', fail);
      resolve(socket);
    };
    socket.once('error', fail);
  });
}

function headOf(forwarding: Forwarding): string {
  const { request } = forwarding;
  const lines = [`${request.method} ${pathOf(request)} HTTP/1.1`];
  const headers = {
    ...forwardedHeaders(forwarding),
    connection: 'Upgrade',
    upgrade: String(request.headers.upgrade ?? ''),
  };
  for (const [name, value] of Object.entries(headers))
    for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${one}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * forwardUpgrade joins the connection of a request that asks for another protocol to the server
 * behind the API: from its answer on, bytes pass in both directions until one side ends.
 */
export async function forwardUpgrade(forwarding: Forwarding): Promise<void> {
  const { upgrade } = forwarding.request;
  if (upgrade === undefined) return;
  const { socket, head } = upgrade;
  const backend = await dial(forwarding.target);
  const end = () => {
    backend.destroy();
    socket.destroy();
  };
  for (const one of [backend, socket]) one.on('error', end).on('close', end);
  backend.write(headOf(forwarding));
  if (head.length > 0) backend.write(head);
  backend.pipe(socket);
  socket.pipe(backend);
}
