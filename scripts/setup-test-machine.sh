#!/usr/bin/env bash
# Installs what the tests need on a bare Debian machine: Node packages, system packages, a
# container engine that runs, and the kubectl of the distribution. Does only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm install --ignore-scripts --no-audit --no-fund --no-save
fi

declare -A packages=(
  [dockerd]=docker.io [haproxy]=haproxy [nft]=nftables [iptables]=iptables [ip]=iproute2
  [git]=git [mmdebstrap]=mmdebstrap [wrk]=wrk [chromium]=chromium [curl]=curl [docker]=docker.io
)
missing=()
for program in "${!packages[@]}"; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null || missing+=("${packages[$program]}")
done
[ -x /usr/lib/git-core/git-http-backend ] || missing+=(git)
/usr/bin/python3 -c 'import kubernetes' 2>/dev/null || missing+=(python3-kubernetes)
if [ ${#missing[@]} -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

kubectl_root=.cache/kubernetes-client
if [ ! -x "$kubectl_root/usr/bin/kubectl" ]; then
  mkdir -p "$kubectl_root"
  (cd "$kubectl_root" && { apt-get download -q kubernetes-client || { apt-get update -q && apt-get download -q kubernetes-client; }; })
  dpkg -x "$kubectl_root"/kubernetes-client_*.deb "$kubectl_root"
fi

if ! docker info >/dev/null 2>&1; then
  if [ -d /run/systemd/system ]; then
    systemctl start docker
  else
    # A machine that was cut off leaves pid files that may name other processes by now.
    pidof dockerd >/dev/null || rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
    mkdir -p .cache
    nohup setsid dockerd >.cache/dockerd.log 2>&1 &
  fi
  for _ in $(seq 1 300); do
    docker info >/dev/null 2>&1 && break
    sleep 0.1
  done
  docker info >/dev/null || { echo "the Docker Engine did not start: see .cache/dockerd.log" >&2; exit 1; }
fi
