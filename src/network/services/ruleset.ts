/** RulesetOptions are what the rules of one instance name. */
export interface RulesetOptions {
  readonly tableName: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly gateway: string;
  readonly interfacePrefix: string;
}

/**
 * BEFORE_DOCKER is the priority of our nat hooks: Docker's published ports are at -100 and must not
 * take what is meant for a service.
 */
const BEFORE_DOCKER = -110;

/** STATIC_MAPS are the maps and sets whose elements follow from the API and nothing else. */
const STATIC_MAPS = {
  services: 'map',
  service_endpoints: 'map',
  node_ports: 'map',
  node_endpoints: 'map',
  hairpin: 'set',
} as const satisfies Record<string, 'map' | 'set'>;

/** StaticMap names one of STATIC_MAPS. */
export type StaticMap = keyof typeof STATIC_MAPS;

/**
 * baseRuleset is the nft text that brings a table into shape and empties its rules and static maps,
 * whether it existed or not; in one transaction with the elements it replaces everything at once.
 * Sessions of client affinity survive it.
 *
 * How a connection finds its pod: `services` says for address, protocol and port which chain
 * decides; there is one chain per number of endpoints (not per service), which draws a slot and
 * looks it up in `service_endpoints`. A service without ready endpoints has no element: what is
 * still addressed to the service network after that is refused.
 */
export function baseRuleset(options: RulesetOptions): string {
  const table = `ip ${options.tableName}`;
  const flushes = Object.entries(STATIC_MAPS).map(
    ([name, kind]) => `flush ${kind} ${table} ${name}`,
  );
  return [`add table ${table}`, `flush table ${table}`, declarations(options), ...flushes, ''].join(
    '\n',
  );
}

function declarations(options: RulesetOptions): string {
  return `table ip ${options.tableName} {
${maps('service', 'services', 'ipv4_addr . inet_proto . inet_service')}
${maps('node', 'node_ports', 'inet_proto . inet_service')}
  set hairpin { type ipv4_addr . ipv4_addr; }
${natChains(options)}
${refuseChains(options)}
}`;
}

function maps(scope: string, decisions: string, keyType: string): string {
  return `  map ${decisions} { type ${keyType} : verdict; }
  map ${scope}_endpoints { type ${keyType} . mark : ipv4_addr . inet_service; }
  map ${scope}_sessions {
    type ipv4_addr . ${keyType} : mark; size 262144; flags dynamic,timeout; timeout 3h;
  }`;
}

function natChains(options: RulesetOptions): string {
  const { podCidr, serviceCidr, gateway, interfacePrefix } = options;
  return `  chain to_service {
    ip daddr . meta l4proto . th dport vmap @services
    ip daddr != 127.0.0.0/8 fib daddr type local meta l4proto . th dport vmap @node_ports
  }
  chain prerouting {
    type nat hook prerouting priority ${BEFORE_DOCKER}; policy accept;
    jump to_service
  }
  chain output {
    type nat hook output priority ${BEFORE_DOCKER}; policy accept;
    jump to_service
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ct status dnat ip saddr . ip daddr @hairpin snat to ${gateway}
    ip saddr ${podCidr} ip daddr != ${podCidr} ip daddr != ${serviceCidr} oifname != "${interfacePrefix}*" masquerade
  }`;
}

function refuseChains({ serviceCidr }: RulesetOptions): string {
  return `  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject with icmp port-unreachable
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ip daddr ${serviceCidr} jump refuse
  }
  chain leave {
    type filter hook output priority filter; policy accept;
    ip daddr ${serviceCidr} jump refuse
  }`;
}

/** ChainSpec says which of the shared chains decides about a service port. */
export interface ChainSpec {
  /** Cluster addresses and node ports are looked up in different maps. */
  readonly scope: 'service' | 'node';
  readonly endpoints: number;
  /** Seconds for which a client keeps its endpoint; absent without client affinity. */
  readonly affinitySeconds?: number | undefined;
}

/** chainName is the name of the chain of a spec. */
export function chainName({ scope, endpoints, affinitySeconds }: ChainSpec): string {
  const sticky = affinitySeconds === undefined ? '' : `_keep_${affinitySeconds}`;
  return `${scope}_${endpoints}${sticky}`;
}

/**
 * chainCommands make the chain of a spec; for a chain that was not there before. The slot, counted
 * from 1, travels in the connection's mark: the packet's mark would take part in routing.
 */
export function chainCommands(tableName: string, spec: ChainSpec): readonly string[] {
  const { scope, endpoints, affinitySeconds } = spec;
  const key = `${scope === 'service' ? 'ip daddr . ' : ''}meta l4proto . th dport`;
  const draw = `ct mark set numgen random mod ${endpoints} offset 1`;
  const go = `dnat ip addr . port to ${key} . ct mark map @${scope}_endpoints`;
  const rules =
    affinitySeconds === undefined
      ? [draw, go]
      : stickyRules(spec, { client: `ip saddr . ${key}`, draw, go });
  const name = `ip ${tableName} ${chainName(spec)}`;
  return [`add chain ${name}`, ...rules.map((rule) => `add rule ${name} ${rule}`)];
}

/**
 * stickyRules remember the slot of a client in a map that the kernel fills itself. A remembered
 * slot that no longer exists is forgotten, and falls through to a new draw.
 */
function stickyRules(
  { scope, endpoints, affinitySeconds }: ChainSpec,
  { client, draw, go }: { readonly client: string; readonly draw: string; readonly go: string },
): readonly string[] {
  const sessions = `@${scope}_sessions`;
  const keep = `update ${sessions} { ${client} timeout ${affinitySeconds}s : ct mark }`;
  return [
    `ct mark set ${client} map ${sessions}`,
    `ct mark 1-${endpoints} ${keep}`,
    `ct mark 1-${endpoints} ${go}`,
    `ct mark != 0 delete ${sessions} { ${client} : ct mark }`,
    draw,
    keep,
    go,
  ];
}
