import type {
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
} from '../../../apis/authorization.k8s.io/v1/types.ts';
import type { ResourceType } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { rulesTable } from './rules-table.ts';

const GROUP = { group: 'authorization.k8s.io', version: 'v1', namespaced: false };
const ACCESS_REVIEWS: ResourceType<SelfSubjectAccessReview> = {
  ...GROUP,
  resource: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
};
const RULES_REVIEWS: ResourceType<SelfSubjectRulesReview> = {
  ...GROUP,
  resource: 'selfsubjectrulesreviews',
  kind: 'SelfSubjectRulesReview',
};

const RESOURCE_VERBS =
  'get list watch create update patch delete deletecollection use bind impersonate *'.split(' ');
const PATH_VERBS = 'get put post head options delete patch *'.split(' ');
/** Resources that exist for the impersonate verb only. */
const UNDISCOVERED = ['users', 'groups'];

function warn({ io }: Invocation, text: string): void {
  io.err(`Warning: ${text}\n\n`);
}

async function mappingOf(invocation: Invocation, text: string): Promise<Mapping | undefined> {
  if (text === '*') return undefined;
  const found = await invocation.session.discovery.find(text.toLowerCase());
  if (found || UNDISCOVERED.includes(text.toLowerCase())) return found;
  const [resource, ...group] = text.toLowerCase().split('.');
  const of = group.length > 0 ? ` in group '${group.join('.')}'` : '';
  warn(invocation, `the server doesn't have a resource type '${resource}'${of}`);
  return undefined;
}

async function resourceAttributes(invocation: Invocation, verb: string, target: string) {
  const { session, flags } = invocation;
  const slash = target.indexOf('/');
  const type = slash < 0 ? target : target.slice(0, slash);
  const mapping = await mappingOf(invocation, type);
  const everywhere = flags.bool('all-namespaces');
  if (!everywhere) {
    if (mapping && !mapping.namespaced) {
      const of = mapping.group ? ` in group '${mapping.group}'` : '';
      warn(invocation, `resource '${mapping.resource}' is not namespace scoped${of}`);
    }
    if (!RESOURCE_VERBS.includes(verb)) warn(invocation, `verb '${verb}' is not a known verb`);
  }
  const subresource = flags.string('subresource');
  return {
    verb,
    resource: mapping?.resource ?? type,
    ...(mapping?.group ? { group: mapping.group } : {}),
    ...(everywhere ? {} : { namespace: session.namespace() }),
    ...(subresource ? { subresource } : {}),
    ...(slash < 0 ? {} : { name: target.slice(slash + 1) }),
  };
}

function pathAttributes(invocation: Invocation, verb: string, path: string) {
  if (invocation.flags.string('subresource'))
    throw new CliError('--subresource can not be used with NonResourceURL');
  if (!PATH_VERBS.includes(verb)) warn(invocation, `verb '${verb}' is not a known verb`);
  return { verb, path };
}

async function check(invocation: Invocation): Promise<number> {
  const { args, flags, io, session } = invocation;
  const [verb, target, ...more] = args;
  if (verb === undefined || target === undefined || more.length > 0)
    throw new CliError(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  const spec = target.startsWith('/')
    ? { nonResourceAttributes: pathAttributes(invocation, verb, target) }
    : { resourceAttributes: await resourceAttributes(invocation, verb, target) };
  if (flags.bool('no-headers'))
    throw new CliError('--no-headers cannot be set without --list specified');
  const client = await session.client();
  const { status } = await client.create(ACCESS_REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec,
  });
  const reasons = [status?.reason, status?.evaluationError].filter(Boolean);
  if (!flags.bool('quiet'))
    io.out(status?.allowed ? 'yes\n' : `${['no', ...reasons].join(' - ')}\n`);
  return status?.allowed ? 0 : 1;
}

async function list(invocation: Invocation): Promise<number> {
  const { args, flags, io, session } = invocation;
  if (args.length > 0) throw new CliError('list option must be specified with no arguments');
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource'))
    throw new CliError(
      "list option can't be specified with neither quiet, all-namespaces nor subresource options",
    );
  const client = await session.client();
  const { status } = await client.create(RULES_REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    metadata: {},
    spec: { namespace: session.namespace() },
  });
  if (status?.incomplete)
    io.err(`Warning: the list may be incomplete: ${status.evaluationError ?? ''}\n`);
  const rules = [...(status?.resourceRules ?? []), ...(status?.nonResourceRules ?? [])];
  io.out(rulesTable(rules, !flags.bool('no-headers')));
  return 0;
}

export const command: Command = {
  use: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  long: `Check whether an action is allowed.

 VERB is a logical Kubernetes API verb like 'get', 'list', 'watch', 'delete', etc. TYPE is a Kubernetes resource. Shortcuts and groups will be resolved. NONRESOURCEURL is a partial URL that starts with "/". NAME is the name of a particular Kubernetes resource. This command pairs nicely with impersonation. See --as global flag.`,
  examples: `# Check to see if I can create pods in any namespace
{program} auth can-i create pods --all-namespaces

# Check to see if I can list deployments in my current namespace
{program} auth can-i list deployments.apps

# Check to see if I can access the URL /logs/
{program} auth can-i get /logs/

# List all allowed actions in namespace "foo"
{program} auth can-i --list --namespace=foo`,
  flags: [
    boolFlag('all-namespaces', 'If true, check the specified action in all namespaces.', {
      short: 'A',
    }),
    boolFlag('list', 'If true, prints all allowed actions.'),
    boolFlag('no-headers', 'If true, prints allowed actions without headers'),
    boolFlag('quiet', 'If true, suppress output and just return the exit code.', { short: 'q' }),
    stringFlag('subresource', 'SubResource such as pod/log or deployment/scale'),
  ],
  run: (invocation) => (invocation.flags.bool('list') ? list(invocation) : check(invocation)),
};
