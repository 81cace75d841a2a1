import type {
  Admission,
  AdmissionRequest,
  AuthorizationAttributes,
  Authorizer,
} from '../../apiserver/contracts.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import type { OwnerReference } from '../../machinery/meta/v1.ts';
import type { ResourceType } from '../../machinery/object.ts';
import { newRefusal } from '../refusal.ts';

/** OwnerReferencesOptions: `resourcesOf` answers the resources of a kind, to any of which owners may belong. */
export interface OwnerReferencesOptions {
  readonly authorizer: Authorizer;
  resourcesOf(group: string, version: string, kind: string): readonly ResourceType[];
}

/** EXEMPT are requests that cannot change owners by their own strategy. */
const EXEMPT = new Set(['pods/status']);

type Question = Omit<AuthorizationAttributes, 'user'>;

const ANYTHING: Question = {
  verb: 'update',
  group: '*',
  version: '*',
  resource: '*',
  subresource: 'finalizers',
  name: '*',
  namespace: '',
};

function ownersOf(object: AdmissionRequest['object']): readonly OwnerReference[] {
  return object?.metadata?.ownerReferences ?? [];
}

/** newlyBlocking are owners that the object keeps from going, and did not before. */
function newlyBlocking({ object, old }: AdmissionRequest): OwnerReference[] {
  const before = new Map(ownersOf(old).map((one) => [one.uid, one]));
  return ownersOf(object).filter(
    (one) => one.blockOwnerDeletion && !before.get(one.uid)?.blockOwnerDeletion,
  );
}

function splitVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

/**
 * newOwnerReferences lets users change the owners of objects that they may delete, and keep owners
 * from going whose finalizers they may set (admission plugin
 * OwnerReferencesPermissionEnforcement).
 */
export function newOwnerReferences(options: OwnerReferencesOptions): Admission {
  return new OwnerReferences(options);
}

class OwnerReferences implements Admission {
  readonly #options: OwnerReferencesOptions;

  constructor(options: OwnerReferencesOptions) {
    this.#options = options;
  }

  validate(request: AdmissionRequest): Promise<void> | undefined {
    const { operation, type, subresource, object, old } = request;
    if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
    if (EXEMPT.has(`${type.resource}/${subresource}`)) return undefined;
    if (deepEqual(ownersOf(object), ownersOf(old))) return undefined;
    return this.#check(request);
  }

  async #check(request: AdmissionRequest): Promise<void> {
    if (request.operation === 'UPDATE') await this.#checkDelete(request);
    const owners = newlyBlocking(request);
    if (owners.length === 0 || (await this.#ask(request, ANYTHING)).allowed) return;
    for (const owner of owners) await this.#checkOwner(request, owner);
  }

  async #checkDelete(request: AdmissionRequest): Promise<void> {
    const { type, subresource, namespace, name } = request;
    const { group, version, resource } = type;
    const place = { group, version, resource, subresource, namespace, name };
    const { allowed, reason = '' } = await this.#ask(request, { ...place, verb: 'delete' });
    if (allowed) return;
    const text = `cannot set an ownerRef on a resource you can't delete: ${reason}, <nil>`;
    throw newRefusal(request, text);
  }

  async #checkOwner(request: AdmissionRequest, owner: OwnerReference): Promise<void> {
    const [group, version] = splitVersion(owner.apiVersion);
    const resources = this.#options.resourcesOf(group, version, owner.kind);
    if (resources.length === 0) {
      const kind = JSON.stringify(owner.kind);
      const api = JSON.stringify(owner.apiVersion);
      throw newRefusal(
        request,
        `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${owner.apiVersion} Kind ${owner.kind}: no matches for kind ${kind} in version ${api}`,
      );
    }
    for (const { resource, namespaced } of resources) {
      const { allowed, reason = '' } = await this.#ask(request, {
        verb: 'update',
        group,
        version,
        resource,
        subresource: 'finalizers',
        name: owner.name,
        namespace: namespaced ? request.namespace : '',
      });
      if (allowed) continue;
      throw newRefusal(
        request,
        `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${reason}, <nil>`,
      );
    }
  }

  #ask({ context }: AdmissionRequest, question: Question) {
    return this.#options.authorizer.authorize({ ...question, user: context.user });
  }
}
