import { duplicate, type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { inputReferenceErrors, secretReferenceErrors } from './reference-validation.ts';
import type { BuildSource, GitBuildSource, ImageSource } from './types.ts';

const DOCKERFILE_BYTES_MAX = 60_000;

/** cleanPath is Go's path.Clean, as far as validation needs it. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  const joined = parts.join('/');
  if (rooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

/** gitUrlError says what is wrong with a git URL; scp-like and local ones are URLs too. */
function gitUrlError(uri: string): string | undefined {
  if (/\s/.test(uri)) return `"${uri}" is not a valid git URL`;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/(.*)$/.exec(uri);
  if (!scheme) return uri.startsWith('-') ? `"${uri}" is not a valid git URL` : undefined;
  const [, name = '', rest = ''] = scheme;
  if (!['http', 'https', 'git', 'ssh', 'git+ssh', 'ftp', 'ftps', 'file'].includes(name)) {
    return `unsupported scheme "${name}"`;
  }
  return rest === '' || rest.startsWith('/') !== (name === 'file')
    ? `"${uri}" is not a valid git URL`
    : undefined;
}

function gitErrors(git: GitBuildSource, path: string): FieldError[] {
  if (!git.uri) return [required(`${path}.uri`)];
  const error = gitUrlError(git.uri);
  return error === undefined ? [] : [invalid(`${path}.uri`, git.uri, error)];
}

function asFileErrors(asFile: string | undefined, path: string): FieldError[] {
  if (!asFile) return [];
  const name = cleanPath(asFile).replace(/^\//, '');
  if (name !== '' && name !== '.' && !name.startsWith('..') && !/[/\\]/.test(name)) return [];
  const text =
    'file name may not contain slashes or relative path segments and must be a valid POSIX filename';
  return [invalid(`${path}.asFile`, asFile, text)];
}

function destinationErrors(directory: string, isDocker: boolean, path: string): FieldError[] {
  const field = `${path}.destinationDir`;
  if (cleanPath(directory).startsWith('..')) {
    return [invalid(field, directory, "destination dir cannot start with '..'")];
  }
  if (isDocker && directory.startsWith('/')) {
    const text = 'for the docker strategy the destinationDir has to be relative path';
    return [invalid(field, directory, text)];
  }
  return [];
}

interface Mounted {
  readonly kind: 'secret' | 'configMap';
  readonly name: string;
  readonly destinationDir: string;
}

function mountErrors(mount: Mounted, isDocker: boolean, path: string): FieldError[] {
  const { kind, name, destinationDir } = mount;
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${path}.${kind}`));
  if (dnsSubdomainErrors(name).length > 0) {
    errors.push(invalid(`${path}.${kind}`, { [kind]: { name } }, `must be valid ${kind} name`));
  }
  return [...errors, ...destinationErrors(destinationDir, isDocker, path)];
}

function imagePathErrors(one: { sourcePath?: string; destinationDir?: string }, path: string) {
  const { sourcePath = '', destinationDir = '' } = one;
  const errors: FieldError[] = [];
  if (sourcePath === '') errors.push(required(`${path}.sourcePath`));
  if (destinationDir === '') errors.push(required(`${path}.destinationDir`));
  if (!sourcePath.startsWith('/')) {
    errors.push(invalid(`${path}.sourcePath`, sourcePath, 'must be an absolute path'));
  }
  if (destinationDir.startsWith('/')) {
    errors.push(invalid(`${path}.destinationDir`, destinationDir, 'must be a relative path'));
  }
  return [...errors, ...destinationErrors(destinationDir, false, path)];
}

function imageErrors(image: ImageSource, path: string): FieldError[] {
  const { paths = [], as = [] } = image;
  const errors = [
    ...inputReferenceErrors(image.from, `${path}.from`),
    ...secretReferenceErrors(image.pullSecret, `${path}.pullSecret`),
  ];
  if (paths.length === 0 && as.length === 0) {
    errors.push(required(`${path}.paths`, "must specify 'paths' or 'as'"));
    errors.push(required(`${path}.as`, "must specify 'paths' or 'as'"));
  }
  paths.forEach((one, index) => {
    errors.push(...imagePathErrors(one, `${path}.paths[${index}]`));
  });
  as.forEach((name, index) => {
    if (name === '') errors.push(invalid(`${path}.as[${index}]`, name, 'must not be empty'));
  });
  return errors;
}

function imagesErrors(images: readonly ImageSource[], path: string): FieldError[] {
  const errors = images.flatMap((image, index) => imageErrors(image, `${path}[${index}]`));
  const seen = new Set<string>();
  images.forEach(({ as = [] }, index) => {
    as.forEach((name, position) => {
      if (seen.has(name)) errors.push(duplicate(`${path}[${index}].as[${position}]`, name));
      if (name !== '') seen.add(name);
    });
  });
  return errors;
}

/** sourceErrors validates `spec.source`. */
export function sourceErrors(
  source: BuildSource,
  { isCustom, isDocker }: { readonly isCustom: boolean; readonly isDocker: boolean },
  path: string,
): FieldError[] {
  if (source.git && source.binary && !isCustom) {
    return [
      invalid(`${path}.git`, '', 'may not be set when binary is also set'),
      invalid(`${path}.binary`, '', 'may not be set when git is also set'),
    ];
  }
  const errors: FieldError[] = [];
  if (source.git) errors.push(...gitErrors(source.git, `${path}.git`));
  if (source.binary) errors.push(...asFileErrors(source.binary.asFile, `${path}.binary`));
  if (new TextEncoder().encode(source.dockerfile ?? '').length > DOCKERFILE_BYTES_MAX) {
    const text = `must be smaller than ${DOCKERFILE_BYTES_MAX} bytes`;
    errors.push(invalid(`${path}.dockerfile`, '', text));
  }
  errors.push(...imagesErrors(source.images ?? [], `${path}.images`));
  source.secrets?.forEach(({ secret, destinationDir = '' }, index) => {
    const mount = { kind: 'secret' as const, name: secret?.name ?? '', destinationDir };
    errors.push(...mountErrors(mount, isDocker, `${path}.secrets[${index}]`));
  });
  source.configMaps?.forEach(({ configMap, destinationDir = '' }, index) => {
    const mount = { kind: 'configMap' as const, name: configMap?.name ?? '', destinationDir };
    errors.push(...mountErrors(mount, isDocker, `${path}.configMaps[${index}]`));
  });
  errors.push(...secretReferenceErrors(source.sourceSecret, `${path}.sourceSecret`));
  if (source.contextDir && cleanPath(source.contextDir).startsWith('..')) {
    const text = 'context dir must not be a relative path';
    errors.push(invalid(`${path}.contextDir`, source.contextDir, text));
  }
  return errors;
}
