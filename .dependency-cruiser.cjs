// Turns rooms.json into rules: default-deny between rooms, no cycles. See docs/decisions/0001.
const { rooms } = require('./rooms.json');

const root = process.env.SAMPAN_ROOMS_ROOT ?? 'src';
const folder = (room) => `^${root}/${room}/`;

const forbidden = Object.entries(rooms)
  .filter(([, allowed]) => !allowed.includes('*'))
  .map(([room, allowed]) => ({
    name: `room-${room.replace('/', '-')}`,
    comment: `${room} may import only: ${allowed.join(', ') || 'nothing'}`,
    severity: 'error',
    from: { path: folder(room) },
    to: { path: `^${root}/`, pathNot: [room, ...allowed].map(folder) },
  }));

module.exports = {
  forbidden: [
    ...forbidden,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unknown-room',
      comment: 'every module belongs to a room of rooms.json',
      severity: 'error',
      from: { path: `^${root}/`, pathNot: Object.keys(rooms).map(folder) },
      to: {},
    },
    {
      name: 'machinery-without-node',
      comment: 'machinery is pure: no node: imports, no packages',
      severity: 'error',
      from: { path: folder('machinery'), pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
