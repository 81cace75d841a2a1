import type { Info } from '../../machinery/meta/v1.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

/** buildInfo tells which version the server is. */
export function buildInfo(registry: MetricRegistry, version: Info): void {
  const about: readonly (readonly [label: string, value: string])[] = [
    ['build_date', version.buildDate],
    ['compiler', version.compiler],
    ['git_commit', version.gitCommit],
    ['git_tree_state', version.gitTreeState],
    ['git_version', version.gitVersion],
    ['go_version', version.goVersion],
    ['major', version.major],
    ['minor', version.minor],
    ['platform', version.platform],
  ];
  const family = registry.gauge({
    name: 'kubernetes_build_info',
    help: "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
    labels: about.map(([label]) => label),
  });
  family.with(...about.map(([, value]) => value)).set(1);
  const compatibility = {
    component: 'kube',
    binary: version.gitVersion.replace(/^v/, ''),
    emulation: `${version.major}.${version.minor}`,
    min_compat: `${version.major}.${Number(version.minor) - 1}`,
  };
  const versions = registry.gauge({
    name: 'version_info',
    help: '[ALPHA] Provides the compatibility version info of the component. The component label is the name of the component, usually kube, but is relevant for aggregated-apiservers.',
    labels: Object.keys(compatibility),
  });
  versions.with(...Object.values(compatibility)).set(1);
}
