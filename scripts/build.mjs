// Bundles the programs of src/cmd into dist/. `--if-stale` builds only when a source is newer.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
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

/**
 * buildServer bundles the server into one CommonJS file, of which compiled code can be kept, and has
 * it run once: what that compiled need not be compiled by any start.
 */
async function buildServer() {
  await build({
    entryPoints: ['src/cmd/server.ts'],
    outfile: 'dist/server.cjs',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The source stays in memory. Lines of some length are left: stacks say where they are from.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
    legalComments: 'none',
    logLevel: 'warning',
    external: ['lmdb'],
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
  escapeLetters('dist/server.cjs');
}

/** escapeLetters leaves a file that is ASCII: one letter beyond it would double the memory of the rest. */
function escapeLetters(file) {
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/[\u0080-\uffff]/g, escaped));
}

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
  await Promise.all([buildQuick(), buildServer()]);
  writeFileSync('dist/build-facts.json', JSON.stringify(buildFacts()));
  writeFileSync('dist/descriptions.json', JSON.stringify(describeKubernetes()));
  warmUp();
}
