import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** certificatesProblem answers why a bundle (base64 of PEM) cannot be used, in upstream's words. */
export function certificatesProblem(caBundle: string): string | undefined {
  const pem = Buffer.from(caBundle, 'base64').toString('utf8');
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) {
    return 'unable to load root certificates: unable to parse bytes as PEM block';
  }
  try {
    for (const block of blocks) new X509Certificate(block);
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `unable to load root certificates: failed to parse certificate: ${text}`;
  }
}
