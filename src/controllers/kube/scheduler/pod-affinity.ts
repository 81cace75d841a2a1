import type { Pod, PodAffinityTerm } from '../../../apis/core/v1/types.ts';
import { type Labels, matchesLabels, selectorOfObject } from '../../../machinery/labels.ts';
import type { NodeState } from './node-state.ts';

/** NamespaceLabels answers the labels of a namespace, for terms that select namespaces. */
export type NamespaceLabels = (namespace: string) => Labels | undefined;

const AFFINITY = "node(s) didn't match pod affinity rules";
const ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules";
const EXISTING_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules";

/** Placed is a pod with the node that it is on. */
interface Placed {
  readonly pod: Pod;
  readonly state: NodeState;
}

/**
 * PodAffinity answers why a node is refused by required affinity between pods, for one pod to be
 * placed among all nodes. Only required terms count.
 */
export class PodAffinity {
  readonly #pod: Pod;
  readonly #namespaceLabels: NamespaceLabels;
  readonly #placed: readonly Placed[];

  constructor(pod: Pod, states: readonly NodeState[], namespaceLabels: NamespaceLabels) {
    this.#pod = pod;
    this.#namespaceLabels = namespaceLabels;
    this.#placed = states.flatMap((state) => state.pods.map((one) => ({ pod: one, state })));
  }

  /** refusal is the reason why a node is refused, or nothing. */
  refusal(state: NodeState): string | undefined {
    if (this.#violatesExisting(state)) return EXISTING_ANTI_AFFINITY;
    const { podAffinity, podAntiAffinity } = this.#pod.spec?.affinity ?? {};
    const wanted = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    if (!wanted.every((term) => this.#satisfied(term, state))) return AFFINITY;
    const unwanted = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    if (unwanted.some((term) => this.#neighbours(term, state).length > 0)) return ANTI_AFFINITY;
    return undefined;
  }

  #violatesExisting(state: NodeState): boolean {
    return this.#placed.some((one) => {
      const terms =
        one.pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      return (terms ?? []).some(
        (term) =>
          this.#selects(term, one.pod, this.#pod) && sameDomain(term.topologyKey, one.state, state),
      );
    });
  }

  /** satisfied: a pod that is the first to match its own term may go to any node of a domain. */
  #satisfied(term: PodAffinityTerm, state: NodeState): boolean {
    if (domainOf(term.topologyKey, state) === undefined) return false;
    if (this.#neighbours(term, state).length > 0) return true;
    const anywhere = this.#placed.some((one) => this.#selects(term, this.#pod, one.pod));
    return !anywhere && this.#selects(term, this.#pod, this.#pod);
  }

  #neighbours(term: PodAffinityTerm, state: NodeState): Placed[] {
    return this.#placed.filter(
      (one) =>
        sameDomain(term.topologyKey, one.state, state) && this.#selects(term, this.#pod, one.pod),
    );
  }

  /** selects tells whether a term of `owner` means `other`. */
  #selects(term: PodAffinityTerm, owner: Pod, other: Pod): boolean {
    const selector = selectorOfObject(term.labelSelector);
    if (!matchesLabels(selector, other.metadata.labels)) return false;
    const namespace = other.metadata.namespace ?? '';
    const { namespaces = [], namespaceSelector } = term;
    if (namespaces.includes(namespace)) return true;
    if (namespaceSelector) {
      const labels = this.#namespaceLabels(namespace);
      return matchesLabels(selectorOfObject(namespaceSelector), labels);
    }
    return namespaces.length === 0 && namespace === owner.metadata.namespace;
  }
}

function domainOf(topologyKey: string, state: NodeState): string | undefined {
  return state.node.metadata.labels?.[topologyKey];
}

function sameDomain(topologyKey: string, a: NodeState, b: NodeState): boolean {
  const domain = domainOf(topologyKey, a);
  return domain !== undefined && domain === domainOf(topologyKey, b);
}
