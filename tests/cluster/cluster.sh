#!/usr/bin/env bash
# Three NATS servers and three hubs on loopback, and a scenario through all of them: `make cluster`. Prints the addresses; what is kept
# stands in target/cluster and is made anew each time. With KEEP=1 all goes on until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/../.."
truc=${TRUC:-target/release/truc}
scenario=${SCENARIO:-simulations/morning-peak.toml}
place=${PLACE:-target/cluster}
server=$(tests/cluster/nats-server.sh)
pids=()
finish() {
    # Hubs first: their last checkpoint goes into the journal.
    for pid in "${pids[@]:3}" "${pids[@]:0:3}"; do
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}
trap finish EXIT
trap 'exit 130' INT TERM

rm -rf "$place"
mkdir -p "$place"
routes=nats-route://127.0.0.1:16221,nats-route://127.0.0.1:16222,nats-route://127.0.0.1:16223
for n in 1 2 3; do
    cat >"$place/n$n.conf" <<EOF
server_name: n$n
listen: "127.0.0.1:1422$n"
http: "127.0.0.1:1822$n"
max_payload: 8MB
jetstream { store_dir: "$PWD/$place/n$n", sync_interval: always }
cluster { name: truc, listen: "127.0.0.1:1622$n", routes: [$routes] }
EOF
    "$server" -c "$place/n$n.conf" >"$place/n$n.log" 2>&1 &
    pids+=($!)
done
# A port that is taken shows at once.
for n in 1 2 3; do
    until curl --silent --fail --output /dev/null "http://127.0.0.1:1822$n/healthz?js-server-only=true"; do
        kill -0 "${pids[$((n - 1))]}" 2>/dev/null || { grep FTL "$place/n$n.log" >&2; exit 1; }
        sleep 0.1
    done
done
journal="nats://127.0.0.1:14221,127.0.0.1:14222,127.0.0.1:14223/truc?monitor=127.0.0.1:18221,127.0.0.1:18222,127.0.0.1:18223"

# One house: the hubs share their key, so that a receipt is the same whichever signs it.
"$truc" pki init --seed 2026 --out "$place/house" >/dev/null
topology=$(sed -n 's/^topology *= *"\(.*\)"/\1/p' "$scenario")
cp "$(dirname "$scenario")/$topology" "$place/house/topology.toml"
hubs=()
for n in 1 2 3; do
    sed -e "s/^data = .*/data = \"hub$n\"/" -e '/^authority-seed/i topology = "topology.toml"' \
        "$place/house/hub.toml" >"$place/house/hub$n.toml"
    "$truc" hub --config "$place/house/hub$n.toml" --listen "127.0.0.1:770$n" --journal "$journal" \
        >"$place/hub$n.out" 2>"$place/hub$n.log" &
    pids+=($!)
    hubs+=("http://127.0.0.1:770$n")
done
for n in 1 2 3; do
    for _ in $(seq 600); do
        if grep -q 770 "$place/hub$n.out"; then break; fi
        kill -0 "${pids[$((n + 2))]}" 2>/dev/null || { cat "$place/hub$n.log" >&2; exit 1; }
        sleep 0.1
    done
done
addresses=$(IFS=,; echo "${hubs[*]}")
echo "NATS servers: nats://127.0.0.1:14221 nats://127.0.0.1:14222 nats://127.0.0.1:14223"
echo "Hubs:         ${hubs[*]}"
echo "All at once:  --hub $addresses --data $place/house"
"$truc" run "$scenario" --hub "$addresses" --data "$place/house" --limit "${LIMIT:-1200}" "$@"
if [ -n "${KEEP:-}" ]; then
    echo "Ctrl-C ends it."
    wait
fi
finish
pids=()
# Each hub's copy of the journal is one that verifies by itself.
for n in 1 2 3; do
    echo "hub $n:"
    "$truc" verify-journal "$place/house/hub$n"
done
