import { join } from 'node:path';

function configText(cluster: object, user: object, namespace?: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'admin', user }],
    contexts: [
      {
        name: 'test',
        context: { cluster: 'test', user: 'admin', ...(namespace && { namespace }) },
      },
    ],
    'current-context': 'test',
  });
}

/** kubeconfigText is a kubeconfig for a server and its authority, of a user. */
export function kubeconfigText(
  server: string,
  caPem: string,
  user: object,
  namespace?: string,
): string {
  const authority = { 'certificate-authority-data': Buffer.from(caPem).toString('base64') };
  return configText({ server, ...authority }, user, namespace);
}

/** tokenKubeconfig is a kubeconfig for a server in memory, which takes the token `token`. */
export function tokenKubeconfig(server: string, caPem: string): string {
  return kubeconfigText(server, caPem, { token: 'token' });
}

/** adminKubeconfig is a kubeconfig of the administrator, whose certificate is in the folder `pki`. */
export function adminKubeconfig(server: string, pki: string, namespace: string): string {
  const user = {
    'client-certificate': join(pki, 'admin.crt'),
    'client-key': join(pki, 'admin.key'),
  };
  return configText({ server, 'certificate-authority': join(pki, 'ca.crt') }, user, namespace);
}
