import type { ApiServer } from '../apiserver/api-server.ts';
import type { Client } from '../client/client.ts';
import type { Clock, Informers, Logger } from '../controller-kit/controller.ts';
import { type Manager, newManager } from '../controller-kit/manager.ts';
import { isWebhook, relabel } from './custom-resource/conversion.ts';
import { newWebhookConversion } from './custom-resource/webhook-conversion.ts';
import { CustomResources } from './custom-resources.ts';
import { newDefinitionController } from './definition/definition-controller.ts';
import { RemoteClient } from './remote/remote-request.ts';
import { checkRules } from './rules/check-rules.ts';
import { ruleTree } from './rules/rule-tree.ts';

/** ExtensionsDeps is what extending the API takes; `client` acts as the server itself. */
export interface ExtensionsDeps {
  readonly server: ApiServer;
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Extensions is the running part of what extends the API. */
export interface Extensions {
  /** load serves the custom resources that are established; resolves when they are. */
  load(): Promise<void>;
  /** start runs the controllers; the informers are started by others. */
  start(): void;
  close(): Promise<void>;
}

/** newExtensions makes an API server serve CustomResourceDefinitions. */
export function newExtensions(deps: ExtensionsDeps): Extensions {
  const { server, client, informers, clock, log } = deps;
  const remote = new RemoteClient();
  const installer = new CustomResources({
    server,
    log,
    converter: (definition) =>
      isWebhook(definition)
        ? newWebhookConversion(definition, { remote, cache: server.cache })
        : relabel,
    rulesOf(schema) {
      const tree = ruleTree(schema);
      return tree && ((object, old) => checkRules(tree, object, old));
    },
  });
  const manager: Manager = newManager(deps);
  manager.add(newDefinitionController({ client, informers, clock, installer }));
  return {
    load: () => installer.start(),
    start: () => manager.start(),
    async close() {
      await manager.stop();
      remote.close();
    },
  };
}
