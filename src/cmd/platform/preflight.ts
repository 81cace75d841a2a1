import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import type { PlatformOptions } from './options.ts';
import { pathsOf } from './paths.ts';

/** Requirement is a program that Sampan needs and the Debian package that brings it. */
interface Requirement {
  readonly program: string;
  readonly debianPackage: string;
  readonly purpose: string;
}

const REQUIREMENTS: readonly Requirement[] = [
  { program: 'dockerd', debianPackage: 'docker.io', purpose: 'runs containers' },
  { program: 'haproxy', debianPackage: 'haproxy', purpose: 'routes requests' },
  { program: 'nft', debianPackage: 'nftables', purpose: 'balances services' },
  { program: 'iptables', debianPackage: 'iptables', purpose: 'the engine needs it' },
  { program: 'ip', debianPackage: 'iproute2', purpose: 'connects pods' },
  { program: 'git', debianPackage: 'git', purpose: 'fetches sources' },
  { program: 'mmdebstrap', debianPackage: 'mmdebstrap', purpose: 'makes base images' },
  { program: 'tar', debianPackage: 'tar', purpose: 'packs sources' },
];

const ENGINE_WAIT_MS = 30_000;

/** PreflightError names what is missing and the command that mends it. */
export class PreflightError extends Error {
  override readonly name = 'PreflightError';
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** missingRequirements answers what is not installed; the engine counts as there when its socket is. */
function missingRequirements(engineSocket: string): readonly Requirement[] {
  return REQUIREMENTS.filter(
    ({ program }) => !isOnPath(program) && !(program === 'dockerd' && existsSync(engineSocket)),
  );
}

function run(command: string, args: readonly string[], logFile: string): Promise<void> {
  const log = openSync(logFile, 'a');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new PreflightError(`"${command} ${args.join(' ')}" failed: see ${logFile}`));
    });
  });
}

/** engineAnswers tells whether something accepts connections on the engine's socket. */
function engineAnswers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function startEngine(options: PlatformOptions, logFile: string): Promise<void> {
  if (existsSync('/run/systemd/system')) {
    await run('systemctl', ['start', 'docker'], logFile);
  } else {
    const log = openSync(logFile, 'a');
    const child = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] });
    child.on('error', () => {});
    child.unref();
  }
  const deadline = Date.now() + ENGINE_WAIT_MS;
  while (!(await engineAnswers(options.engineSocket))) {
    if (Date.now() > deadline) {
      throw new PreflightError(
        `the Docker Engine did not answer on ${options.engineSocket} within 30 s: see ${logFile}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** PreflightIo is how preflight tells what it does through `say` and asks through `confirm`. */
export interface PreflightIo {
  say(text: string): void;
  confirm(question: string): Promise<boolean>;
}

/**
 * preflight makes sure that Sampan can run: as root, with every program installed and the engine
 * answering. What is missing it installs and starts with `--yes`, or after asking; otherwise it
 * throws a PreflightError that names the command to run.
 */
export async function preflight(options: PlatformOptions, io: PreflightIo): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new PreflightError(
      'Sampan drives the network and the container engine and needs root: run it with sudo',
    );
  }
  const paths = pathsOf(options.dataDirectory);
  await mkdir(paths.logs, { recursive: true });
  const missing = missingRequirements(options.engineSocket);
  if (missing.length > 0) await install(missing, options, io);
  if (await engineAnswers(options.engineSocket)) return;
  if (!isOnPath('dockerd')) {
    throw new PreflightError(`no container engine answers on ${options.engineSocket}`);
  }
  if (!options.yes && !(await io.confirm('The Docker Engine is not running. Start it?'))) {
    throw new PreflightError(
      `the Docker Engine is not running: start it with "systemctl start docker" or "dockerd", or run again with --yes`,
    );
  }
  io.say('starting the Docker Engine');
  await startEngine(options, join(paths.logs, 'dockerd.log'));
}

async function install(
  missing: readonly Requirement[],
  options: PlatformOptions,
  io: PreflightIo,
): Promise<void> {
  const packages = missing.map((one) => one.debianPackage);
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const list = missing.map((one) => `${one.program} (${one.purpose})`).join(', ');
  if (!isOnPath('apt-get')) {
    throw new PreflightError(
      `missing: ${list}. Install them with your system's package manager and run again`,
    );
  }
  if (!options.yes && !(await io.confirm(`Missing: ${list}. Run "${command}"?`))) {
    throw new PreflightError(`missing: ${list}. Run "${command}", or run again with --yes`);
  }
  const logFile = join(pathsOf(options.dataDirectory).logs, 'apt-get.log');
  io.say(`installing ${packages.join(', ')}`);
  await run('apt-get', ['update'], logFile);
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], logFile);
}
