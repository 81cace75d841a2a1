import type { AuthorizationDecision } from '../contracts.ts';
import type { UserInfo } from '../resource-definition.ts';
import { KUBE_CLUSTER_ROLES } from './kube-policy.data.ts';
import type { NodeReference, NodeReferences } from './node-references.ts';
import { ruleOf } from './policy-entries.ts';
import { type AccessAttributes, ruleAllows } from './rbac.ts';

const NODES_GROUP = 'system:nodes';
const PREFIX = 'system:node:';
const LEASE_NAMESPACE = 'kube-node-lease';
const OWN_VERBS = ['get', 'create', 'update', 'patch', 'delete'];
const READS = ['get', 'list', 'watch'];

/** NodeAuthorizerDeps is what the authorizer looks at, as the watch cache has it. */
export interface NodeAuthorizerDeps {
  /** What the pods of nodes refer to; a promise for as long as that is being found out. */
  references(): NodeReferences | Promise<NodeReferences>;
  /** The claim that a persistent volume is bound to. */
  claimOf(volume: string): { readonly namespace: string; readonly name: string } | undefined;
  /** The node whose devices a resource slice has. */
  nodeOfSlice(name: string): string | undefined;
}

/** nodeNameOf answers the node that a user is, undefined when it is none. */
export function nodeNameOf({ name, groups }: UserInfo): string | undefined {
  if (!name.startsWith(PREFIX) || !groups.includes(NODES_GROUP)) return undefined;
  return name.slice(PREFIX.length) || undefined;
}

type Decided = AuthorizationDecision | Promise<AuthorizationDecision>;

const allow: AuthorizationDecision = { allowed: true };
const deny = (reason: string): AuthorizationDecision =>
  reason === '' ? { allowed: false } : { allowed: false, reason };

function selects(attributes: AccessAttributes, field: string, value: string): boolean {
  const terms = (attributes.fieldSelector ?? '').split(',');
  return terms.includes(`${field}=${value}`) || terms.includes(`${field}==${value}`);
}

const unrelated = (node: string) =>
  deny(`no relationship found between node '${node}' and this object`);

/**
 * NodeAuthorizer lets nodes do what the role `system:node` says, and see of secrets, config maps,
 * claims and accounts those that pods on them use (kube-apiserver's authorization mode Node). It
 * has no opinion on anybody else.
 */
export class NodeAuthorizer {
  readonly #deps: NodeAuthorizerDeps;
  readonly #rules = (KUBE_CLUSTER_ROLES['system:node']?.rules ?? []).map(ruleOf);

  constructor(deps: NodeAuthorizerDeps) {
    this.#deps = deps;
  }

  /** authorize decides for nodes; undefined: the user is none. */
  authorize(attributes: AccessAttributes): Decided | undefined {
    const node = nodeNameOf(attributes.user);
    if (node === undefined) return undefined;
    if (attributes.path !== undefined) return this.#byRules(attributes);
    switch (`${attributes.group}/${attributes.resource}`) {
      case '/secrets':
      case '/configmaps':
        return this.#read(node, attributes, READS);
      case '/persistentvolumeclaims':
        return attributes.subresource === 'status'
          ? this.#related(node, attributes)
          : this.#read(node, attributes, ['get']);
      case '/persistentvolumes':
        return this.#readVolume(node, attributes);
      case '/serviceaccounts':
        return this.#account(node, attributes);
      case '/pods':
        return this.#pods(node, attributes);
      case '/nodes':
        return this.#nodes(node, attributes);
      case 'coordination.k8s.io/leases':
        return this.#own(node, attributes, 'node lease');
      case 'storage.k8s.io/csinodes':
        return this.#own(node, attributes, 'CSINode');
      case 'resource.k8s.io/resourceclaims':
        return this.#claim(node, attributes);
      case 'resource.k8s.io/resourceslices':
        return this.#slice(node, attributes);
      default:
        return this.#byRules(attributes);
    }
  }

  #byRules(attributes: AccessAttributes): AuthorizationDecision {
    return this.#rules.some((rule) => ruleAllows(rule, attributes)) ? allow : deny('');
  }

  #ifReferred(reference: NodeReference): Decided {
    const decide = (references: NodeReferences) =>
      references.has(reference) ? allow : unrelated(reference.node);
    const known = this.#deps.references();
    return known instanceof Promise ? known.then(decide) : decide(known);
  }

  #related(node: string, { namespace, name, resource }: AccessAttributes): Decided {
    if (name === '') return deny('No Object name found');
    return this.#ifReferred({ node, resource, namespace, name });
  }

  #read(node: string, attributes: AccessAttributes, verbs: readonly string[]) {
    if (!verbs.includes(attributes.verb)) return deny('can only read resources of this type');
    if (attributes.subresource !== '') return deny('cannot read subresource');
    if (attributes.namespace === '') return deny('can only read namespaced object of this type');
    return this.#related(node, attributes);
  }

  #readVolume(node: string, attributes: AccessAttributes): Decided {
    if (attributes.verb !== 'get' || attributes.name === '')
      return deny('can only get individual resources of this type');
    if (attributes.subresource !== '') return deny('cannot get subresource');
    const claim = this.#deps.claimOf(attributes.name);
    if (!claim) return unrelated(node);
    return this.#ifReferred({ node, resource: 'persistentvolumeclaims', ...claim });
  }

  #claim(node: string, attributes: AccessAttributes): Decided {
    if (attributes.verb !== 'get' || attributes.name === '')
      return deny('can only get individual resources of this type');
    if (attributes.subresource !== '') return deny('cannot get subresource');
    return this.#related(node, attributes);
  }

  /** What is created, NodeRestriction looks at: here it is not known. */
  #slice(node: string, attributes: AccessAttributes): AuthorizationDecision {
    const { verb, name, subresource } = attributes;
    if (subresource !== '') return deny('cannot authorize ResourceSlice subresources');
    if (verb === 'create') return allow;
    if (['watch', 'list', 'deletecollection'].includes(verb)) {
      const reason =
        'can only list/watch/deletecollection resourceslices with nodeName field selector';
      return selects(attributes, 'spec.nodeName', node) ? allow : deny(reason);
    }
    if (!['get', 'update', 'patch', 'delete'].includes(verb)) {
      return deny(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
      );
    }
    if (name === '') return deny('No Object name found');
    return this.#deps.nodeOfSlice(name) === node ? allow : unrelated(node);
  }

  #account(node: string, attributes: AccessAttributes): Decided {
    const { verb, subresource, name } = attributes;
    if (verb === 'get' && subresource === '') return this.#related(node, attributes);
    if (verb !== 'create' || name === '')
      return deny('can only create tokens for individual service accounts');
    if (subresource !== 'token') return deny('can only create token subresource of serviceaccount');
    return this.#related(node, attributes);
  }

  #pods(node: string, attributes: AccessAttributes): Decided {
    const { verb, subresource, namespace, name } = attributes;
    if (subresource === '' && verb === 'get') {
      return this.#ifReferred({ node, resource: 'pods', namespace, name });
    }
    const isList = subresource === '' && (verb === 'list' || verb === 'watch');
    if (isList && !selects(attributes, 'spec.nodeName', node))
      return deny('can only list/watch pods with spec.nodeName field selector');
    return this.#byRules(attributes);
  }

  #nodes(node: string, attributes: AccessAttributes): AuthorizationDecision {
    const { verb, name } = attributes;
    if (READS.includes(verb) && name !== node)
      return deny(
        name === ''
          ? `node '${node}' cannot read all nodes, only its own Node object`
          : `node '${node}' cannot read '${name}', only its own Node object`,
      );
    return this.#byRules(attributes);
  }

  #own(node: string, attributes: AccessAttributes, what: string): AuthorizationDecision {
    const { verb, namespace, name, resource } = attributes;
    if (!OWN_VERBS.includes(verb)) {
      const article = what === 'CSINode' ? 'CSINode' : 'node lease';
      return deny(`can only get, create, update, patch, or delete a ${article}`);
    }
    if (resource === 'leases' && namespace !== LEASE_NAMESPACE)
      return deny(`can only access leases in the "${LEASE_NAMESPACE}" system namespace`);
    // A create does not tell the name; admission looks at the object.
    if (verb !== 'create' && name !== node)
      return deny(`can only access ${what} with the same name as the requesting node`);
    return allow;
  }
}
