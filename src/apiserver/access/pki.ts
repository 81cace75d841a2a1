import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  issueCertificate,
  type KeyPair,
  type LeafRequest,
  needsRenewal,
  newCertificateAuthority,
  newSigningKey,
} from './certificate-authority.ts';
import { KeyFileError, readKey, readPair, writeDurably, writePair } from './key-files.ts';
import type { SigningKeys } from './service-account-tokens.ts';

/** OTHER_SIGNING_KEY matches the files of keys that signed tokens before: private or public, PEM. */
const OTHER_SIGNING_KEY = /^service-account-.+\.(key|pub|pem)$/;

const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;

/** FRONT_PROXY is the name in the certificate with which the API server asks aggregated ones. */
export const FRONT_PROXY = 'front-proxy-client';

/** PkiOptions name the directory and what the serving certificate is for. */
export interface PkiOptions {
  readonly directory: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** The domain below which routes are; the router's own certificate is for every host in it. */
  readonly routeDomain: string;
  now(): Date;
}

/** Pki is all key material of one installation, PEM. */
export interface Pki {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  readonly admin: KeyPair;
  /** For routes with edge termination and no certificate of their own. */
  readonly router: KeyPair;
  /** Shown by the API server to aggregated API servers, which let it name the user in headers. */
  readonly frontProxy: { readonly authority: KeyPair; readonly client: KeyPair };
  /** The key that signs service account tokens, and those that did before (`service-account-*`). */
  readonly signingKeys: SigningKeys;
  /** True when a leaf was made anew: servers must reload it and kubeconfigs be rewritten. */
  readonly renewed: boolean;
}

async function otherSigningKeys(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => OTHER_SIGNING_KEY.test(name)).sort();
  const keys = await Promise.all(names.map((name) => readKey(join(directory, name), 'public')));
  return keys.flatMap((key) => key ?? []);
}

/** leavesOf are the certificates that the authorities sign. */
function leavesOf({ dnsNames, ipAddresses, routeDomain }: PkiOptions) {
  const server = { usage: 'server', days: LEAF_DAYS } as const;
  const client = { usage: 'client', days: LEAF_DAYS } as const;
  return {
    server: { ...server, commonName: 'kubernetes', dnsNames, ipAddresses },
    admin: { ...client, commonName: 'system:admin', organizations: ['system:masters'] },
    frontProxy: { ...client, commonName: FRONT_PROXY },
    router: {
      ...server,
      commonName: `*.${routeDomain}`,
      dnsNames: [`*.${routeDomain}`, routeDomain],
    },
  } satisfies Record<string, LeafRequest>;
}

async function ensureAuthority(
  directory: string,
  name: string,
  about: { readonly commonName: string; readonly now: Date },
): Promise<KeyPair> {
  const present = await readPair(directory, name);
  if (present) return present;
  const made = await newCertificateAuthority(about.commonName, AUTHORITY_DAYS, about.now);
  return writePair(directory, name, made);
}

/** ensureLeaf answers a certificate, and whether it was made anew. */
async function ensureLeaf(
  directory: string,
  name: string,
  about: { readonly request: LeafRequest; readonly issuer: KeyPair; readonly now: Date },
): Promise<{ readonly pair: KeyPair; readonly renewed: boolean }> {
  const { request, issuer, now } = about;
  const present = await readPair(directory, name).catch((error: unknown) => {
    // The authority can make it again.
    if (error instanceof KeyFileError) return undefined;
    throw error;
  });
  if (present && !needsRenewal(present.certPem, request, now)) {
    return { pair: present, renewed: false };
  }
  const made = await issueCertificate(issuer, request, now);
  return { pair: await writePair(directory, name, made), renewed: true };
}

/**
 * ensurePki makes what is missing and renews leaves in the last third of their life or when a
 * name is to be added, or where they cannot be used. The authority and the signing key are made once
 * and kept: throws KeyFileError where they cannot be used. Call it at start and once a day.
 */
export async function ensurePki(options: PkiOptions): Promise<Pki> {
  const { directory } = options;
  const now = options.now();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [authority, proxyAuthority] = await Promise.all([
    ensureAuthority(directory, 'ca', { commonName: 'sampan', now }),
    ensureAuthority(directory, 'front-proxy-ca', { commonName: 'sampan-front-proxy', now }),
  ]);
  const leaves = leavesOf(options);
  const leaf = (name: string, request: LeafRequest, issuer = authority) =>
    ensureLeaf(directory, name, { request, issuer, now });
  const [server, admin, proxyClient, router, signingKeyPem, otherKeyPems] = await Promise.all([
    leaf('server', leaves.server),
    leaf('admin', leaves.admin),
    leaf('front-proxy-client', leaves.frontProxy, proxyAuthority),
    leaf('router', leaves.router),
    ensureSigningKey(directory),
    otherSigningKeys(directory),
  ]);
  return {
    authority,
    server: server.pair,
    admin: admin.pair,
    router: router.pair,
    frontProxy: { authority: proxyAuthority, client: proxyClient.pair },
    signingKeys: { signingKeyPem, otherKeyPems },
    renewed: [server, admin, proxyClient, router].some((one) => one.renewed),
  };
}

/** ensureSigningKey reads the key that signs service account tokens, and makes it where there is none. */
async function ensureSigningKey(directory: string): Promise<string> {
  const path = join(directory, 'service-account.key');
  const present = await readKey(path, 'private');
  if (present !== undefined) return present;
  const made = await newSigningKey();
  await writeDurably(path, made);
  return made;
}
