import {
  arrayFlag,
  boolFlag,
  type FlagSpec,
  sliceFlag,
  stringFlag,
} from '../../flags/flag-spec.ts';

/** SHARED_FLAGS are the flags of both `new-app` and `new-build`. */
const SHARED_FLAGS: readonly FlagSpec[] = [
  sliceFlag('code', 'Source code to use to build this application.'),
  stringFlag('context-dir', 'Context directory to be used for the build.'),
  sliceFlag('image', 'Name of a container image to include in the app.'),
  sliceFlag('docker-image', 'Name of a container image to include in the app.'),
  sliceFlag('image-stream', 'Name of an existing image stream to use to deploy an app.', {
    short: 'i',
  }),
  stringFlag('name', 'Set name to use for generated application artifacts'),
  arrayFlag(
    'env',
    'Specify a key-value pair for an environment variable to set into each container.',
    { short: 'e' },
  ),
  stringFlag('labels', 'Label to set in all resources for this application.', { short: 'l' }),
  stringFlag(
    'strategy',
    "Specify the build strategy to use if you don't want to detect (docker|source).",
  ),
  boolFlag(
    'allow-missing-images',
    'If true, indicates that referenced container images that cannot be found locally or in a registry should still be used.',
  ),
  boolFlag(
    'allow-missing-imagestream-tags',
    "If true, indicates that image stream tags that don't exist should still be used.",
  ),
  boolFlag(
    'insecure-registry',
    'If true, indicates that the referenced container images are on insecure registries and should bypass certificate checking',
  ),
  boolFlag('dry-run', 'If true, show the result of the operation without performing it.'),
  stringFlag(
    'output',
    'Output results as yaml or json instead of executing, or use name for succint output (resource/name).',
    { short: 'o' },
  ),
  arrayFlag('build-arg', 'Specify a key-value pair to pass to Docker during the build.'),
];

/** NEW_APP_FLAGS are the flags of `new-app`. */
export const NEW_APP_FLAGS: readonly FlagSpec[] = [
  ...SHARED_FLAGS,
  boolFlag('list', 'List all local templates and image streams that can be used to create.', {
    short: 'L',
  }),
  boolFlag(
    'search',
    'Search all templates, image streams, and container images that match the arguments provided.',
    { short: 'S' },
  ),
  boolFlag(
    'as-deployment-config',
    'If true create this application as a deployment config, which allows for hooks and custom strategies.',
    { default: true },
  ),
  arrayFlag(
    'build-env',
    'Specify a key-value pair for an environment variable to set into each build image.',
  ),
  sliceFlag('template', 'Name of a stored template to use in the app.'),
  arrayFlag('group', 'Indicate components that should be grouped together as <comp1>+<comp2>.'),
  boolFlag(
    'no-install',
    'Do not attempt to run images that describe themselves as being installable',
  ),
];

/** NEW_BUILD_FLAGS are the flags of `new-build`. */
export const NEW_BUILD_FLAGS: readonly FlagSpec[] = [
  ...SHARED_FLAGS,
  boolFlag(
    'binary',
    'Instead of expecting a source URL, set the build to expect binary contents. Will disable triggers.',
  ),
  stringFlag(
    'dockerfile',
    "Specify the contents of a Dockerfile to build directly, implies --strategy=docker. Pass '-' to read from STDIN.",
    { short: 'D' },
  ),
  boolFlag('no-output', 'If true, the build output will not be pushed anywhere.'),
  stringFlag(
    'to',
    'Push built images to this image stream tag (or container image repository if --to-docker is set).',
  ),
  boolFlag('to-docker', 'If true, have the build output push to a container image repository.'),
];
