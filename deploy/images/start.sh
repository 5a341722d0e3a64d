#!/bin/sh
# What a container runs: `serve` (the default) or `migrate`; anything else is run as it stands.
# exec, so that the stop signal reaches the process that must finish its work.
set -eu
case "${1:-serve} $LEADBUS_ROOM" in
"serve gateway") exec python -m gateway --host 0.0.0.0 --port 8000 ;;
"serve demo") exec python demo.py ;;
"serve prediction") exec python -m services.qualify.prediction.learning.job ;;
"train prediction") shift && exec python -m services.qualify.prediction.learning.job "$@" ;;
"serve "*) exec python -m deploy.serve "$LEADBUS_ROOM" ;;
"migrate "*) exec python -m deploy.migrate "$LEADBUS_ROOM" ;;
*) exec "$@" ;;
esac
