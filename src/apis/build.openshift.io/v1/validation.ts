import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { envNameErrors, labelKeyErrors } from '../../../machinery/names.ts';
import type { EnvVar } from '../../core/v1/types.ts';
import {
  inputReferenceErrors,
  outputReferenceErrors,
  secretReferenceErrors,
} from './reference-validation.ts';
import { cleanPath, sourceErrors } from './source-validation.ts';
import { triggerListErrors } from './trigger-validation.ts';
import type {
  Build,
  BuildConfig,
  BuildOutput,
  BuildStrategy,
  CommonSpec,
  DockerBuildStrategy,
  ImageLabel,
} from './types.ts';

const ONE_STRATEGY =
  'must provide a value for exactly one of sourceStrategy, customStrategy, dockerStrategy, or jenkinsPipelineStrategy';
const OPTIMIZATION = ['None', 'SkipLayers', 'SkipLayersAndWarn'];
const RUN_POLICIES = ['Parallel', 'Serial', 'SerialLatestOnly'];

function envErrors(env: readonly EnvVar[] | undefined, path: string): FieldError[] {
  return (env ?? []).flatMap(({ name, valueFrom }, index) => {
    const field = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${field}.name`));
    else if (envNameErrors(name).length > 0) {
      errors.push(invalid(`${field}.name`, name, envNameErrors(name).join('; ')));
    }
    if (valueFrom?.resourceFieldRef) {
      const text = 'ResourceFieldRef is not valid for valueFrom in build environment variables';
      errors.push(invalid(`${field}.valueFrom.ResourceFieldRef`, name, text));
    }
    return errors;
  });
}

function dockerErrors(strategy: DockerBuildStrategy, path: string): FieldError[] {
  const { from, pullSecret, imageOptimizationPolicy: policy, dockerfilePath = '' } = strategy;
  const errors = from ? inputReferenceErrors(from, `${path}.from`) : [];
  errors.push(...secretReferenceErrors(pullSecret, `${path}.pullSecret`));
  if (policy !== undefined && !OPTIMIZATION.includes(policy)) {
    const text = "must be unset, 'None', 'SkipLayers', or 'SkipLayersAndWarn'";
    errors.push(invalid(`${path}.imageOptimizationPolicy`, policy, text));
  }
  const cleaned = cleanPath(dockerfilePath);
  if (cleaned.startsWith('/') || cleaned === '..' || cleaned.startsWith('../')) {
    const text = 'dockerfilePath must be a relative path within your source location';
    errors.push(invalid(`${path}.dockerfilePath`, dockerfilePath, text));
  }
  return [...errors, ...envErrors(strategy.env, `${path}.env`)];
}

function strategyErrors(strategy: BuildStrategy, path: string): FieldError[] {
  const { sourceStrategy, dockerStrategy, customStrategy, jenkinsPipelineStrategy } = strategy;
  const all = [sourceStrategy, dockerStrategy, customStrategy, jenkinsPipelineStrategy];
  if (all.filter((one) => one !== undefined).length !== 1) {
    return [invalid(path, strategy, ONE_STRATEGY)];
  }
  if (dockerStrategy) return dockerErrors(dockerStrategy, `${path}.dockerStrategy`);
  if (jenkinsPipelineStrategy) {
    return envErrors(jenkinsPipelineStrategy.env, `${path}.jenkinsPipelineStrategy.env`);
  }
  const [name, one] = sourceStrategy
    ? ['sourceStrategy', sourceStrategy]
    : ['customStrategy', customStrategy];
  return [
    ...inputReferenceErrors(one?.from, `${path}.${name}.from`),
    ...secretReferenceErrors(one?.pullSecret, `${path}.${name}.pullSecret`),
    ...envErrors(one?.env, `${path}.${name}.env`),
  ];
}

function imageLabelErrors(labels: readonly ImageLabel[], path: string): FieldError[] {
  const seen = new Set<string>();
  return labels.flatMap(({ name }, index) => {
    const field = `${path}[${index}].name`;
    if (!name) return [required(field)];
    const syntax = labelKeyErrors(name);
    if (syntax.length > 0) return [invalid(field, name, syntax.join('; '))];
    if (seen.has(name)) return [invalid(field, name, 'duplicate name')];
    seen.add(name);
    return [];
  });
}

function outputErrors(output: BuildOutput, path: string): FieldError[] {
  return [
    ...(output.to ? outputReferenceErrors(output.to, `${path}.to`) : []),
    ...secretReferenceErrors(output.pushSecret, `${path}.pushSecret`),
    ...imageLabelErrors(output.imageLabels ?? [], `${path}.imageLabels`),
  ];
}

function commonErrors(spec: CommonSpec, path: string): FieldError[] {
  const { source = {}, strategy, postCommit, completionDeadlineSeconds: deadline } = spec;
  const errors: FieldError[] = [];
  const isDocker = strategy.dockerStrategy !== undefined;
  const { git, binary, dockerfile, images } = source;
  if (isDocker && !git && !binary && dockerfile === undefined && !images) {
    const text =
      'must provide a value for at least one source input(git, binary, dockerfile, images).';
    errors.push(invalid(`${path}.source`, '', text));
  }
  const kinds = { isCustom: strategy.customStrategy !== undefined, isDocker };
  errors.push(...sourceErrors(source, kinds, `${path}.source`));
  if (deadline !== undefined && deadline <= 0) {
    const text = 'completionDeadlineSeconds must be a positive integer greater than 0';
    errors.push(invalid(`${path}.completionDeadlineSeconds`, deadline, text));
  }
  errors.push(...outputErrors(spec.output ?? {}, `${path}.output`));
  errors.push(...strategyErrors(strategy, `${path}.strategy`));
  if (postCommit?.script && postCommit.command?.length) {
    const text = 'cannot use command and script together';
    errors.push(invalid(`${path}.postCommit`, postCommit, text));
  }
  return errors;
}

/** validateBuild checks a Build, with the messages of openshift-apiserver. */
export function validateBuild({ spec }: Build): readonly FieldError[] {
  if (spec === undefined) return [required('spec')];
  return commonErrors(spec, 'spec');
}

function limitErrors(value: number | undefined, path: string): FieldError[] {
  if (value === undefined || value >= 0) return [];
  return [invalid(path, value, 'must be greater than or equal to 0')];
}

/** validateBuildConfig checks a BuildConfig, with the messages of openshift-apiserver. */
export function validateBuildConfig(config: BuildConfig): readonly FieldError[] {
  const { spec } = config;
  const errors = triggerListErrors(config, 'spec.triggers');
  if (!RUN_POLICIES.includes(spec.runPolicy ?? '')) {
    const text = 'run policy must Parallel, Serial, or SerialLatestOnly';
    errors.push(invalid('spec.runPolicy', spec.runPolicy ?? '', text));
  }
  return [
    ...errors,
    ...limitErrors(spec.successfulBuildsHistoryLimit, 'spec.successfulBuildsHistoryLimit'),
    ...limitErrors(spec.failedBuildsHistoryLimit, 'spec.failedBuildsHistoryLimit'),
    ...commonErrors(spec as CommonSpec, 'spec'),
  ];
}
