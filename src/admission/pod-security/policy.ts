import { type FieldError, invalid } from '../../machinery/field-error.ts';

/** LEVELS are the levels of the Pod Security Standards, from the least to the most strict. */
const LEVELS = ['privileged', 'baseline', 'restricted'] as const;

/** Level is one of them. */
export type Level = (typeof LEVELS)[number];

/** LevelVersion is a level as some minor version of Kubernetes defines it; Infinity is `latest`. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number;
}

/** Policy is what a namespace demands of its pods. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

/** PREFIX begins the labels that set the policy of a namespace. */
export const PREFIX = 'pod-security.kubernetes.io/';

const LATEST: LevelVersion = { level: 'privileged', minor: Number.POSITIVE_INFINITY };

/** PRIVILEGED is the policy of namespaces that say nothing. */
export const PRIVILEGED: Policy = { enforce: LATEST, audit: LATEST, warn: LATEST };

/** MODES are what is done about pods that a level forbids. */
export const MODES = ['enforce', 'audit', 'warn'] as const;

type Mode = (typeof MODES)[number];
type Labels = Readonly<Record<string, string>> | undefined;

const LEVEL_PROBLEM = `must be one of ${LEVELS.join(', ')}`;
const VERSION_PROBLEM = 'must be "latest" or "v1.x"';

const VERSION = /^v1\.(0|[1-9]\d*)$/;

function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}

function minorOf(text: string): number | undefined {
  if (text === 'latest') return Number.POSITIVE_INFINITY;
  const digits = VERSION.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * parseLevel reads a level and its version, each as a configuration has it: an empty one is
 * `privileged` and `latest`. A wrong one is told by what is wrong with it.
 */
export function parseLevel(
  level = '',
  version = '',
): { readonly value: LevelVersion; readonly level?: string; readonly version?: string } {
  const known = level === '' ? 'privileged' : level;
  const minor = minorOf(version === '' ? 'latest' : version);
  return {
    value: { level: isLevel(known) ? known : 'restricted', minor: minor ?? LATEST.minor },
    ...(!isLevel(known) && { level: LEVEL_PROBLEM }),
    ...(minor === undefined && { version: VERSION_PROBLEM }),
  };
}

/** compareLevels is negative where `a` is less strict than `b`. */
export function compareLevels(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b);
}

/** levelText prints a level with its version: `restricted:latest`. */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${Number.isFinite(minor) ? `v1.${minor}` : 'latest'}`;
}

/** isSame tells whether two levels are the same, version included. */
export function isSame(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor;
}

/** isPrivileged is true for a policy that demands nothing. */
export function isPrivileged(policy: Policy): boolean {
  return MODES.every((mode) => policy[mode].level === 'privileged');
}

/**
 * setLevelsText prints those levels of a policy that labels have set and that demand something:
 * `enforce=baseline:latest, warn=restricted:v1.30`.
 */
export function setLevelsText(policy: Policy, labels: Labels = {}): string {
  const isSet = (mode: Mode) =>
    labels[`${PREFIX}${mode}`] !== undefined || labels[`${PREFIX}${mode}-version`] !== undefined;
  return MODES.filter((mode) => policy[mode].level !== 'privileged' && isSet(mode))
    .map((mode) => `${mode}=${levelText(policy[mode])}`)
    .join(', ');
}

/** isSamePolicy tells whether two policies demand the same: versions of `privileged` are one. */
export function isSamePolicy(a: Policy, b: Policy): boolean {
  const isSameIn = (mode: Mode) =>
    isSame(a[mode], b[mode]) || (a[mode].level === 'privileged' && b[mode].level === 'privileged');
  return MODES.every(isSameIn);
}

/** PolicyOfLabels is a policy, and what is wrong with the labels. */
export interface PolicyOfLabels {
  readonly policy: Policy;
  readonly errors: readonly FieldError[];
}

/**
 * policyOf reads the labels of a namespace. A wrong level to enforce counts as `restricted`, to
 * audit or warn as `privileged`; a wrong version counts as the latest. Without a label to warn,
 * what is enforced is warned of (k8s.io/pod-security-admission).
 */
export function policyOf(labels: Labels, defaults: Policy = PRIVILEGED): PolicyOfLabels {
  if (!labels) return { policy: defaults, errors: [] };
  const errors: FieldError[] = [];
  const read = (mode: Mode): LevelVersion => {
    let { level, minor } = defaults[mode];
    const levelLabel = labels[`${PREFIX}${mode}`];
    if (levelLabel !== undefined) {
      const wrong = mode === 'enforce' ? 'restricted' : 'privileged';
      level = isLevel(levelLabel) ? levelLabel : wrong;
      if (!isLevel(levelLabel)) {
        const path = `metadata.labels[${PREFIX}${mode}]`;
        errors.push(invalid(path, levelLabel, LEVEL_PROBLEM));
      }
    }
    const versionLabel = labels[`${PREFIX}${mode}-version`];
    if (versionLabel !== undefined) {
      const known = minorOf(versionLabel);
      minor = known ?? Number.POSITIVE_INFINITY;
      if (known === undefined) {
        const path = `metadata.labels[${PREFIX}${mode}-version]`;
        errors.push(invalid(path, versionLabel, VERSION_PROBLEM));
      }
    }
    return { level, minor };
  };
  const enforce = read('enforce');
  const audit = read('audit');
  const warn = read('warn');
  const follows =
    labels[`${PREFIX}warn`] === undefined &&
    isLevel(labels[`${PREFIX}enforce`] ?? '') &&
    compareLevels(enforce.level, warn.level) > 0;
  if (!follows) return { policy: { enforce, audit, warn }, errors };
  const ownVersion = labels[`${PREFIX}warn-version`] !== undefined;
  const minor = ownVersion ? warn.minor : enforce.minor;
  return { policy: { enforce, audit, warn: { level: enforce.level, minor } }, errors };
}
