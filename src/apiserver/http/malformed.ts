import type { Duplex } from 'node:stream';

const TEXTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** malformedAnswer is the answer to what is no HTTP/1.1 request, in the form of Go's server. */
export function malformedAnswer(code: string | undefined): string {
  const text = TEXTS[code ?? ''] ?? '400 Bad Request';
  const head = 'Content-Type: text/plain; charset=utf-8\r\nConnection: close';
  return `HTTP/1.1 ${text}\r\n${head}\r\n\r\n${text}`;
}

/** answerMalformed answers what is no HTTP/1.1 request and ends the connection. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(malformedAnswer(error.code), () => socket.destroy());
}
