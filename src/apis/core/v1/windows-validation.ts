import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { containersWithPaths } from './pod-containers.ts';
import type { PodSpec, WindowsSecurityContextOptions } from './types.ts';
import { texts } from './validation-rules.ts';

const MAX_CREDENTIALS_KIB = 64;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DOMAIN =
  /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const USER_CHARACTERS = /["/\\:;|=,+*?<>@[\]]/;

/** What is wrong with `DOMAIN\user` or `user`. */
function userProblems(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const [user = '', domain] = parts.reverse();
  return [...domainProblems(domain), ...accountProblems(user)];
}

function domainProblems(domain: string | undefined): string[] {
  if (domain === undefined) return [];
  const problems: string[] = [];
  if (domain.length >= MAX_DOMAIN)
    problems.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`);
  if (!NET_BIOS.test(domain) && !DOMAIN.test(domain))
    problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  return problems;
}

function accountProblems(user: string): string[] {
  const problems: string[] = [];
  if (user === '') problems.push("runAsUserName's User cannot be empty");
  else if (user.length > MAX_USER)
    problems.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`);
  if (/^[. ]+$/.test(user))
    problems.push("runAsUserName's User cannot contain only periods or spaces");
  if (USER_CHARACTERS.test(user))
    problems.push(
      'runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]',
    );
  return problems;
}

/** validateWindowsOptions checks what a pod or a container says for Windows. */
export function validateWindowsOptions(
  options: WindowsSecurityContextOptions | undefined,
  path: string,
): FieldError[] {
  if (options === undefined) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: FieldError[] = [];
  if (name !== undefined)
    errors.push(...texts(`${path}.gmsaCredentialSpecName`, name, dnsSubdomainErrors(name)));
  const at = `${path}.gmsaCredentialSpec`;
  if (spec === '') errors.push(invalid(at, spec, 'gmsaCredentialSpec cannot be an empty string'));
  if (spec !== undefined && Buffer.byteLength(spec) > MAX_CREDENTIALS_KIB * 1024) {
    const detail = `gmsaCredentialSpec size must be under ${MAX_CREDENTIALS_KIB} KiB`;
    errors.push(invalid(at, spec, detail));
  }
  if (user !== undefined) errors.push(...texts(`${path}.runAsUserName`, user, userProblems(user)));
  return errors;
}

/** validateHostProcess: either all containers of a pod are processes of the host, or none. */
export function validateHostProcess(spec: PodSpec, path: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = containersWithPaths(spec, path);
  const errors: FieldError[] = [];
  let count = 0;
  for (const { container, path: at } of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && own !== ofPod) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, detail));
    }
    if (own ?? ofPod) count += 1;
  }
  if (count === 0) return errors;
  if (count !== containers.length) {
    const detail =
      'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(invalid(path, '', detail));
  }
  if (!spec.hostNetwork) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(invalid(`${path}.hostNetwork`, false, detail));
  }
  return errors;
}
