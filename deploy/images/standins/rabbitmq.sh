#!/usr/bin/env bash
# What Leadbus uses of the real image's entrypoint: RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS.
set -euo pipefail

if [ "$(id -u)" = 0 ]; then
    mkdir -p /etc/rabbitmq/conf.d
    {
        echo 'loopback_users.guest = false'
        if [ -n "${RABBITMQ_DEFAULT_USER:-}" ]; then echo "default_user = $RABBITMQ_DEFAULT_USER"; fi
        if [ -n "${RABBITMQ_DEFAULT_PASS:-}" ]; then echo "default_pass = $RABBITMQ_DEFAULT_PASS"; fi
    } >/etc/rabbitmq/conf.d/10-defaults.conf
    chown -R rabbitmq:rabbitmq /etc/rabbitmq /var/lib/rabbitmq
    exec env HOME=/var/lib/rabbitmq setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups bash "$0" "$@"
fi
export PATH=/usr/lib/rabbitmq/bin:$PATH
exec "$@"
