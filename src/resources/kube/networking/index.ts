import { strictAddressTexts } from '../../../apis/core/v1/ip-validation.ts';
import {
  validateIPAddress,
  validateIPAddressUpdate,
  validateServiceCIDR,
  validateServiceCIDRUpdate,
} from '../../../apis/networking.k8s.io/v1/address-validation.ts';
import {
  INGRESS_CLASS_COLUMNS,
  INGRESS_COLUMNS,
  IP_ADDRESS_COLUMNS,
  NETWORK_POLICY_COLUMNS,
  SERVICE_CIDR_COLUMNS,
} from '../../../apis/networking.k8s.io/v1/columns.ts';
import {
  defaultIngressClass,
  defaultNetworkPolicy,
} from '../../../apis/networking.k8s.io/v1/defaults.ts';
import {
  validateIngressClass,
  validateIngressClassUpdate,
} from '../../../apis/networking.k8s.io/v1/ingress-class-validation.ts';
import {
  ingressWarnings,
  validateIngress,
  validateIngressStatus,
  validateIngressUpdate,
} from '../../../apis/networking.k8s.io/v1/ingress-validation.ts';
import {
  networkPolicyWarnings,
  validateNetworkPolicy,
  validateNetworkPolicyUpdate,
} from '../../../apis/networking.k8s.io/v1/network-policy-validation.ts';
import type {
  Ingress,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  ServiceCIDR,
} from '../../../apis/networking.k8s.io/v1/types.ts';
import {
  INGRESS_CLASSES,
  INGRESSES,
  IP_ADDRESSES,
  NETWORK_POLICIES,
  SERVICE_CIDRS,
} from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';

const ingress: ResourceDefinition<Ingress> = {
  type: INGRESSES,
  definition: 'io.k8s.api.networking.v1.Ingress',
  shortNames: ['ing'],
  columns: INGRESS_COLUMNS,
  strategy: {
    hasStatus: true,
    hasGeneration: true,
    statusChangesMetadata: true,
    prepareForCreate(draft) {
      draft.status = { loadBalancer: {} };
    },
    prepareForStatusUpdate(draft) {
      draft.status = { ...draft.status, loadBalancer: draft.status?.loadBalancer ?? {} };
    },
    validateCreate: validateIngress,
    validateUpdate: validateIngressUpdate,
    validateStatusUpdate: validateIngressStatus,
    warnings: ingressWarnings,
  },
  subresources: { status: { kind: 'status' } },
};

const ingressClass: ResourceDefinition<IngressClass> = {
  type: INGRESS_CLASSES,
  definition: 'io.k8s.api.networking.v1.IngressClass',
  columns: INGRESS_CLASS_COLUMNS,
  strategy: {
    hasGeneration: true,
    defaults: defaultIngressClass,
    ratchets: true,
    validate: validateIngressClass,
    validateUpdate: validateIngressClassUpdate,
  },
};

const networkPolicy: ResourceDefinition<NetworkPolicy> = {
  type: NETWORK_POLICIES,
  definition: 'io.k8s.api.networking.v1.NetworkPolicy',
  shortNames: ['netpol'],
  columns: NETWORK_POLICY_COLUMNS,
  strategy: {
    hasGeneration: true,
    defaults: defaultNetworkPolicy,
    validate: validateNetworkPolicy,
    validateUpdate: validateNetworkPolicyUpdate,
    warnings: networkPolicyWarnings,
  },
};

const ipAddress: ResourceDefinition<IPAddress> = {
  type: IP_ADDRESSES,
  definition: 'io.k8s.api.networking.v1.IPAddress',
  shortNames: ['ip'],
  columns: IP_ADDRESS_COLUMNS,
  strategy: {
    nameErrors: (name) => strictAddressTexts(name),
    validate: validateIPAddress,
    validateUpdate: validateIPAddressUpdate,
  },
};

const serviceCidr: ResourceDefinition<ServiceCIDR> = {
  type: SERVICE_CIDRS,
  definition: 'io.k8s.api.networking.v1.ServiceCIDR',
  columns: SERVICE_CIDR_COLUMNS,
  strategy: {
    metadataOnUpdate: 'changes',
    // As upstream, where who writes the range writes its status, too.
    hasStatus: false,
    prepareForCreate(draft) {
      draft.status ??= {};
    },
    validateCreate: validateServiceCIDR,
    validateUpdate: validateServiceCIDRUpdate,
  },
  subresources: { status: { kind: 'status' } },
};

/** networkingDefinitions declare the resources of networking.k8s.io. */
export const networkingDefinitions = [
  ingressClass,
  ingress,
  ipAddress,
  networkPolicy,
  serviceCidr,
] as readonly ResourceDefinition[];
