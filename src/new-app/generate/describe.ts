import { relativeAge } from '../../machinery/relative-time.ts';
import type { BuildInput, Component } from '../component.ts';
import { runsAsRoot } from '../image/image-info.ts';
import type { ImageMatch } from '../image/image-match.ts';
import { isUploaded } from './build-config.ts';
import type { Pipeline } from './pipeline.ts';

/** DescribeOptions are what a description needs beside the pipeline. */
export interface DescribeOptions {
  readonly program: string;
  readonly now: Date;
  /** The name of the DeploymentConfig that will run it; undefined when nothing says so. */
  readonly deploymentConfig: string | undefined;
  /** Several images share that DeploymentConfig. */
  readonly isShared: boolean;
}

function foundLine(image: ImageMatch, now: Date): string | undefined {
  const { info, input } = image;
  const short = (info?.id ?? '').slice(0, 7);
  const age = info?.created ? ` (${relativeAge(info.created, now).replace(/ ago$/, '')} old)` : '';
  if (image.kind === 'stream') {
    const stream = `"${image.namespace}/${image.name}"`;
    if (!info) return `--> Found tag :${image.tag} in image stream ${stream} for "${input}"\n`;
    return `--> Found image ${short}${age} in image stream ${stream} under tag "${image.tag}" for "${input}"\n`;
  }
  if (image.kind === 'registry')
    return `--> Found container image ${short}${age} from ${image.registry} for "${input}"\n`;
  return undefined;
}

function imageLines(image: ImageMatch, now: Date): string {
  const found = foundLine(image, now);
  if (!found) return '';
  const { annotations } = image;
  const title = annotations['io.k8s.display-name'] ?? annotations['openshift.io/display-name'];
  const text = annotations['io.k8s.description'] ?? annotations.description;
  const tags = annotations['io.openshift.tags'] ?? annotations.tags;
  return [
    found,
    '\n',
    title ? `    ${title} \n    ${'-'.repeat(title.length)} \n` : '',
    text ? `    ${text}\n\n` : '',
    tags ? `    Tags: ${tags.split(',').join(', ')}\n\n` : '',
  ].join('');
}

function sourceText(input: BuildInput): string {
  if (input.kind === 'binary') return 'binary input';
  if (input.kind === 'dockerfile') return 'a predefined Dockerfile';
  const { location } = input.source;
  if (location.kind === 'directory') return 'uploaded code';
  return `source code from ${location.url}${location.ref ? `#${location.ref}` : ''}`;
}

function languageLine({ build }: Component): string {
  if (build?.strategy !== 'source' || build.input.kind !== 'source') return '';
  const { languages } = build.input.source;
  if (languages.length === 0) return '';
  return `    * The source repository appears to match: ${languages.join(', ')}\n`;
}

function triggerLine(pipeline: Pipeline, input: BuildInput, program: string): string {
  const { newStream } = pipeline;
  const isLocal = input.kind === 'source' && input.source.location.kind === 'directory';
  if (isUploaded(input) || isLocal)
    return `      * A binary build was created, use '${program} start-build --from-dir' to trigger a new build\n`;
  if (newStream)
    return `      * Every time "${newStream.name}:${newStream.tag}" changes a new build will be triggered\n`;
  return `      * Use '${program} start-build' to trigger a new build\n`;
}

function buildLines(pipeline: Pipeline, program: string): string {
  const { component, newStream, output } = pipeline;
  const { build } = component;
  if (!build)
    return newStream
      ? `    * An image stream tag will be created as "${newStream.name}:${newStream.tag}" that will track this image\n`
      : '';
  const where = output?.kind === 'ImageStreamTag' ? 'to image stream tag' : 'with Docker to';
  return [
    newStream
      ? `    * An image stream tag will be created as "${newStream.name}:${newStream.tag}" that will track the source image\n`
      : '',
    languageLine(component),
    `    * A ${build.strategy} build using ${sourceText(build.input)} will be created\n`,
    output ? `      * The resulting image will be pushed ${where} "${output.name}"\n` : '',
    triggerLine(pipeline, build.input, program),
    build.input.kind === 'source' && build.input.source.needsAuthentication
      ? `      * WARNING: this source repository may require credentials.\n                 Create a secret with your git credentials and use '${program} set build-secret' to assign it to the build config.\n`
      : '',
  ].join('');
}

function deploymentLines({ info }: Pipeline, options: DescribeOptions): string {
  const { deploymentConfig: name, isShared, program } = options;
  if (name === undefined) return '';
  const how = isShared ? 'as part of deployment config' : 'in deployment config';
  const head = `    * This image will be deployed ${how} "${name}"\n`;
  if (!info) return head;
  const { ports } = info;
  if (ports.length === 0)
    return `${head}    * The image does not expose any ports - if you want to load balance or send traffic to this component\n      you will need to create a service with '${program} expose dc/${name} --port=[port]' later\n`;
  return `${head}    * Port${ports.length > 1 ? 's' : ''} ${ports.join(', ')} will be load balanced by service "${name}"\n      * Other containers can access this service through the hostname "${name}"\n`;
}

function warningLines(pipeline: Pipeline, options: DescribeOptions): string {
  const { info, component } = pipeline;
  const { deploymentConfig: name, program } = options;
  if (name === undefined || !info || !component.image) return '';
  const volumes =
    info.volumes.length > 0
      ? `    * This image declares volumes and will default to use non-persistent, host-local storage.\n      You can add persistent volumes later by running '${program} set volume dc/${name} --add ...'\n`
      : '';
  const root =
    runsAsRoot(info) && component.build?.strategy !== 'docker'
      ? `    * WARNING: Image "${component.image.input}" runs as the 'root' user which may not be permitted by your cluster administrator\n`
      : '';
  return volumes + root;
}

/** describePipeline is the paragraph that `new-app` prints for a component. */
export function describePipeline(pipeline: Pipeline, options: DescribeOptions): string {
  const { image } = pipeline.component;
  return [
    image ? imageLines(image, options.now) : '',
    buildLines(pipeline, options.program),
    deploymentLines(pipeline, options),
    warningLines(pipeline, options),
    '\n',
  ].join('');
}
