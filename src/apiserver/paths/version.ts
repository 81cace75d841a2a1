import type { Info } from '../../machinery/meta/v1.ts';

/** DEFAULT_VERSION is the Kubernetes version whose behaviour the server has (OpenShift 4.13). */
export const DEFAULT_VERSION: Info = {
  major: '1',
  minor: '26',
  gitVersion: 'v1.26.15',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};
