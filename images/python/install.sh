#!/bin/bash
# The application's packages go to a virtual environment that also sees the image's own.
set -e
python3 -m venv --system-site-packages --without-pip /opt/app-root
ln -sf /usr/bin/pip3 /usr/local/bin/pip
chown -R 1001:0 /opt/app-root
fix-permissions /opt/app-root
