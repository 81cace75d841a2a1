import type { Backend, Layout } from '../plan/layout.ts';
import type { MapName } from '../plan/maps.ts';
import { slotName } from '../plan/runtime-commands.ts';
import type { Ports } from '../router-options.ts';

/** ConfigFacts are what a configuration says beside its backends. */
export interface ConfigFacts {
  /** Identifies the layout: a running HAProxy tells it. */
  readonly id: string;
  readonly hosts: readonly string[];
  readonly ports: Ports;
  /** The account to which workers drop; absent where it does not exist. */
  readonly account: string | undefined;
  /** Makes cookies that clients cannot guess; the same over reloads. */
  readonly cookieKey: string;
  readonly statsSocket: string;
  readonly errorPage: string;
  readonly certificate: string;
  mapPath(name: MapName): string;
}

/** haproxyConfig is the text of a configuration. Empty slots are servers in maintenance. */
export function haproxyConfig(layout: Layout, facts: ConfigFacts): string {
  const sections = [
    globalSection(facts),
    defaultsSection(facts),
    httpFrontend(facts),
    ...(facts.ports.https === undefined ? [] : [httpsFrontend(facts, facts.ports.https)]),
    'backend unavailable',
    ...layout.backends.map((backend) => backendSection(backend, facts)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function globalSection({ account, statsSocket, id }: ConfigFacts): string {
  const drop = account === undefined ? '' : `\n  user ${account}\n  group ${account}`;
  return `global
  description ${id}
  fd-hard-limit 100000
  hard-stop-after 30m
  stats socket ${statsSocket} mode 600 level admin expose-fd listeners
  stats timeout 2m${drop}
  tune.bufsize 32768
  tune.maxrewrite 8192
  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets`;
}

/**
 * A pod may go between two requests on one connection: requests that a pod did not begin to answer
 * are tried again, with another pod, where that is safe. A worker that is replaced closes idle
 * connections with the next answer only: at once, it would lose requests that are on their way.
 */
function defaultsSection({ errorPage }: ConfigFacts): string {
  return `defaults
  mode http
  option forwardfor
  option redispatch 1
  option idle-close-on-response
  retries 3
  retry-on conn-failure empty-response
  timeout connect 5s
  timeout client 30s
  timeout client-fin 1s
  timeout server 30s
  timeout server-fin 1s
  timeout http-request 10s
  timeout http-keep-alive 300s
  timeout tunnel 1h
  errorfile 503 ${errorPage}`;
}

function binds(hosts: readonly string[], port: number, rest = ''): string {
  return hosts.map((host) => `  bind ${bindAddress(host, port)}${rest}`).join('\n');
}

function bindAddress(host: string, port: number): string {
  return host.includes(':') ? `ipv6@${host}:${port} v6only` : `ipv4@${host}:${port}`;
}

/**
 * The entry of a request is its host and path with a slash at the end, so that paths end on
 * boundaries. Nearly every client writes the host in lower case and without a port: such a request
 * is found at the first attempt, and only the others pay for the second.
 */
function lookupRules(mapPath: string): string {
  const again = 'if !{ var(txn.backend) -m found }';
  return `  http-request set-var(txn.backend) base,concat(/),map_beg(${mapPath})
  http-request set-var(txn.host) req.hdr(host),field(1,:),lower ${again}
  http-request set-var(txn.path) path ${again}
  http-request set-var(txn.entry) var(txn.host),concat(,txn.path,/) ${again}
  http-request set-var(txn.backend) var(txn.entry),map_beg(${mapPath}) ${again}`;
}

/** What the pod is told about the client, and where the request goes. */
function forwardRules(scheme: 'http' | 'https', port: number): string {
  return `  http-request disable-l7-retry if !{ method GET HEAD OPTIONS PUT DELETE }
  http-request del-header Proxy
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port ${port}
  http-request set-header X-Forwarded-Proto ${scheme}
  http-request add-header Forwarded for=%[src];host=%[req.hdr(host)];proto=${scheme}
  use_backend %[var(txn.backend)] if { var(txn.backend) -m found }
  default_backend unavailable`;
}

function httpFrontend({ hosts, ports, mapPath }: ConfigFacts): string {
  const lines = ['frontend http', binds(hosts, ports.http), lookupRules(mapPath('http'))];
  if (ports.https !== undefined) lines.push(redirectRule(ports.https, mapPath('redirect')));
  return [...lines, forwardRules('http', ports.http)].join('\n');
}

function redirectRule(httpsPort: number, mapPath: string): string {
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const condition = `!{ var(txn.backend) -m found } { var(txn.entry),map_beg(${mapPath}) -m found }`;
  return `  http-request redirect location https://%[var(txn.host)]${port}%[capture.req.uri] code 302 if ${condition}`;
}

function httpsFrontend({ hosts, certificate, mapPath }: ConfigFacts, port: number): string {
  const bind = binds(hosts, port, ` ssl crt ${certificate} alpn h2,http/1.1`);
  const rules = [lookupRules(mapPath('https')), forwardRules('https', port)];
  return ['frontend https', bind, ...rules].join('\n');
}

function backendSection({ name, profile, slots }: Backend, facts: ConfigFacts): string {
  const lines = [`backend ${name}`, `  balance ${profile.balance}`];
  lines.push(`  timeout server ${profile.timeoutServerMs}ms`);
  if (profile.cookies) {
    lines.push(`  dynamic-cookie-key ${facts.cookieKey}`);
    lines.push(`  cookie ${cookieName(name)} insert indirect nocache httponly dynamic`);
  }
  slots.forEach((slot, index) => {
    const address = slot === undefined ? '0.0.0.0:1 disabled' : slot.address;
    const weight = slot === undefined ? '' : ` weight ${slot.weight}`;
    lines.push(`  server ${slotName(index)} ${address}${weight}`);
  });
  return lines.join('\n');
}

/** Backends of one host with several paths must not read each other's cookies. */
function cookieName(backend: string): string {
  return `router-${backend}`;
}
