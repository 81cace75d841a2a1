#!/bin/bash
# Makes the application user; any other user of group 0 can do what it can.
set -e
useradd --uid 1001 --gid 0 --home-dir /opt/app-root/src --no-create-home --shell /bin/bash --comment 'Default Application User' default
mkdir -p /opt/app-root/src /opt/app-root/bin /opt/app-root/etc /usr/libexec/s2i
chown -R 1001:0 /opt/app-root
fix-permissions /opt/app-root
