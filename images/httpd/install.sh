#!/bin/bash
set -e
mkdir -p /opt/app-root/etc/httpd.d
chown -R 1001:0 /opt/app-root
fix-permissions /opt/app-root
[ -f /etc/mime.types ]
apache2 -t -f /opt/app-root/etc/httpd.conf
