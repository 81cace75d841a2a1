// Bundles the programs of src/cmd into dist/. `--if-stale` builds only when a source is newer.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describeKubernetes } from './generate-descriptions.mjs';

const ENTRIES = {
  sampan: 'src/cmd/sampan.ts',
  server: 'src/cmd/server.ts',
  'build-pod': 'src/cmd/build-pod.ts',
};

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}

const stamp = 'dist/sampan.mjs';
const fresh =
  existsSync(stamp) &&
  statSync(stamp).mtimeMs > Math.max(newest('src'), statSync('package-lock.json').mtimeMs);
if (!(process.argv.includes('--if-stale') && fresh)) {
  rmSync('dist', { recursive: true, force: true });
  await build({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).filter(([, file]) => existsSync(file))),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    external: ['lmdb'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/descriptions.json', JSON.stringify(describeKubernetes()));
}
