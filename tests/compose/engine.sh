#!/usr/bin/env bash
# A private Docker engine for the compose test, sourced by run.sh: own data, own socket, no firewall rule, no bridge on
# the host. start_engine sets DOCKER_HOST and puts the matching clients first on PATH; stop_engine ends what it started.

install_engine() {
    local missing=()
    [ -x /usr/sbin/dockerd ] && [ -x /usr/bin/docker ] || missing+=(docker.io)
    [ -x /usr/bin/docker-compose ] || missing+=(docker-compose)
    [ -x /usr/sbin/debootstrap ] || missing+=(debootstrap)
    [ ${#missing[@]} = 0 ] && return
    echo "compose: installing ${missing[*]}"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" iptables; } \
        >"$scratch/apt.log" 2>&1 || { tail -20 "$scratch/apt.log" >&2; return 1; }
}

start_engine() {
    # Sockets have short names only (108 bytes), whatever the depth of the checkout.
    engine_run=$(mktemp -d /tmp/leadbus-engine.XXXXXX)
    export DOCKER_HOST=unix://$engine_run/docker.sock PATH=/usr/bin:$PATH
    /usr/sbin/dockerd --data-root "$scratch/data" --exec-root "$engine_run/exec" --pidfile "$engine_run/dockerd.pid" \
        -H "$DOCKER_HOST" --bridge none --iptables=false --ip6tables=false --log-level warn \
        >"$scratch/dockerd.log" 2>&1 &
    engine_pid=$!
    for _ in $(seq 120); do
        docker version >/dev/null 2>&1 && return
        kill -0 "$engine_pid" 2>/dev/null || break
        sleep 0.5
    done
    echo "compose: the Docker engine did not start:" >&2
    tail -5 "$scratch/dockerd.log" >&2
    return 1
}

stop_engine() {
    [ -n "${engine_pid:-}" ] || return 0
    kill "$engine_pid" 2>/dev/null && wait "$engine_pid" 2>/dev/null
    rm -rf "$engine_run"
    engine_pid=
}
