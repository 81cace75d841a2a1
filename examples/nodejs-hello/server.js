// A page that says which pod answered, so that load balancing can be seen.
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const VERSION = '1';

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`Hello from Sampan, version ${VERSION}, pod ${hostname()}\n`);
});
server.listen(8080, () => console.log('listening on port 8080'));

// Answer what is under way, then end: no request is lost in a rollout.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
