import { listOf, structOf, TEXT } from '../../apiserver/access/config/config-schema.ts';
import {
  ConfigError,
  type ConfigKind,
  readConfig,
} from '../../apiserver/access/config/read-config.ts';
import {
  duplicate,
  type FieldError,
  fieldErrorsText,
  invalid,
} from '../../machinery/field-error.ts';
import { indexPath } from '../../machinery/field-path.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../machinery/names.ts';
import { MODES, type Policy, PRIVILEGED, parseLevel } from './policy.ts';

/** PodSecuritySettings are what a PodSecurityConfiguration says. They can be sent to threads. */
export interface PodSecuritySettings {
  /** The policy of namespaces without labels. */
  readonly defaults: Policy;
  readonly exemptNamespaces: readonly string[];
  readonly exemptUsernames: readonly string[];
  readonly exemptRuntimeClasses: readonly string[];
}

interface PodSecurityConfiguration {
  readonly defaults?: Readonly<Record<string, string>>;
  readonly exemptions?: {
    readonly usernames?: readonly string[];
    readonly namespaces?: readonly string[];
    readonly runtimeClasses?: readonly string[];
  };
}

const GROUP = 'pod-security.admission.config.k8s.io';

const KIND: ConfigKind = {
  kind: 'PodSecurityConfiguration',
  apiVersions: [`${GROUP}/v1`, `${GROUP}/v1beta1`, `${GROUP}/v1alpha1`],
  scheme: 'k8s.io/pod-security-admission',
  schema: structOf('PodSecurityConfiguration', {
    defaults: structOf(
      'PodSecurityDefaults',
      Object.fromEntries(
        MODES.flatMap((mode) => [mode, `${mode}-version`]).map((key) => [key, TEXT]),
      ),
    ),
    exemptions: structOf('PodSecurityExemptions', {
      usernames: listOf(TEXT),
      namespaces: listOf(TEXT),
      runtimeClasses: listOf(TEXT),
    }),
  }),
};

function defaultsOf({ defaults = {} }: PodSecurityConfiguration): Policy {
  const texts: string[] = [];
  const read = (mode: (typeof MODES)[number]) => {
    const { value, level, version } = parseLevel(defaults[mode], defaults[`${mode}-version`]);
    if (level) texts.push(`${mode}: ${level}`);
    if (version) texts.push(`${mode}-version: ${version}`);
    return value;
  };
  const policy = { enforce: read('enforce'), audit: read('audit'), warn: read('warn') };
  if (texts.length === 0) return policy;
  const text = texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`;
  throw new ConfigError(`PodSecurity configuration error: ${text}`);
}

/** nameErrors: each name is one, and there once. */
function nameErrors(
  path: string,
  names: readonly string[],
  check: (name: string) => readonly string[],
): FieldError[] {
  return names.flatMap((name, index) => {
    const at = indexPath(`exemptions.${path}`, index);
    const problems = check(name);
    if (problems.length > 0) return [invalid(at, name, problems.join(', '))];
    return names.indexOf(name) < index ? [duplicate(at, name)] : [];
  });
}

/** DEFAULT_SETTINGS exempt nobody and demand nothing. */
export const DEFAULT_SETTINGS: PodSecuritySettings = {
  defaults: PRIVILEGED,
  exemptNamespaces: [],
  exemptUsernames: [],
  exemptRuntimeClasses: [],
};

/**
 * readPodSecurityConfiguration reads a PodSecurityConfiguration, in YAML or JSON; an empty text is
 * the default. Throws a ConfigError with kube-apiserver's text.
 */
export async function readPodSecurityConfiguration(text: string): Promise<PodSecuritySettings> {
  if (text === '') return DEFAULT_SETTINGS;
  const content = await readConfig<PodSecurityConfiguration>(text, KIND);
  const defaults = defaultsOf(content);
  const { namespaces = [], runtimeClasses = [], usernames = [] } = content.exemptions ?? {};
  const errors = [
    ...nameErrors('namespaces', namespaces, dnsLabelErrors),
    ...nameErrors('runtimeClasses', runtimeClasses, dnsSubdomainErrors),
    ...nameErrors('usernames', usernames, (name) =>
      name === '' ? ['username must not be empty'] : [],
    ),
  ];
  if (errors.length > 0) throw new ConfigError(`PodSecurity invalid: ${fieldErrorsText(errors)}`);
  return {
    defaults,
    exemptNamespaces: namespaces,
    exemptUsernames: usernames,
    exemptRuntimeClasses: runtimeClasses,
  };
}
