import { request } from 'node:https';

// Opens COUNT watches and tells its parent when each has seen EVENTS events: PORT TOKEN PATH COUNT EVENTS.
const [port = '', token = '', path = '', count = '0', events = '0'] = process.argv.slice(2);
const NEW_LINE = 10;
let open = 0;
let missing = Number(count) * Number(events);

function onData(chunk: Buffer): void {
  for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, at + 1)) {
    missing -= 1;
    if (missing === 0) process.send?.('seen');
  }
}

for (let index = 0; index < Number(count); index += 1) {
  const headers = { Authorization: `Bearer ${token}` };
  // The server's certificate was checked by those who got the token from it.
  const tls = { rejectUnauthorized: false, agent: false as const };
  const sent = request({ host: '127.0.0.1', port, path, headers, ...tls }, (response) => {
    if (response.statusCode !== 200) throw new Error(`watch: ${response.statusCode}`);
    response.on('data', onData);
    open += 1;
    if (open === Number(count)) process.send?.('open');
  });
  sent.end();
}
process.on('disconnect', () => process.exit(0));
