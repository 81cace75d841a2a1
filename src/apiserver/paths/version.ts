import type { Info } from '../../machinery/meta/v1.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/**
 * DEFAULT_VERSION is the Kubernetes version whose behaviour the server has (that of OpenShift 4.21),
 * with what runs it: Node instead of Go.
 */
export const DEFAULT_VERSION: Info = {
  major: '1',
  minor: '34',
  emulationMajor: '1',
  emulationMinor: '34',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '33',
  gitVersion: 'v1.34.2',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node${process.versions.node}`,
  compiler: 'v8',
  platform: `${process.platform}/${ARCHITECTURES[process.arch] ?? process.arch}`,
};
