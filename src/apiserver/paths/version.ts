import type { Info } from '../../machinery/meta/v1.ts';

/** DEFAULT_VERSION is the Kubernetes version whose behaviour the server has (that of OpenShift 4.21). */
export const DEFAULT_VERSION: Info = {
  major: '1',
  minor: '34',
  emulationMajor: '1',
  emulationMinor: '34',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '33',
  gitVersion: 'v1.34.2',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
};
