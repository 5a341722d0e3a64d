#!/usr/bin/env bash
# Build stand-ins for the base images that docker-compose.yml and deploy/Dockerfile name.
#
# ONLY for machines that cannot pull from an image registry. Anywhere else do not run this: `docker compose up` pulls
# the real images. A stand-in has the same name as the image it replaces, is made of Debian packages, and understands
# the few variables that Leadbus sets. Needs root, debootstrap, a Debian mirror, and Python with pip set up as it is on
# this machine: the packages that images install are downloaded here, once, into an image full of wheels.
#
# Usage: standins.sh [--again]     DOCKER: the docker command; LEADBUS_BUILD_DIR: scratch space; DEBIAN_MIRROR: its URL
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
DOCKER=${DOCKER:-docker}
scratch=$(realpath -m "${LEADBUS_BUILD_DIR:-.leadbus/compose}")
python=${PYTHON:-python3}
wheels_image=leadbus-wheels:local
mkdir -p "$scratch"

[ "${1:-}" = --again ] && again=1 || again=

there() { [ -z "$again" ] && $DOCKER image inspect "$1" >/dev/null 2>&1; }

debian_image() {
    there debian:12-slim && return
    echo "standins: debian:12-slim (debootstrap)"
    rm -rf "$scratch/rootfs"
    debootstrap --variant=minbase bookworm "$scratch/rootfs" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$scratch/debootstrap.log" 2>&1 \
        || { tail -5 "$scratch/debootstrap.log" >&2; return 1; }
    printf '#!/bin/sh\nexit 101\n' >"$scratch/rootfs/usr/sbin/policy-rc.d" # no package starts a daemon in a build
    chmod +x "$scratch/rootfs/usr/sbin/policy-rc.d"
    rm -rf "$scratch/rootfs/var/cache/apt/archives/"*.deb "$scratch/rootfs/var/lib/apt/lists/"*
    tar -C "$scratch/rootfs" --exclude=./dev --exclude=./proc --exclude=./sys -c . \
        | $DOCKER import --change 'CMD ["bash"]' - debian:12-slim >/dev/null
    rm -rf "$scratch/rootfs"
}

server_image() { # name of the image, name of the file
    there "$1" && return
    echo "standins: $1"
    DOCKER_BUILDKIT=1 $DOCKER build --quiet --network host -t "$1" \
        -f "deploy/images/standins/$2.Dockerfile" deploy/images/standins >/dev/null
}

wheels() { # the locked packages of every image, as this machine's pip finds them
    local wanted="$scratch/wheels.txt" folder="$scratch/wheels"
    {
        $python deploy/images/room_lock.py capture qualify router nurture fulfillment analytics gateway
        $python deploy/images/room_lock.py --only mail-devel --only asyncssh
    } | awk '/==/ { skip = seen[$1]++ } !skip' >"$wanted"
    local mark
    mark=$(sha256sum <"$wanted" | cut -d' ' -f1)
    if there $wheels_image && [ "$($DOCKER image inspect -f '{{.Comment}}' $wheels_image)" = "$mark" ]; then return; fi
    echo "standins: $wheels_image ($(grep -c == "$wanted") packages)"
    mkdir -p "$folder"
    $python -m pip download -qq --no-deps --require-hashes --python-version 3.11 --only-binary=:all: \
        -d "$folder" -r "$wanted"
    tar -C "$folder" -c . | $DOCKER import --message "$mark" - $wheels_image >/dev/null
}

debian_image
server_image python:3.11-slim-bookworm python
server_image postgres:15-bookworm postgres
server_image rabbitmq:3-management rabbitmq
wheels
