import { typeCheck } from '../../admission/type-checking/type-checking.ts';
import { signRequest } from '../../apiserver/access/sign-request.ts';
import { clientAs } from '../../client/client-as.ts';
import type { Controller, ControllerDeps } from '../../controller-kit/controller.ts';
import { newEventRecorder } from '../../controller-kit/event-recorder.ts';
import { kubeControllers } from '../../controllers/kube/index.ts';
import { newPolicyStatusController } from '../../controllers/kube/policy-status/policy-status-controller.ts';
import { newBuildConfigController } from '../../controllers/openshift/build/build-config-controller.ts';
import { newBuildController } from '../../controllers/openshift/build/build-controller.ts';
import { newDefaultRoleBindingsController } from '../../controllers/openshift/default-role-bindings/default-role-bindings-controller.ts';
import { newDeploymentConfigController } from '../../controllers/openshift/deployment-config/deployment-config-controller.ts';
import { newImageImportController } from '../../controllers/openshift/image-import/image-import-controller.ts';
import { newImageTriggerController } from '../../controllers/openshift/image-trigger/image-trigger-controller.ts';
import { newIngressToRouteController } from '../../controllers/openshift/ingress-to-route/ingress-to-route-controller.ts';
import { newProjectAccountsController } from '../../controllers/openshift/project-accounts/project-accounts-controller.ts';
import { newRegistrySecretsController } from '../../controllers/openshift/project-accounts/registry-secrets-controller.ts';
import { buildPodOptions } from './build-pods.ts';
import type { ControlPlane } from './control-plane.ts';
import type { DataPlaneOptions } from './data-plane-options.ts';

/** controllersOf are all controllers of the platform but those of the network and the router. */
export function controllersOf(
  deps: ControllerDeps,
  { access, pki, quotaUsage, server }: ControlPlane,
  options: DataPlaneOptions,
): Controller[] {
  const { images, gateway, platform } = options;
  const registryHosts = [
    images.internalRegistryHost,
    images.internalRegistryHost.replace('.svc:', '.svc.cluster.local:'),
    images.engineRegistryHost,
    `${gateway}:${platform.registryPort}`,
  ];
  const recorderFor = (component: string) =>
    newEventRecorder({ client: deps.client, clock: deps.clock, log: deps.log, component });
  const kube: ControllerDeps = {
    ...deps,
    client: clientAs('kube-controller-manager', deps.client),
  };
  const openshift: ControllerDeps = {
    ...deps,
    client: clientAs('openshift-controller-manager', deps.client),
  };
  const as = (component: string): ControllerDeps => ({
    ...openshift,
    recorder: recorderFor(component),
  });
  return [
    ...kubeControllers({
      ...kube,
      quotaUsage,
      rootCaPem: pki.authority.certPem,
      signCertificate: async (request, { usages, seconds }) => {
        const pem = Buffer.from(request, 'base64').toString('utf8');
        const now = deps.clock.now();
        const signed = await signRequest(pki.authority, pem, { usages, seconds, now });
        return Buffer.from(signed).toString('base64');
      },
      issueToken: async (account, secret) =>
        (await access.tokens.issue(account, { boundObjectRef: { kind: 'Secret', ...secret } }))
          .token,
      recorderFor,
    }),
    newPolicyStatusController(kube, (policy) => typeCheck(policy, server.definitions())),
    newDefaultRoleBindingsController(openshift),
    newProjectAccountsController(openshift),
    newRegistrySecretsController(openshift, { registryHosts }),
    newImageImportController(openshift),
    newImageTriggerController(as('image-trigger-controller')),
    newBuildController({ ...as('build-controller'), pods: buildPodOptions(options) }),
    newBuildConfigController(as('buildconfig-controller')),
    newDeploymentConfigController(as('deploymentconfig-controller')),
    newIngressToRouteController(as('ingress-to-route-controller')),
  ];
}
