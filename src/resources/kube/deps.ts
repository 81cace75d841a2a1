import type { HeldRules } from '../../apiserver/access/rbac.ts';
import type { Authorizer } from '../../apiserver/contracts.ts';
import type {
  ConnectRequest,
  DefinitionDeps,
  UserInfo,
} from '../../apiserver/resource-definition.ts';
import type { ApiBody } from '../../client/transport.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

/**
 * NodeConnector carries a request to the agent of a node. Paths and queries are the kubelet's:
 * `/containerLogs/NS/POD/CONTAINER`, `/exec/…`, `/attach/…`, `/portForward/NS/POD`.
 */
export interface NodeConnector {
  connect(
    nodeName: string,
    kubeletPath: string,
    request: ConnectRequest,
  ): Promise<ApiBody | undefined>;
}

/** TokenIssuer signs service account tokens. */
export interface TokenIssuer {
  issue(
    account: { readonly namespace: string; readonly name: string; readonly uid: string },
    options: {
      readonly audiences?: readonly string[];
      readonly expirationSeconds?: number;
      readonly boundObjectRef?: {
        readonly kind: 'Pod' | 'Secret' | 'Node';
        readonly name: string;
        readonly uid: string;
        readonly node?: { readonly name: string; readonly uid: string };
      };
    },
  ): Promise<{ readonly token: string; readonly expirationTimestamp?: string }>;
}

/** KubeOptions are the ranges of a cluster; the defaults are OpenShift's. */
export interface KubeOptions {
  /** Addresses of services. Default 172.30.0.0/16. */
  readonly serviceCidr?: string;
  /** Ports that services open on nodes, both included. Default 30000 to 32767. */
  readonly nodePortRange?: { readonly first: number; readonly last: number };
}

/** KubeDeps is what the definitions of the Kubernetes resources need. */
export interface KubeDeps extends DefinitionDeps {
  readonly tokens: TokenIssuer;
  readonly nodes: NodeConnector;
  /** Keeps users from granting what they do not have; without it anybody may grant anything. */
  readonly authorizer?: Authorizer;
  /** The rules that a user has in a namespace; goes with `authorizer`. */
  readonly heldRules?: (user: UserInfo, namespace: string) => HeldRules;
  readonly options?: KubeOptions;
  /** Where the addresses and ports of services are counted. */
  readonly metrics?: MetricRegistry;
  /** A number from 0 up to, not including, 1. Default Math.random. */
  readonly random?: () => number;
}
