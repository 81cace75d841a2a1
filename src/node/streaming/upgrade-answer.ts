import type { UpgradeSocket } from './connect-call.ts';

/** offeredProtocols are the values of a header that may be repeated or joined by commas. */
export function offeredProtocols(upgrade: UpgradeSocket, header: string): string[] {
  const value = upgrade.request.headers[header];
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** isUpgradeTo tells whether a client wants to speak a protocol on its connection. */
export function isUpgradeTo(upgrade: UpgradeSocket, protocol: string): boolean {
  return (upgrade.request.headers.upgrade ?? '').toLowerCase() === protocol.toLowerCase();
}

/** switchToSpdy answers 101; with a stream protocol where one was agreed on. */
export function switchToSpdy({ socket, head }: UpgradeSocket, protocol: string | undefined): void {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    ...(protocol === undefined ? [] : [`X-Stream-Protocol-Version: ${protocol}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
}

/** refuse answers an upgrade with a plain failure and ends the connection. */
export function refuse({ socket }: UpgradeSocket, status: string, message: string): void {
  const lines = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${message}`);
}
