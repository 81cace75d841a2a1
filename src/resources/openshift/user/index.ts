import type { User } from '../../../apis/user.openshift.io/v1/types.ts';
import { nameSelection } from '../../../apiserver/name-selection.ts';
import type {
  ResourceDefinition,
  ResourceStorage,
  UserInfo,
} from '../../../apiserver/resource-definition.ts';
import type { ResourceType } from '../../../machinery/object.ts';
import { newNotFound } from '../../../machinery/status-error.ts';

/** USERS is the collection of user.openshift.io. */
const USERS: ResourceType<User> = {
  group: 'user.openshift.io',
  version: 'v1',
  resource: 'users',
  kind: 'User',
  namespaced: false,
};

function toUser(user: UserInfo): User {
  const groups = user.groups.filter((one) => one !== 'system:authenticated').sort();
  return {
    apiVersion: 'user.openshift.io/v1',
    kind: 'User',
    metadata: { name: user.name, ...(user.uid && { uid: user.uid }) },
    identities: [],
    groups,
  } as User;
}

/**
 * userDefinitions declares User with the one name that always exists: `~`, whoever asks. It is
 * what `oc whoami` reads. Users of identity providers come with the OAuth server.
 */
export function userDefinitions(): ResourceDefinition[] {
  const storage: ResourceStorage<User> = {
    async get(name, context) {
      if (name === '~' || name === context.user.name) return toUser(context.user);
      throw newNotFound(USERS, name);
    },
    async list(options) {
      nameSelection(options);
      return {
        apiVersion: 'user.openshift.io/v1',
        kind: 'UserList',
        metadata: { resourceVersion: '1' },
        items: [],
      };
    },
  };
  return [
    {
      type: USERS as unknown as ResourceType,
      definition: 'com.github.openshift.api.user.v1.User',
      storage: storage as never,
    },
  ];
}
