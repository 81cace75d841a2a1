/** Annotations of the group image.openshift.io, as openshift/api names them. */
export const DOCKER_REPOSITORY_CHECK = 'openshift.io/image.dockerRepositoryCheck';
export const INSECURE_REPOSITORY = 'openshift.io/image.insecureRepository';
export const MANAGED_BY_OPENSHIFT = 'openshift.io/image.managed';
export const EXCLUDE_IMAGE_SECRET = 'openshift.io/image.excludeSecret';
export const MANIFEST_BLOB_STORED = 'image.openshift.io/manifestBlobStored';
export const LAYERS_ORDER = 'image.openshift.io/dockerLayersOrder';
export const PREFER_ARCH = 'importer.image.openshift.io/prefer-arch';
export const PREFER_OS = 'importer.image.openshift.io/prefer-os';

/** LATEST is the tag that is meant where none is given. */
export const LATEST = 'latest';

/** IMPORT_SUCCESS is the type of the condition that a failed import leaves on a tag. */
export const IMPORT_SUCCESS = 'ImportSuccess';

/** splitImageStreamTag splits `name:tag`; without a colon the tag is `latest` and `isExact` false. */
export function splitImageStreamTag(text: string): { name: string; tag: string; isExact: boolean } {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const tag = colon < 0 ? '' : text.slice(colon + 1);
  return { name, tag: tag === '' ? LATEST : tag, isExact: colon >= 0 };
}

/** parseImageStreamTagName is strict: exactly one colon, nothing empty, no `@`; else undefined. */
export function parseImageStreamTagName(text: string): { name: string; tag: string } | undefined {
  const [name = '', tag = '', ...rest] = text.split(':');
  if (text.includes('@') || name === '' || tag === '' || rest.length > 0) return undefined;
  return { name, tag };
}

/** parseImageStreamImageName is strict: `name@id`, nothing empty; else undefined. */
export function parseImageStreamImageName(text: string): { name: string; id: string } | undefined {
  const [name = '', id = '', ...rest] = text.split('@');
  if (name === '' || id === '' || rest.length > 0) return undefined;
  return { name, id };
}

/** joinImageStreamTag makes `name:tag`. */
export function joinImageStreamTag(name: string, tag: string): string {
  return `${name}:${tag === '' ? LATEST : tag}`;
}
