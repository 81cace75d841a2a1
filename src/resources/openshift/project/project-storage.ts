import type { Namespace } from '../../../apis/core/v1/types.ts';
import type { Project } from '../../../apis/project.openshift.io/v1/types.ts';
import {
  validateProject,
  validateProjectUpdate,
} from '../../../apis/project.openshift.io/v1/validation.ts';
import { NAMESPACES } from '../../../apis/resource-types.ts';
import type {
  RequestContext,
  ResourceStorage,
  StorageListOptions,
  UserInfo,
} from '../../../apiserver/resource-definition.ts';
import type { Client, ListQuery } from '../../../client/client.ts';
import type { FieldError } from '../../../machinery/field-error.ts';
import type { KubeList, WatchEvent } from '../../../machinery/object.ts';
import { newInvalid } from '../../../machinery/status-error.ts';
import { newSuccess } from '../../../machinery/success.ts';

/** ProjectDeps: `maySee` tells whether a user may get a namespace, by roles. */
export interface ProjectDeps {
  readonly client: Client;
  maySee(user: UserInfo, namespace: string): boolean | Promise<boolean>;
}

const KIND = { group: 'project.openshift.io', kind: 'Project' };

/** toProject shows a namespace as the project that it is. */
export function toProject(namespace: Namespace): Project {
  return {
    apiVersion: 'project.openshift.io/v1',
    kind: 'Project',
    metadata: namespace.metadata,
    ...(namespace.spec && { spec: namespace.spec }),
    ...(namespace.status && { status: { ...namespace.status } }),
  } as Project;
}

function toNamespace(project: Project): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: project.metadata,
    ...(project.spec && { spec: project.spec }),
  } as Namespace;
}

function refuse(name: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw newInvalid(KIND, name, errors);
}

function queryOf(options: StorageListOptions): ListQuery {
  return {
    ...(options.labelSelector && { labelSelector: options.labelSelector }),
    ...(options.fieldSelector && { fieldSelector: options.fieldSelector }),
    ...(options.resourceVersion && { resourceVersion: options.resourceVersion }),
    ...(options.timeoutSeconds && { timeoutSeconds: options.timeoutSeconds }),
  };
}

/** newProjectStorage serves projects as a view of the namespaces that the user may see. */
export function newProjectStorage({ client, maySee }: ProjectDeps): ResourceStorage<Project> {
  async function* visibleEvents(
    events: AsyncIterable<WatchEvent<Namespace>>,
    user: UserInfo,
  ): AsyncGenerator<WatchEvent<Project>> {
    for await (const event of events) {
      if (event.type === 'ERROR') {
        yield event as unknown as WatchEvent<Project>;
        return;
      }
      const isBookmark = event.type === 'BOOKMARK';
      if (!isBookmark && !(await maySee(user, event.object.metadata.name ?? ''))) continue;
      yield { type: event.type, object: toProject(event.object) };
    }
  }

  return {
    get: async (name) => toProject(await client.get(NAMESPACES, { name })),

    async list(options, context): Promise<KubeList<Project>> {
      const all = await client.list(NAMESPACES, queryOf(options));
      const visible = await Promise.all(
        all.items.map((one) => maySee(context.user, one.metadata.name ?? '')),
      );
      return {
        apiVersion: 'project.openshift.io/v1',
        kind: 'ProjectList',
        metadata: { ...all.metadata },
        items: all.items.filter((_, index) => visible[index]).map(toProject),
      };
    },

    async watch(options, context: RequestContext) {
      const events = await client.watch(NAMESPACES, {
        ...queryOf(options),
        allowWatchBookmarks: options.allowWatchBookmarks,
        signal: context.signal,
      });
      return visibleEvents(events, context.user);
    },

    async create(project, context) {
      refuse(project.metadata.name ?? '', validateProject(project));
      const created = await client.create(NAMESPACES, toNamespace(project), {
        dryRun: context.dryRun,
      });
      return toProject(created);
    },

    async update(name, change, context) {
      const current = await client.get(NAMESPACES, { name });
      const changed = await change(toProject(current));
      refuse(name, validateProjectUpdate(changed, toProject(current)));
      const updated = await client.update(
        NAMESPACES,
        { ...current, metadata: changed.metadata },
        { dryRun: context.dryRun },
      );
      return toProject(updated);
    },

    async delete(name, options) {
      await client.delete(NAMESPACES, { name }, options);
      return newSuccess({ details: { name, group: KIND.group, kind: 'projects' } });
    },
  };
}
