import { INGRESS_CLASS_ANNOTATION } from '../../apis/networking.k8s.io/v1/ingress-validation.ts';
import type { Ingress } from '../../apis/networking.k8s.io/v1/types.ts';
import { INGRESS_CLASSES, INGRESSES } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission } from '../../apiserver/contracts.ts';
import { newest } from '../newest.ts';

const DEFAULT_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';

/**
 * newDefaultIngressClass gives new ingresses that name no class the newest of the classes that are
 * marked as default: the DefaultIngressClass admission plugin.
 */
export function newDefaultIngressClass(deps: { cache(): CacheReader }): Admission {
  return {
    mutate({ type, operation, subresource, object }) {
      if (type.group !== INGRESSES.group || type.resource !== INGRESSES.resource) return;
      if (operation !== 'CREATE' || subresource !== '') return;
      const ingress = object as Ingress;
      if (ingress.spec === undefined || ingress.spec.ingressClassName !== undefined) return;
      if (ingress.metadata.annotations?.[INGRESS_CLASS_ANNOTATION]) return;
      const marked = deps
        .cache()
        .list(INGRESS_CLASSES)
        .filter(({ metadata }) => metadata.annotations?.[DEFAULT_ANNOTATION] === 'true');
      const name = newest(marked)?.metadata.name;
      if (name !== undefined) ingress.spec.ingressClassName = name;
    },
  };
}
