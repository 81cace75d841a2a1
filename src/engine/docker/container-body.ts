import type { ContainerConfig } from '../engine.ts';

/** Kubernetes lets a container's cpu share be shared by nobody; swap is never used. */
function resources(config: ContainerConfig): object {
  return {
    Memory: config.memoryBytes,
    MemorySwap: config.memoryBytes,
    CpuShares: config.cpuShares,
    CpuQuota: config.cpuQuotaMicros,
    CpuPeriod: config.cpuPeriodMicros,
    PidsLimit: config.pidsLimit,
    OomScoreAdj: config.oomScoreAdj,
    Devices: config.devices?.map((one) => ({
      PathOnHost: one.hostPath,
      PathInContainer: one.containerPath,
      CgroupPermissions: one.permissions,
    })),
  };
}

function logConfig(config: ContainerConfig): object | undefined {
  if (config.logRotation === undefined) return undefined;
  const { maxSizeBytes, maxFiles } = config.logRotation;
  return {
    Type: 'json-file',
    Config: { 'max-size': `${maxSizeBytes}b`, 'max-file': String(maxFiles) },
  };
}

function hostConfig(config: ContainerConfig): object {
  return {
    NetworkMode: config.networkMode,
    IpcMode: config.ipcMode,
    PidMode: config.pidMode,
    UTSMode: config.utsMode,
    Binds: config.binds,
    Tmpfs: config.tmpfs,
    ExtraHosts: config.extraHosts,
    Dns: config.dns,
    DnsSearch: config.dnsSearch,
    DnsOptions: config.dnsOptions,
    GroupAdd: config.groupAdd,
    CapAdd: config.capAdd,
    CapDrop: config.capDrop,
    Privileged: config.privileged,
    ReadonlyRootfs: config.readonlyRootfs,
    SecurityOpt: config.securityOpt,
    Sysctls: config.sysctls,
    ShmSize: config.shmSizeBytes,
    LogConfig: logConfig(config),
    ...resources(config),
  };
}

/** createBody is the JSON that `POST /containers/create` takes for a configuration. */
export function createBody(config: ContainerConfig): object {
  return {
    Image: config.image,
    Entrypoint: config.entrypoint,
    Cmd: config.command,
    Env: config.env,
    WorkingDir: config.workingDir,
    User: config.user,
    Hostname: config.hostname,
    Labels: config.labels,
    Tty: config.tty ?? false,
    OpenStdin: config.openStdin ?? false,
    StdinOnce: config.stdinOnce ?? false,
    AttachStdin: config.openStdin ?? false,
    StopSignal: config.stopSignal,
    Healthcheck: config.healthcheck === 'none' ? { Test: ['NONE'] } : undefined,
    HostConfig: hostConfig(config),
  };
}
