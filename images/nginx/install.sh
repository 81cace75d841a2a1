#!/bin/bash
set -e
chown -R 1001:0 /opt/app-root
fix-permissions /opt/app-root
nginx -t -c /opt/app-root/etc/nginx.conf
rm -f /tmp/nginx.pid
rm -rf /tmp/nginx-*
