import { type ApiFlags, apiFlagValue, isApiFlag, isApiSwitch } from './api-flags.ts';
import { DEFAULT_DATA_DIRECTORY } from './paths.ts';

/** PlatformOptions are the flags of `up`, `down` and `quickstart`. */
export interface PlatformOptions {
  readonly dataDirectory: string;
  readonly apiPort: number;
  readonly registryPort: number;
  /** Undefined: 80 and 443 where free, else 8080 and 8444. */
  readonly httpPort: number | undefined;
  readonly httpsPort: number | undefined;
  readonly engineSocket: string;
  /** Install and start what is missing without asking. */
  readonly yes: boolean;
  /** Prepare the builder images after the start. */
  readonly images: boolean;
  readonly purge: boolean;
  readonly kubeconfig: string | undefined;
  readonly help: boolean;
  /** Flags of kube-apiserver. */
  readonly api: ApiFlags;
}

/** UsageError is a command line that cannot be understood; its message names the flag and the fix. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULTS: PlatformOptions = {
  dataDirectory: process.env.SAMPAN_DATA_DIR ?? DEFAULT_DATA_DIRECTORY,
  apiPort: 8443,
  registryPort: 5000,
  httpPort: undefined,
  httpsPort: undefined,
  engineSocket: '/var/run/docker.sock',
  yes: false,
  images: true,
  purge: false,
  kubeconfig: undefined,
  help: false,
  api: {},
};

type Setter = (value: string, name: string) => Partial<PlatformOptions>;

function port(key: 'apiPort' | 'registryPort' | 'httpPort' | 'httpsPort'): Setter {
  return (value, name) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1 || number > 65_535) {
      throw new UsageError(
        `invalid argument "${value}" for "${name}" flag: a port is a number from 1 to 65535`,
      );
    }
    return { [key]: number };
  };
}

const path =
  (key: 'dataDirectory' | 'engineSocket' | 'kubeconfig'): Setter =>
  (value, name) => {
    if (value === '') throw new UsageError(`invalid argument "" for "${name}" flag: give a path`);
    return { [key]: value };
  };

function boolean(key: 'yes' | 'images' | 'purge' | 'help'): Setter {
  return (value, name) => {
    if (value !== 'true' && value !== 'false') {
      throw new UsageError(`invalid argument "${value}" for "${name}" flag: give true or false`);
    }
    return { [key]: value === 'true' };
  };
}

const BOOLEANS: Readonly<Record<string, Setter>> = {
  '--yes': boolean('yes'),
  '--images': boolean('images'),
  '--purge': boolean('purge'),
  '--help': boolean('help'),
};
const VALUES: Readonly<Record<string, Setter>> = {
  '--data-dir': path('dataDirectory'),
  '--engine-socket': path('engineSocket'),
  '--kubeconfig': path('kubeconfig'),
  '--api-port': port('apiPort'),
  '--registry-port': port('registryPort'),
  '--http-port': port('httpPort'),
  '--https-port': port('httpsPort'),
};
const SHORT: Readonly<Record<string, string>> = { '-y': '--yes', '-h': '--help' };

/** parseOptions reads the flags of a platform command, of which `allowed` are its own. */
export function parseOptions(argv: readonly string[], allowed: readonly string[]): PlatformOptions {
  let options = DEFAULTS;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [given = '', inline] = argument.split(/=(.*)/s);
    const name = SHORT[given] ?? given;
    if (!name.startsWith('-')) throw new UsageError(`unknown argument "${argument}"`);
    if (name !== '--help' && !allowed.includes(name)) {
      throw new UsageError(`unknown flag: ${given}`);
    }
    const isBoolean = BOOLEANS[name];
    if (isBoolean) {
      options = { ...options, ...isBoolean(inline ?? 'true', name) };
      continue;
    }
    const set = VALUES[name];
    const standsAlone = inline === undefined && isApiSwitch(name);
    if (inline === undefined && !standsAlone) index += 1;
    const value = standsAlone ? 'true' : (inline ?? argv[index]);
    if (isApiFlag(name) && value !== undefined) {
      const completed = apiFlagValue(name, value, options.api[name]);
      options = { ...options, api: { ...options.api, [name]: completed } };
      continue;
    }
    if (!set || value === undefined) throw new UsageError(`flag needs an argument: ${given}`);
    options = { ...options, ...set(value, name) };
  }
  return options;
}
