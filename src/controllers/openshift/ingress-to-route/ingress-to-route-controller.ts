import type { Ingress } from '../../../apis/networking.k8s.io/v1/types.ts';
import {
  INGRESS_CLASSES,
  INGRESSES,
  ROUTES,
  SECRETS,
  SERVICES,
} from '../../../apis/resource-types.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type KubeObject, objectKey } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import {
  canonicalHosts,
  ingressOf,
  isFor,
  newIngressRoute,
  updatedRoute,
} from './ingress-route.ts';
import { ingressRoutes } from './ingress-rules.ts';

/** INGRESS_CONTROLLER is what a class names as its controller whose ingresses become routes. */
export const INGRESS_CONTROLLER = 'openshift.io/ingress-to-route';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const BY_INGRESS = 'ingress-to-route';

/**
 * newIngressToRouteController keeps a route for every path of an ingress, and shows in the status
 * of the ingress which routers admitted them (OpenShift's ingress-to-route controller). An ingress
 * of a class of another controller is left alone.
 */
export function newIngressToRouteController(deps: ControllerDeps): Controller {
  const { client, informers, recorder } = deps;
  const ingresses = informers.informer(INGRESSES);
  const classes = informers.informer(INGRESS_CLASSES);
  const services = informers.informer(SERVICES);
  const secrets = informers.informer(SECRETS);
  const routes = informers.informer(ROUTES);
  routes.addIndex(BY_INGRESS, (route) => {
    const name = ingressOf(route);
    return name === undefined ? [] : [`${route.metadata.namespace}/${name}`];
  });
  const allOf = ({ metadata }: KubeObject) => ingresses.list(metadata.namespace).map(objectKey);

  function isManaged({ metadata, spec }: Ingress): boolean {
    const name = metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.ingressClassName;
    return name === undefined || classes.get(name)?.spec?.controller === INGRESS_CONTROLLER;
  }

  async function remove({ metadata }: Route): Promise<void> {
    const { namespace, name = '' } = metadata;
    await client.delete(ROUTES, { namespace, name }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  async function publish(ingress: Ingress, kept: readonly Route[], gone: readonly Route[]) {
    const before = (ingress.status?.loadBalancer?.ingress ?? []).map(
      ({ hostname = '' }) => hostname,
    );
    const left = new Set(gone.flatMap(canonicalHosts));
    const hosts = [...before.filter((one) => !left.has(one)), ...kept.flatMap(canonicalHosts)];
    const wanted = [...new Set(hosts)].sort();
    if (deepEqual(wanted, [...before].sort())) return;
    const loadBalancer = { ingress: wanted.map((hostname) => ({ hostname })) };
    await client.updateStatus(INGRESSES, { ...ingress, status: { loadBalancer } });
  }

  async function reconcile(key: string) {
    const ingress = ingresses.get(key);
    if (!ingress || ingress.metadata.deletionTimestamp || !isManaged(ingress)) return undefined;
    const { namespace } = ingress.metadata;
    const { wanted, incomplete } = ingressRoutes(ingress, {
      service: (name) => services.get(`${namespace}/${name}`),
      secret: (name) => secrets.get(`${namespace}/${name}`),
    });
    const own = routes.byIndex(BY_INGRESS, key);
    const kept = new Set<Route>();
    for (const one of wanted) {
      const found = own.find((route) => isFor(route, one) && !kept.has(route));
      if (found) kept.add(found);
      const updated = found && updatedRoute(found, ingress, one);
      if (!found) await createUnlessExists(client, ROUTES, newIngressRoute(ingress, one));
      else if (updated) await client.update(ROUTES, updated);
    }
    const gone = own.filter((route) => !kept.has(route));
    for (const route of gone) await remove(route);
    await publish(ingress, [...kept], gone);
    if (incomplete.length > 0) {
      const text = `Incomplete ingress to route rules detected: ${incomplete.join('; ')}`;
      recorder.event(ingress, 'Normal', 'IncompleteIngressToRouteRules', text);
    }
    return undefined;
  }

  return {
    name: 'ingress-to-route',
    concurrency: 2,
    sources: [
      source(INGRESSES, (one) => [objectKey(one)]),
      source(ROUTES, (route) => {
        const name = ingressOf(route);
        return name === undefined ? [] : [`${route.metadata.namespace}/${name}`];
      }),
      source(SERVICES, allOf),
      source(SECRETS, (one) =>
        one.type === 'kubernetes.io/tls' || one.type === 'Opaque' ? allOf(one) : [],
      ),
      source(INGRESS_CLASSES, () => ingresses.list().map(objectKey)),
    ],
    reconcile,
  };
}
