import type { KubeObject } from '../../../src/machinery/object.ts';

type Sample = KubeObject & Record<string, unknown>;

const text = { type: 'string' };

/** GADGETS is a definition whose schema has something of everything. */
export const GADGETS: Sample = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.fuzz.example.com' },
  spec: {
    group: 'fuzz.example.com',
    scope: 'Namespaced',
    names: { plural: 'gadgets', kind: 'Gadget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.replicas' },
          { name: 'Due', type: 'date', jsonPath: '.spec.due' },
          { name: 'First', type: 'string', jsonPath: '.spec.parts[0].name' },
        ],
        selectableFields: [{ jsonPath: '.spec.color' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['color'],
                'x-kubernetes-validations': [
                  { rule: "self.color != 'black' || self.replicas < 3" },
                  { rule: 'self.parts.all(p, p.name.size() < 9)', message: 'too long' },
                  { rule: 'self.replicas >= oldSelf.replicas - 5' },
                ],
                properties: {
                  color: { ...text, enum: ['red', 'black'], default: 'red' },
                  replicas: { type: 'integer', minimum: 0, default: 1 },
                  due: { ...text, format: 'date-time', nullable: true },
                  match: { ...text, pattern: '^[a-z]+$', maxLength: 20 },
                  ratio: { type: 'number', multipleOf: 0.5 },
                  either: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  inside: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    'x-kubernetes-preserve-unknown-fields': true,
                  },
                  tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
                  named: { type: 'object', additionalProperties: { type: 'integer' } },
                  parts: {
                    type: 'array',
                    maxItems: 5,
                    default: [],
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { ...text, maxLength: 30 }, size: { type: 'integer' } },
                    },
                  },
                },
              },
              status: { type: 'object', properties: { replicas: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};

/** GADGET is one of them. */
export const GADGET: Sample = {
  apiVersion: 'fuzz.example.com/v1',
  kind: 'Gadget',
  metadata: { name: 'sample', labels: { app: 'conformance' } },
  spec: {
    color: 'red',
    replicas: 2,
    due: '2030-01-01T00:00:00Z',
    match: 'abc',
    ratio: 1.5,
    either: '50%',
    free: { a: { b: [1, 'x', null] } },
    inside: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
    tags: ['a', 'b'],
    named: { one: 1 },
    parts: [{ name: 'a', size: 1 }, { name: 'b' }],
  },
};

const authorization = { apiVersion: 'authorization.k8s.io/v1', metadata: {} };
const authentication = { apiVersion: 'authentication.k8s.io/v1', metadata: {} };
const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'conformance' };

/** REVIEWS are questions of each kind, which nothing stores. */
export const REVIEWS: readonly Sample[] = [
  { ...authentication, kind: 'TokenReview', spec: { token: 'abc', audiences: ['a'] } },
  { ...authentication, kind: 'SelfSubjectReview' },
  {
    ...authorization,
    kind: 'SubjectAccessReview',
    spec: { user: 'jane', groups: ['g'], extra: { k: ['v'] }, resourceAttributes },
  },
  {
    ...authorization,
    kind: 'SelfSubjectAccessReview',
    spec: { nonResourceAttributes: { path: '/x', verb: 'get' } },
  },
  {
    ...authorization,
    kind: 'LocalSubjectAccessReview',
    metadata: { namespace: 'conformance' },
    spec: { user: 'jane', resourceAttributes },
  },
  { ...authorization, kind: 'SelfSubjectRulesReview', spec: { namespace: 'conformance' } },
];
