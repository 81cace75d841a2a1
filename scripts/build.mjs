// Bundles the programs of src/cmd into dist/. `--if-stale` builds only when a source is newer.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundleServer } from './bundle-server.mjs';
import { describeKubernetes } from './generate-descriptions.mjs';

const ENTRIES = {
  sampan: 'src/cmd/sampan.ts',
  server: 'src/cmd/server-start.ts',
  'warm-up': 'src/cmd/warm-up.ts',
  'api-front': 'src/cmd/api-front.ts',
  'build-pod': 'src/cmd/build-pod.ts',
  'yaml-parser': 'src/cli/resources/yaml-parser.ts',
  'http-transport': 'src/client/http-transport.ts',
};

/** The modules that the quick program leaves in files of their own: it rarely needs them. */
const OUTSIDE_QUICK = {
  './sampan.ts': './sampan.mjs',
  '../resources/yaml-parser.ts': './yaml-parser.mjs',
  './yaml-parser.ts': './yaml-parser.mjs',
  '../../client/http-transport.ts': './http-transport.mjs',
};

/** buildQuick bundles `get` into one small CommonJS file, which Node starts in half the time. */
async function buildQuick() {
  const outside = {
    name: 'outside',
    setup(builder) {
      builder.onResolve({ filter: /\/open-http\.ts$/ }, () => ({
        path: resolve('src/cli/transport/open-get.ts'),
      }));
      builder.onResolve({ filter: /\.ts$/ }, ({ path, kind }) =>
        kind === 'dynamic-import' && OUTSIDE_QUICK[path]
          ? { path: OUTSIDE_QUICK[path], external: true }
          : undefined,
      );
    },
  };
  await build({
    entryPoints: ['src/cmd/quick.ts'],
    outfile: 'dist/quick.cjs',
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [outside],
  });
}

/** warmUp has the server run once: what that compiled need not be compiled by any start. */
function warmUp() {
  try {
    execFileSync(process.execPath, ['dist/warm-up.mjs'], { stdio: 'pipe' });
  } catch (error) {
    console.warn(`warning: the server's code was not compiled ahead: ${error.message}`);
  }
}

/** buildFacts are what `/version` tells of this build; without git only when it was made. */
function buildFacts() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  const buildDate = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  try {
    const gitTreeState = git('status', '--porcelain') === '' ? 'clean' : 'dirty';
    return { gitCommit: git('rev-parse', 'HEAD'), gitTreeState, buildDate };
  } catch {
    return { buildDate };
  }
}

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
    // The server holds its programs and their maps in memory, once for each thread.
    sourcesContent: false,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    external: ['lmdb'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  await Promise.all([buildQuick(), bundleServer('src/cmd/server.ts', 'dist/server.cjs')]);
  writeFileSync('dist/build-facts.json', JSON.stringify(buildFacts()));
  writeFileSync('dist/descriptions.json', JSON.stringify(describeKubernetes()));
  warmUp();
}
