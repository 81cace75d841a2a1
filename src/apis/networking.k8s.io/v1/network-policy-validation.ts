import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { contains, networkOf, parsePrefix } from '../../../machinery/ip-prefix.ts';
import { portNameErrors, portNumberErrors } from '../../../machinery/names.ts';
import { cidrWarnings, legacyCidrErrors } from '../../core/v1/ip-validation.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from './types.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const POLICY_TYPES = ['Ingress', 'Egress'];

function endPortErrors({ port, endPort }: NetworkPolicyPort, path: string): FieldError[] {
  if (endPort === undefined) return [];
  if (port === undefined)
    return [invalid(path, endPort, 'may not be specified when `port` is not specified')];
  if (typeof port === 'string')
    return [invalid(path, endPort, 'may not be specified when `port` is non-numeric')];
  return [
    ...(endPort < port ? [invalid(path, port, 'must be greater than or equal to `port`')] : []),
    ...texts(path, endPort, portNumberErrors(endPort)),
  ];
}

function portErrors(one: NetworkPolicyPort, path: string): FieldError[] {
  const { protocol, port } = one;
  const wrong = protocol !== undefined && !PROTOCOLS.includes(protocol);
  const errors = wrong ? [notSupported(`${path}.protocol`, protocol, PROTOCOLS, 'as given')] : [];
  const end = endPortErrors(one, `${path}.endPort`);
  if (port === undefined) return [...errors, ...end];
  if (typeof port === 'number')
    return [...errors, ...texts(`${path}.port`, port, portNumberErrors(port)), ...end];
  return [...errors, ...end, ...texts(`${path}.port`, port, portNameErrors(port))];
}

function blockErrors(block: IPBlock, path: string, known: ReadonlySet<string>): FieldError[] {
  const { cidr = '', except = [] } = block;
  if (cidr === '') return [required(`${path}.cidr`)];
  const errorsOf = (at: string, value: string) =>
    known.has(value) ? [] : legacyCidrErrors(at, value);
  const errors = errorsOf(`${path}.cidr`, cidr);
  const range = parsePrefix(cidr);
  if (range === undefined) return errors;
  for (const [index, text] of except.entries()) {
    const at = indexPath(`${path}.except`, index);
    errors.push(...errorsOf(at, text));
    const inner = parsePrefix(text);
    if (inner === undefined) continue;
    if (!contains(range, networkOf(inner)) || range.bits >= inner.bits)
      errors.push(invalid(at, text, 'must be a strict subset of `cidr`'));
  }
  return errors;
}

function peerErrors(
  peer: NetworkPolicyPeer,
  path: string,
  known: ReadonlySet<string>,
): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const count = [podSelector, namespaceSelector, ipBlock].filter((one) => one !== undefined).length;
  const errors = [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...(ipBlock === undefined ? [] : blockErrors(ipBlock, `${path}.ipBlock`, known)),
  ];
  if (count === 0) errors.push(required(path, 'must specify a peer'));
  if (count > 1 && ipBlock !== undefined)
    errors.push(forbidden(path, 'may not specify both ipBlock and another peer'));
  return errors;
}

interface Rule {
  readonly ports: readonly NetworkPolicyPort[];
  readonly peers: readonly NetworkPolicyPeer[];
  readonly path: string;
  readonly peersPath: string;
}

function rulesOf(spec: NetworkPolicySpec): Rule[] {
  const rule = (kind: 'ingress' | 'egress', side: 'from' | 'to', index: number) => {
    const path = indexPath(`spec.${kind}`, index);
    return { path, peersPath: `${path}.${side}` };
  };
  return [
    ...(spec.ingress ?? []).map(({ ports = [], from = [] }, index) => ({
      ports,
      peers: from,
      ...rule('ingress', 'from', index),
    })),
    ...(spec.egress ?? []).map(({ ports = [], to = [] }, index) => ({
      ports,
      peers: to,
      ...rule('egress', 'to', index),
    })),
  ];
}

function blocksOf(policy: NetworkPolicy): { path: string; block: IPBlock }[] {
  return rulesOf(policy.spec ?? {}).flatMap(({ peers, peersPath }) =>
    peers.flatMap(({ ipBlock }, index) =>
      ipBlock === undefined
        ? []
        : [{ path: `${indexPath(peersPath, index)}.ipBlock`, block: ipBlock }],
    ),
  );
}

function specErrors(spec: NetworkPolicySpec, known: ReadonlySet<string>): FieldError[] {
  const errors = validateLabelSelector(spec.podSelector, 'spec.podSelector');
  for (const { ports, peers, path, peersPath } of rulesOf(spec)) {
    for (const [index, port] of ports.entries())
      errors.push(...portErrors(port, indexPath(`${path}.ports`, index)));
    for (const [index, peer] of peers.entries())
      errors.push(...peerErrors(peer, indexPath(peersPath, index), known));
  }
  const types = spec.policyTypes ?? [];
  if (types.length > POLICY_TYPES.length)
    return [
      ...errors,
      invalid('spec.policyTypes', types, 'may not specify more than two policyTypes'),
    ];
  for (const [index, type] of types.entries())
    if (!POLICY_TYPES.includes(type))
      errors.push(
        notSupported(indexPath('spec.policyTypes', index), type, POLICY_TYPES, 'as given'),
      );
  return errors;
}

/** validateNetworkPolicy checks ports, peers and directions. */
export function validateNetworkPolicy(policy: NetworkPolicy): FieldError[] {
  return specErrors(policy.spec ?? {}, new Set());
}

/** validateNetworkPolicyUpdate checks again, but ranges that the policy had already may stay. */
export function validateNetworkPolicyUpdate(
  policy: NetworkPolicy,
  old: NetworkPolicy,
): FieldError[] {
  const known = blocksOf(old).flatMap(({ block }) => [block.cidr, ...(block.except ?? [])]);
  return specErrors(policy.spec ?? {}, new Set(known));
}

/** networkPolicyWarnings says which ranges are not in the form that is preferred. */
export function networkPolicyWarnings(policy: NetworkPolicy): string[] {
  return blocksOf(policy).flatMap(({ path, block }) => [
    ...cidrWarnings(`${path}.cidr`, block.cidr),
    ...(block.except ?? []).flatMap((one, index) =>
      cidrWarnings(indexPath(`${path}.except`, index), one),
    ),
  ]);
}
