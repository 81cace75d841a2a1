import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  Pod,
  Volume,
  VolumeProjection,
} from '../../apis/core/v1/types.ts';
import type { PodSources } from '../container/env.ts';
import { type FieldContext, fieldValue, resourceValue } from '../container/field-ref.ts';
import type { Payload, PayloadFile } from './atomic-writer.ts';
import { VolumeError } from './volume-error.ts';

/** DEFAULT_MODE is the mode of files of volumes that state none. */
const DEFAULT_MODE = 0o644;

/** PayloadContext is what the files of volumes are made from. */
export interface PayloadContext extends FieldContext {
  readonly sources: PodSources;
  /** The service account tokens that were requested, by `audience\nexpirationSeconds`. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** tokenKey names a requested token. */
export function tokenKey(audience: string | undefined, seconds: number | undefined): string {
  return `${audience ?? ''}\n${seconds ?? 3600}`;
}

interface Selection {
  readonly volume: string;
  readonly kind: 'configmap' | 'secret';
  readonly name: string;
  readonly optional: boolean;
  readonly items: readonly KeyToPath[] | undefined;
  readonly mode: number;
}

function contentsOf(selection: Selection, sources: PodSources): Map<string, Buffer> | undefined {
  if (selection.kind === 'configmap') {
    const map = sources.configMaps.get(selection.name);
    if (map === undefined) return undefined;
    const texts = Object.entries(map.data ?? {}).map(
      ([key, text]) => [key, Buffer.from(text)] as const,
    );
    const binaries = Object.entries(map.binaryData ?? {}).map(
      ([key, text]) => [key, Buffer.from(String(text), 'base64')] as const,
    );
    return new Map([...texts, ...binaries]);
  }
  const secret = sources.secrets.get(selection.name);
  if (secret === undefined) return undefined;
  const entries = Object.entries(secret.data ?? {});
  return new Map(entries.map(([key, text]) => [key, Buffer.from(text, 'base64')]));
}

function selected(selection: Selection, context: PayloadContext): [string, PayloadFile][] {
  const { volume, kind, name, optional, items, mode } = selection;
  const contents = contentsOf(selection, context.sources);
  if (contents === undefined) {
    if (optional) return [];
    throw new VolumeError(volume, `${kind} "${name}" not found`);
  }
  if (items === undefined || items.length === 0) {
    return [...contents].map(([key, data]) => [key, { data, mode }]);
  }
  return items.flatMap((item): [string, PayloadFile][] => {
    const data = contents.get(item.key);
    if (data !== undefined) return [[item.path, { data, mode: item.mode ?? mode }]];
    if (optional) return [];
    throw new VolumeError(
      volume,
      `references non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${item.key}`,
    );
  });
}

function downward(
  files: readonly DownwardAPIVolumeFile[],
  mode: number,
  context: PayloadContext,
): [string, PayloadFile][] {
  const { containers = [] } = context.pod.spec ?? {};
  return files.map((file) => {
    const ref = file.resourceFieldRef;
    const container = containers.find(({ name }) => name === ref?.containerName) ?? containers[0];
    const text =
      ref && container
        ? resourceValue(ref, container, context)
        : fieldValue(file.fieldRef ?? { fieldPath: '' }, context);
    return [file.path, { data: Buffer.from(text), mode: file.mode ?? mode }];
  });
}

function projected(
  volume: string,
  source: VolumeProjection,
  mode: number,
  context: PayloadContext,
): [string, PayloadFile][] {
  const { configMap, secret, downwardAPI, serviceAccountToken: token } = source;
  const ref = configMap ?? secret;
  if (ref !== undefined) {
    const kind = configMap ? 'configmap' : 'secret';
    const { name = '', optional = false, items } = ref;
    return selected({ volume, kind, name, optional, items, mode }, context);
  }
  if (downwardAPI) return downward(downwardAPI.items ?? [], mode, context);
  if (token === undefined) return [];
  const text = context.tokens.get(tokenKey(token.audience, token.expirationSeconds));
  if (text === undefined) throw new VolumeError(volume, 'failed to fetch token');
  const shared = context.pod.spec?.securityContext?.fsGroup !== undefined;
  return [[token.path, { data: Buffer.from(text), mode: shared ? 0o600 : mode }]];
}

/** isPayloadVolume tells whether a volume is made from objects of the API. */
export function isPayloadVolume(volume: Volume): boolean {
  return Boolean(volume.configMap ?? volume.secret ?? volume.downwardAPI ?? volume.projected);
}

/** payloadOf is the files of a volume; throws VolumeError for what is missing. */
export function payloadOf(volume: Volume, context: PayloadContext): Payload {
  const { name, configMap, secret, downwardAPI, projected: projection } = volume;
  if (configMap) {
    const { optional = false, items, defaultMode: mode = DEFAULT_MODE } = configMap;
    const source = { kind: 'configmap' as const, name: configMap.name ?? '' };
    return new Map(selected({ volume: name, ...source, optional, items, mode }, context));
  }
  if (secret) {
    const { optional = false, items, defaultMode: mode = DEFAULT_MODE } = secret;
    const source = { kind: 'secret' as const, name: secret.secretName ?? '' };
    return new Map(selected({ volume: name, ...source, optional, items, mode }, context));
  }
  if (downwardAPI) {
    const { items = [], defaultMode = DEFAULT_MODE } = downwardAPI;
    return new Map(downward(items, defaultMode, context));
  }
  const mode = projection?.defaultMode ?? DEFAULT_MODE;
  const sources = projection?.sources ?? [];
  return new Map(sources.flatMap((source) => projected(name, source, mode, context)));
}

/** tokenRequestsOf are the service account tokens that a pod's volumes want. */
export function tokenRequestsOf(
  pod: Pod,
): { audience: string | undefined; expirationSeconds: number | undefined }[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) =>
    (volume.projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) =>
      token ? [{ audience: token.audience, expirationSeconds: token.expirationSeconds }] : [],
    ),
  );
}
