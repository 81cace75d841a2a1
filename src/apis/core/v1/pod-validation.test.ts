import { describe, expect, it } from 'vitest';
import { defaultPod } from './defaults.ts';
import { qosClassOf } from './qos-class.ts';
import type { Pod, PodSpec } from './types.ts';
import { validatePod, validatePodUpdate } from './validation.ts';

function pod(spec: Partial<PodSpec>): Pod {
  const made: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'a', image: 'nginx:1' }], ...structuredClone(spec) },
  };
  defaultPod(made);
  return made;
}

const errors = (object: Pod) => validatePod(object).map((one) => `${one.field}: ${one.body}`);
const container = (more: object) => ({ containers: [{ name: 'a', image: 'x', ...more }] });

describe('validatePod', () => {
  it('takes a pod of everyday life', () => {
    expect(
      errors(
        pod({
          containers: [
            {
              name: 'a',
              image: 'x',
              ports: [{ containerPort: 80, name: 'http' }],
              env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
              envFrom: [{ configMapRef: { name: 'c' } }],
              livenessProbe: { httpGet: { port: 'http' } },
              volumeMounts: [{ name: 'v', mountPath: '/data' }],
              resources: { requests: { cpu: '100m' }, limits: { cpu: '1', memory: '1Gi' } },
            },
          ],
          initContainers: [{ name: 'i', image: 'x' }],
          volumes: [{ name: 'v' }],
          tolerations: [{ operator: 'Exists' }],
        }),
      ),
    ).toEqual([]);
  });

  it.each<[Partial<PodSpec>, string]>([
    [{ containers: [] }, 'spec.containers: Required value'],
    [{ ephemeralContainers: [{ name: 'e' }] }, 'spec.ephemeralContainers[0].image: Required value'],
    [
      { securityContext: { windowsOptions: { runAsUserName: 'a\\b\\c' } } },
      'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
    ],
    [
      container({ securityContext: { windowsOptions: { hostProcess: true } } }),
      'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
    ],
    [
      container({ securityContext: { appArmorProfile: {} } }),
      'spec.containers[0].securityContext.appArmorProfile.type: Required value: type is required when appArmorProfile is set',
    ],
    [
      { resources: { limits: { cpu: '-1' } } },
      'spec.resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      { volumes: [{ name: 'v', awsElasticBlockStore: { volumeID: 'v', partition: 256 } }] },
      'spec.volumes[0].awsElasticBlockStore.partition: Invalid value: 256: must be between 1 and 255, inclusive',
    ],
    [
      { preemptionPolicy: 'a' },
      'spec.preemptionPolicy: Unsupported value: "a": supported values: "PreemptLowerPriority", "Never"',
    ],
    [
      { overhead: { nope: '1' } },
      'spec.overhead.limits[nope]: Invalid value: "nope": must be a standard resource type or fully qualified',
    ],
    [
      { volumes: [{ name: 'v', quobyte: { registry: 'a', volume: 'v' } }] },
      'spec.volumes[0].quobyte.registry: Invalid value: "a": must be a host:port pair or multiple pairs separated by commas',
    ],
    [
      { volumes: [{ name: 'v', azureDisk: { diskName: 'd', diskURI: 'd' } }] },
      'spec.volumes[0].azureDisk.diskURI: Unsupported value: "d": supported values: "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"',
    ],
    [
      { volumes: [{ name: 'v', iscsi: { targetPortal: 'p', iqn: 'x', lun: 0 } }] },
      'spec.volumes[0].iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
    ],
    [
      { volumes: [{ name: 'v', flocker: {} }] },
      'spec.volumes[0].flocker: Required value: one of datasetName and datasetUUID is required',
    ],
    [
      { volumes: [{ name: 'v', storageos: { volumeName: 'v', secretRef: {} } }] },
      'spec.volumes[0].storageos.secretRef.name: Required value',
    ],
    [container({ image: '' }), 'spec.containers[0].image: Required value'],
    [
      container({ image: ' ' }),
      'spec.containers[0].image: Invalid value: " ": must not have leading or trailing whitespace',
    ],
    [
      {
        containers: [
          { name: 'a', image: 'x' },
          { name: 'a', image: 'x' },
        ],
      },
      'spec.containers[1].name: Duplicate value: "a"',
    ],
    [
      container({ imagePullPolicy: 'Sometimes' }),
      'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
    ],
    [
      container({ ports: [{ containerPort: 70000 }] }),
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      container({ volumeMounts: [{ name: 'v', mountPath: '/x' }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      container({ env: [{ name: 'A=B', value: 'x' }] }),
      'spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
    ],
    [
      container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } }] }),
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nope": error converting fieldPath: field label not supported: spec.nope',
    ],
    [
      container({ livenessProbe: {} }),
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    [
      container({ livenessProbe: { exec: { command: ['x'] }, successThreshold: 2 } }),
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      container({ resources: { limits: { nope: '2' } } }),
      'spec.containers[0].resources.limits[nope]: Invalid value: "nope": must be a standard resource type or fully qualified',
    ],
    [
      { restartPolicy: 'Maybe' },
      'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      { initContainers: [{ name: 'a', image: 'x' }] },
      'spec.initContainers[0].name: Duplicate value: "a"',
    ],
    [
      { volumes: [{ name: 'v', hostPath: { path: '/a/../b' } }] },
      'spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
    ],
    [
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/a' } }] },
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    [
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['x'] } },
      'spec.dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      { hostPID: true, shareProcessNamespace: true },
      'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
    ],
    [
      { schedulingGates: [{ name: 'x' }, { name: 'x' }] },
      'spec.schedulingGates[1]: Duplicate value: "x"',
    ],
    [
      {
        affinity: {
          podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] },
        },
      },
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
    ],
    [
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'a', whenUnsatisfiable: 'x' }] },
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
    ],
    [
      container({ lifecycle: { preStop: { sleep: { seconds: 100 } } } }),
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 100: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
    [
      container({ resources: { limits: { 'hugepages-2Mi': '4Mi' } } }),
      'spec.containers[0].resources: Forbidden: HugePages require cpu or memory',
    ],
    [
      { securityContext: { seccompProfile: { type: 'Localhost' } } },
      'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
    ],
    [
      { os: { name: 'x' } },
      'spec.os: Unsupported value: "x": supported values: "linux", "windows"',
    ],
    [
      { volumes: [{ name: 'v', nfs: { server: '', path: '/x' } }] },
      'spec.volumes[0].nfs.server: Required value',
    ],
  ])('%j is refused', (spec, message) => {
    expect(errors(pod(spec))).toContain(message);
  });
});

describe('validatePodUpdate', () => {
  const refused = (change: (spec: PodSpec) => void, rule = { mayBind: false }) => {
    const old = pod({
      activeDeadlineSeconds: 100,
      tolerations: [{ key: 'a', operator: 'Exists' }],
    });
    const draft = structuredClone(old);
    if (draft.spec) change(draft.spec);
    return validatePodUpdate(draft, old, rule).map((one) => `${one.field}: ${one.body}`);
  };

  it('lets image, deadline and added tolerations through', () => {
    const found = refused((spec) => {
      for (const one of spec.containers) one.image = 'nginx:2';
      spec.activeDeadlineSeconds = 50;
      spec.tolerations?.push({ key: 'b', operator: 'Exists' });
    });
    expect(found).toEqual([]);
  });

  it('refuses any other change and shows it', () => {
    const [first] = refused((spec) => {
      spec.hostname = 'other';
    });
    expect(first).toContain('spec: Forbidden: pod updates may not change fields other than');
    expect(first).toContain('\n- "Hostname": "",\n+ "Hostname": "other",\n  "Subdomain": "",\n');
  });

  it('refuses more or fewer containers, tolerations, time', () => {
    expect(refused((spec) => spec.containers.push({ name: 'b', image: 'x' }))).toEqual([
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ]);
    expect(
      refused((spec) => {
        spec.tolerations = [];
      })[0],
    ).toBe(
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    );
    expect(
      refused((spec) => {
        spec.activeDeadlineSeconds = 200;
      })[0],
    ).toBe(
      'spec.activeDeadlineSeconds: Invalid value: 200: must be less than or equal to previous value',
    );
  });

  it('sets the node only for a binding', () => {
    const bind = (spec: PodSpec) => {
      spec.nodeName = 'n1';
    };
    expect(refused(bind)).toHaveLength(1);
    expect(refused(bind, { mayBind: true })).toEqual([]);
  });
});

describe('qosClassOf', () => {
  it.each<[object, string]>([
    [{}, 'BestEffort'],
    [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    [{ requests: { cpu: '1' } }, 'Burstable'],
    [{ limits: { cpu: '1' } }, 'Burstable'],
    [
      { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      'Burstable',
    ],
  ])('%j is %s', (resources, expected) => {
    const { spec } = pod(container({ resources }));
    expect(spec && qosClassOf(spec)).toBe(expected);
  });
});
