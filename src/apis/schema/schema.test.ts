import { describe, expect, it } from 'vitest';
import {
  applySchemaDefaults,
  definitionNames,
  pruneUnknown,
  type Schema,
  schemaOf,
  validateSchema,
} from './index.ts';

const POD = schemaOf('io.k8s.api.core.v1.Pod');

describe('schemaOf', () => {
  it('builds every definition of the catalogue', () => {
    for (const name of definitionNames()) {
      const schema: Schema = schemaOf(name);
      expect(schema.kind === 'object' ? schema.definition : name).toBe(name);
    }
    expect(definitionNames().length).toBeGreaterThan(700);
  });

  it('knows list keys and patch strategies', () => {
    const spec = schemaOf('io.k8s.api.core.v1.PodSpec');
    const volumes = spec.kind === 'object' ? spec.fields.get('volumes') : undefined;
    expect(volumes).toMatchObject({
      listType: 'map',
      mapKeys: ['name'],
      patchMergeKey: 'name',
      patchStrategies: ['merge', 'retainKeys'],
    });
  });
});

describe('validateSchema', () => {
  it('takes a good pod', () => {
    const pod = {
      metadata: { name: 'x', labels: { a: 'b' }, creationTimestamp: null },
      spec: {
        containers: [
          {
            name: 'c',
            ports: [{ containerPort: 80 }],
            resources: { limits: { cpu: 1, memory: '1Gi' } },
            livenessProbe: { httpGet: { port: 'web' } },
          },
        ],
      },
    };
    expect(validateSchema(POD, pod)).toEqual({ errors: [], unknownFields: [] });
  });

  it('names unknown fields with indexes', () => {
    const pod = { spec: { containers: [{ imagePullPolcy: 'x' }], foo: 1 }, bar: 2 };
    expect(validateSchema(POD, pod).unknownFields).toEqual([
      'spec.containers[0].imagePullPolcy',
      'spec.foo',
      'bar',
    ]);
  });

  it.each([
    [
      { spec: { containers: 'x' } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      { spec: { containers: [{ ports: [{ containerPort: '80' }] }] } },
      'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      { spec: { containers: [{ ports: [{ protocol: 1 }] }] } },
      'json: cannot unmarshal number into Go struct field ContainerPort.spec.containers.ports.protocol of type v1.Protocol',
    ],
    [
      { spec: { containers: [{ securityContext: { capabilities: { add: [1] } } }] } },
      'json: cannot unmarshal number into Go struct field Capabilities.spec.containers.securityContext.capabilities.add of type v1.Capability',
    ],
    [
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { spec: { terminationGracePeriodSeconds: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
    ],
    [
      { spec: { containers: [{ resources: { limits: { cpu: 'lots' } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ])('%j is refused', (pod, body) => {
    expect(validateSchema(POD, pod).errors.map((one) => one.body)).toEqual([body]);
  });

  it('tells a struct without fields from what may be anything', () => {
    const name =
      'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources';
    const subresources = schemaOf(name);
    expect(validateSchema(subresources, { status: { a: 1 } }).unknownFields).toEqual(['status.a']);
    expect(validateSchema(subresources, { status: 5 }).errors[0]?.body).toBe(
      'json: cannot unmarshal number into Go struct field CustomResourceSubresources.status of type v1.CustomResourceSubresourceStatus',
    );
    expect(pruneUnknown(subresources, { status: { a: 1 } })).toEqual({ status: {} });
  });

  it.each([[1], { a: 1 }, true, ['1']])('refuses %j where a quantity belongs', (cpu) => {
    const limits = { spec: { containers: [{ name: 'c', resources: { limits: { cpu } } }] } };
    expect(validateSchema(POD, limits).errors[0]?.body).toContain('quantities must match');
  });

  it('refuses what is not base64', () => {
    const secret = schemaOf('io.k8s.api.core.v1.Secret');
    expect(validateSchema(secret, { data: { a: 'abc' } }).errors[0]?.body).toBe(
      'illegal base64 data at input byte 0',
    );
    expect(validateSchema(secret, { data: { a: 'YWJj' } }).errors).toEqual([]);
  });
});

describe('pruneUnknown', () => {
  it('takes out what the types do not hold', () => {
    const pod = {
      metadata: { labels: {}, annotations: null, name: 'x' },
      spec: { nodeName: null, containers: [{ name: 'c', env: [], nope: 1 }], securityContext: {} },
    };
    expect(pruneUnknown(POD, pod)).toEqual({
      metadata: { name: 'x' },
      spec: { containers: [{ name: 'c' }], securityContext: {} },
    });
  });

  it('takes null in a map for the zero value of a struct', () => {
    const slice = schemaOf('io.k8s.api.resource.v1.Device');
    expect(pruneUnknown(slice, { name: 'd', attributes: { a: null } })).toEqual({
      name: 'd',
      attributes: { a: {} },
    });
  });

  it('knows an empty value only where the type has it', () => {
    const role = schemaOf('io.k8s.api.rbac.v1.Role');
    expect(pruneUnknown(role, { rules: [], metadata: { name: '', labels: {} } })).toEqual({
      rules: [],
      metadata: {},
    });
  });

  it('fills in what is never absent', () => {
    const pod = { spec: { containers: [null], tolerations: [{ operator: '' }] } };
    expect(pruneUnknown(POD, pod)).toEqual({
      spec: { containers: [{ name: '' }], tolerations: [{}] },
    });
  });

  it('keeps the free parts of an object', () => {
    const image = schemaOf('com.github.openshift.api.image.v1.Image');
    const value = { dockerImageMetadata: { Config: { Env: [], X: null } } };
    expect(pruneUnknown(image, structuredClone(value))).toEqual(value);
  });
});

describe('applySchemaDefaults', () => {
  it('brings quantities and times into their canonical form', () => {
    const pod = {
      metadata: { creationTimestamp: '2026-01-01T02:00:00.5+02:00' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }] },
    };
    expect(applySchemaDefaults(POD, pod)).toEqual({
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    });
  });

  it('fills in what the catalogue states', () => {
    const config = schemaOf('com.github.openshift.api.apps.v1.DeploymentConfig');
    expect(applySchemaDefaults(config, { spec: {} })).toEqual({
      spec: { replicas: 0, test: false },
    });
  });
});
