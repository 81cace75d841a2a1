import { defaultRoute } from '../../../apis/route.openshift.io/v1/defaults.ts';
import { assignHost } from '../../../apis/route.openshift.io/v1/host.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import {
  validateRoute,
  validateRouteUpdate,
} from '../../../apis/route.openshift.io/v1/validation.ts';
import type { RequestContext, Strategy } from '../../../apiserver/resource-definition.ts';

/** newRouteStrategy follows openshift-apiserver's registry of routes; hosts end in `domain`. */
export function newRouteStrategy(domain: string): Strategy<Route> {
  return {
    hasStatus: true,
    allowUnconditionalUpdate: false,
    defaults: defaultRoute,
    prepareForCreate(draft, context) {
      draft.status = {};
      assignHost(draft, domain);
      warn(draft, context);
    },
    prepareForUpdate(draft, old, context) {
      // Who applies again what was created without a host keeps the host that it got.
      if (!draft.spec.host && old.spec.host) draft.spec.host = old.spec.host;
      warn(draft, context);
    },
    validate: validateRoute,
    validateUpdate: validateRouteUpdate,
    selectableFields: ({ spec }: Partial<Route>) => ({
      'spec.host': spec?.host ?? '',
      'spec.path': spec?.path ?? '',
      'spec.to.name': spec?.to?.name ?? '',
    }),
  };
}

function warn({ spec }: Route, context: RequestContext): void {
  if (spec.host && spec.subdomain) context.warn('spec.host is set; spec.subdomain may be ignored');
}
