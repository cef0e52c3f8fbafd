#!/usr/bin/env bash
# What a document costs with one hub and a journal of its own, one hub on JetStream, and three: CPU of hubs and NATS servers apart.
# `make bench-cluster`. The figures are for docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
# 200 documents a second for half a minute, with all their deliveries and statuses.
export SCENARIO=${SCENARIO:-simulations/morning-peak.toml} LIMIT=${LIMIT:-6000}
for setting in "1 0" "1 3" "3 3"; do
    read -r HUBS SERVERS <<<"$setting"
    HUBS=$HUBS SERVERS=$SERVERS tests/cluster/cluster.sh --scale "${SCALE:-10}" | grep '^CPU a document'
done
