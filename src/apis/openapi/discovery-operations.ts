import { groupTag, groupVersionWords, groupWords, tagOf } from './openapi-names.ts';
import { JSON_TYPES, OBJECT_TYPES, type Operation } from './operation.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

function reading(
  rest: Pick<Operation, 'path' | 'tag' | 'id' | 'description' | 'output'>,
): Operation {
  return {
    method: 'get',
    ofKind: '',
    inputTypes: OBJECT_TYPES,
    needsInput: false,
    outputTypes: OBJECT_TYPES,
    codes: [200],
    query: [],
    texts: 'parameters',
    ...rest,
  };
}

/** resourcesOperation is how the resources of a group version are read. */
export function resourcesOperation(groupVersion: { group: string; version: string }): Operation {
  const { group, version } = groupVersion;
  return reading({
    path: group === '' ? `/api/${version}/` : `/apis/${group}/${version}/`,
    tag: tagOf(groupVersion),
    id: `get${groupVersionWords(groupVersion)}APIResources`,
    description: 'get available resources',
    output: `${META}.APIResourceList`,
  });
}

/** groupOperation is how a group is read. */
export function groupOperation(group: string): Operation {
  return reading({
    path: `/apis/${group}/`,
    tag: groupTag(group),
    id: `get${groupWords(group)}APIGroup`,
    description: 'get information of a group',
    output: `${META}.APIGroup`,
  });
}

const VERSIONS_TEXT = 'get available API versions';

/** ROOT_OPERATIONS are the paths beside those of groups, by the name of their document. */
export const ROOT_OPERATIONS: Readonly<Record<string, Operation>> = {
  '.well-known/openid-configuration': {
    ...reading({
      path: '/.well-known/openid-configuration/',
      tag: 'WellKnown',
      id: 'getServiceAccountIssuerOpenIDConfiguration',
      description:
        "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
      output: '',
    }),
    inputTypes: [],
    outputTypes: ['application/json'],
  },
  api: reading({
    path: '/api/',
    tag: 'core',
    id: 'getCoreAPIVersions',
    description: VERSIONS_TEXT,
    output: `${META}.APIVersions`,
  }),
  apis: reading({
    path: '/apis/',
    tag: 'apis',
    id: 'getAPIVersions',
    description: VERSIONS_TEXT,
    output: `${META}.APIGroupList`,
  }),
  'openid/v1/jwks': {
    ...reading({
      path: '/openid/v1/jwks/',
      tag: 'openid',
      id: 'getServiceAccountIssuerOpenIDKeyset',
      description:
        'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
      output: '',
    }),
    inputTypes: [],
    outputTypes: ['application/jwk-set+json'],
  },
  version: {
    ...reading({
      path: '/version/',
      tag: 'version',
      id: 'getCodeVersion',
      description: 'get the version information for this server',
      output: 'io.k8s.apimachinery.pkg.version.Info',
    }),
    inputTypes: JSON_TYPES.slice(0, 1),
    outputTypes: JSON_TYPES.slice(0, 1),
  },
};
