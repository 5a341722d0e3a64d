#!/usr/bin/env bash
# Bring up docker-compose.yml for real and send inquiries through it: `make test-compose`. Needs root on Debian or Ubuntu.
#
# Nothing is pulled: the base images are stand-ins from deploy/images/standins.sh, kept for the next run under
# .leadbus/compose. The Docker engine is a private one and ends with the test. LEADBUS_PULL=1 takes the real base
# images instead. LEADBUS_KEEP=1 leaves everything running, and prints how to look and how to stop.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/compose/engine.sh

scratch=$PWD/.leadbus/compose
python=${PYTHON:-$([ -x .venv/bin/python ] && echo "$PWD/.venv/bin/python" || command -v python3)}
images="mail capture qualify router nurture fulfillment analytics gateway demo"
rooms="capture qualify router nurture fulfillment analytics"
environment=$scratch/environment
mkdir -p "$scratch"

compose() { docker-compose -p leadbus-test --env-file "$environment" "$@"; }
step() { printf '\n%s compose: %s\n' "$(date +%T)" "$*"; }

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
secret() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

write_environment() { # fresh secrets, free ports, and the company as it is now; the file is the owner's alone
    rm -rf "$scratch/company"
    cp -r deploy/company "$scratch/company"
    chmod -R a+rX "$scratch/company"
    http_port=$(free_port) mail_port=$(free_port) broker_port=$(free_port)
    (
        umask 077
        {
            for name in POSTGRES_PASSWORD LEADBUS_BROKER_PASSWORD LEADBUS_MAIL_PASSWORD LEADBUS_SECRET; do
                echo "$name=$(secret)"
            done
            for room in $rooms; do echo "${room^^}_DATABASE_PASSWORD=$(secret)"; done
            echo "LEADBUS_COMPANY_FOLDER=$scratch/company"
            echo "LEADBUS_HTTP_PORT=$http_port"
            echo "LEADBUS_MAIL_PAGE_PORT=$mail_port"
            echo "LEADBUS_BROKER_PAGE_PORT=$broker_port"
            echo "LEADBUS_MAIL_DOOR_PORT=$(free_port)"
            echo "LEADBUS_ALLOW_PRIVATE_WEBHOOKS=1"
            echo "LEADBUS_WEBHOOK_STAND_IN=http://127.0.0.1:8090"
            echo "LEADBUS_PLATFORM_STAND_IN=http://router:8091"
            echo "LEADBUS_SFTP_STAND_IN=127.0.0.1:8092"
            echo "LEADBUS_REPLY_ADDRESS=dealers@leads.prairieline.example"
            "$python" -c 'from deploy.demo.systems import SECRETS; print(*(f"{name}={value}" for name, value in SECRETS.items()), sep="\n")'
            "$python" -m deploy.demo.platform_apis --environment
            echo "LEADBUS_PUBLIC_URL=http://127.0.0.1:$http_port"
            if [ -z "${LEADBUS_PULL:-}" ]; then
                echo "LEADBUS_BUILD_WHEELS=leadbus-wheels:local"
                echo "PIP_NO_INDEX=1"
            fi
            echo "LEADBUS_BUILD_NETWORK=host"
        } >"$environment"
    )
}

explain() { # what the containers that are not well say
    compose ps || true
    local id
    for id in $(docker ps -aq --filter name=leadbus-test); do
        case "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$id")" in
        "running 0 healthy" | "exited 0 "* | "running 0 ") ;;
        *)
            echo "--- $(docker inspect -f '{{.Name}}: {{.State.Status}}, exit {{.State.ExitCode}}' "$id")"
            docker inspect -f '{{if .State.Health}}{{with index .State.Health.Log 0}}{{.Output}}{{end}}{{end}}' "$id" 2>/dev/null || true
            docker logs --tail 25 "$id" 2>&1
            ;;
        esac
    done
}

finish() {
    local code=$?
    trap - EXIT INT TERM
    [ -z "${came_up:-}" ] || [ $code = 0 ] || explain
    if [ -n "${LEADBUS_KEEP:-}" ] && [ -n "${came_up:-}" ]; then
        echo "compose: left running. export DOCKER_HOST=$DOCKER_HOST; docker-compose -p leadbus-test --env-file $environment ps"
        echo "compose: to end it: docker-compose -p leadbus-test --env-file $environment down -v; kill $engine_pid"
        disown "$engine_pid"
        exit $code
    fi
    if [ -n "${came_up:-}" ]; then
        step "down"
        compose down -v --remove-orphans >"$scratch/down.log" 2>&1 || tail -5 "$scratch/down.log" >&2
    fi
    rm -f "$environment"
    docker image prune -f >/dev/null 2>&1 || true # what this run's images replaced
    stop_engine
    if [ $code = 0 ]; then echo "compose: passed in ${SECONDS} s"; else echo "compose: FAILED after ${SECONDS} s" >&2; fi
    exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" = 0 ] || { echo "compose: needs root (it starts its own Docker engine)" >&2; exit 2; }
install_engine
step "engine"
start_engine
write_environment
export COMPOSE_DOCKER_CLI_BUILD=1 DOCKER_BUILDKIT=1 COMPOSE_HTTP_TIMEOUT=300

if [ -z "${LEADBUS_PULL:-}" ]; then
    step "stand-ins for the base images"
    PYTHON=$python LEADBUS_BUILD_DIR=$scratch nice -n 19 bash deploy/images/standins.sh
fi
step "images"
nice -n 19 docker-compose -p leadbus-test --env-file "$environment" build $images >"$scratch/build.log" 2>&1 \
    || { tail -40 "$scratch/build.log" >&2; exit 1; }
"$python" tests/compose/check_images.py

step "up"
came_up=1
timeout 600 docker-compose -p leadbus-test --env-file "$environment" up -d --no-build >"$scratch/up.log" 2>&1 \
    || { tail -20 "$scratch/up.log" >&2; exit 1; }
gateway=(--gateway "http://127.0.0.1:$http_port" --key "$(compose exec -T gateway python key.py compose-test intake read manage)")
step "demo"
compose run --rm -T -e COLUMNS=120 demo

step "inquiries"
"$python" tests/compose/follow.py "${gateway[@]}"

step "the broker goes away and comes back"
compose stop broker >"$scratch/outage.log" 2>&1
"$python" tests/compose/outage.py send "${gateway[@]}" >"$scratch/receipts"
compose start broker >>"$scratch/outage.log" 2>&1
"$python" tests/compose/outage.py resolve "${gateway[@]}" <"$scratch/receipts"
