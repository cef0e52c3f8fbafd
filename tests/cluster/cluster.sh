#!/usr/bin/env bash
# Three NATS servers and three hubs on loopback, and a scenario through all of them: `make cluster`. Prints the addresses, what the run
# came to and what it cost; what is kept stands in target/cluster and is made anew each time.
#
# HUBS and SERVERS say how many (3 and 3; with SERVERS=0 one hub has a journal of its own), SCENARIO and LIMIT which traffic. With KEEP=1 all
# goes on until Ctrl-C. Arguments go to `truc run`.
set -euo pipefail
cd "$(dirname "$0")/../.."
truc=${TRUC:-target/release/truc}
scenario=${SCENARIO:-simulations/morning-peak.toml}
place=${PLACE:-target/cluster}
hubs=${HUBS:-3}
servers=${SERVERS:-3}
server_pids=()
hub_pids=()
finish() {
    # Hubs first: their last checkpoint goes into the journal.
    for pid in "${hub_pids[@]}" "${server_pids[@]}"; do
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    hub_pids=()
    server_pids=()
}
trap finish EXIT
trap 'exit 130' INT TERM
list() { (IFS=,; echo "$*"); }
# CPU of processes so far, in hundredths of a second on any usual machine.
ticks() {
    local sum=0 pid
    for pid in "$@"; do
        sum=$((sum + $(awk '{ print $14 + $15 }' "/proc/$pid/stat")))
    done
    echo "$sum"
}

rm -rf "$place"
mkdir -p "$place"
routes=() clients=() monitors=()
for n in $(seq "$servers"); do
    routes+=("nats-route://127.0.0.1:1622$n")
    clients+=("127.0.0.1:1422$n")
    monitors+=("127.0.0.1:1822$n")
done
journal=()
if [ "$servers" -gt 0 ]; then
    server=$(tests/cluster/nats-server.sh)
    journal=(--journal "nats://$(list "${clients[@]}")/truc?replicas=$servers&monitor=$(list "${monitors[@]}")")
fi
for n in $(seq "$servers"); do
    cat >"$place/n$n.conf" <<EOF
server_name: n$n
listen: "127.0.0.1:1422$n"
http: "127.0.0.1:1822$n"
max_payload: 8MB
jetstream { store_dir: "$PWD/$place/n$n", sync_interval: always }
EOF
    if [ "$servers" -gt 1 ]; then
        echo "cluster { name: truc, listen: \"127.0.0.1:1622$n\", routes: [$(list "${routes[@]}")] }" >>"$place/n$n.conf"
    fi
    "$server" -c "$place/n$n.conf" >"$place/n$n.log" 2>&1 &
    server_pids+=($!)
done
# A port that is taken shows at once.
for n in $(seq "$servers"); do
    until curl --silent --fail --output /dev/null "http://127.0.0.1:1822$n/healthz?js-server-only=true"; do
        kill -0 "${server_pids[$((n - 1))]}" 2>/dev/null || { grep FTL "$place/n$n.log" >&2; exit 1; }
        sleep 0.1
    done
done

# One house: the hubs share their key, so that a receipt is the same whichever signs it.
"$truc" pki init --seed 2026 --out "$place/house" >/dev/null
topology=$(sed -n 's/^topology *= *"\(.*\)"/\1/p' "$scenario")
cp "$(dirname "$scenario")/$topology" "$place/house/topology.toml"
# A scenario of another year drives hub time from its first day on.
clock=
if grep -q '^mode = "driven"' "$scenario"; then
    first=$(sed -n 's/^from *= *\([0-9-]*\).*/\1/p' "$scenario" | head -n 1)
    clock=$(printf '\n[clock]\nmode = "driven"\nstart = "%sT00:00:00+07:00"\n' "$first")
fi
addresses=()
for n in $(seq "$hubs"); do
    sed -e "s/^data = .*/data = \"hub$n\"/" -e '/^authority-seed/i topology = "topology.toml"' \
        "$place/house/hub.toml" >"$place/house/hub$n.toml"
    echo "$clock" >>"$place/house/hub$n.toml"
    "$truc" hub --config "$place/house/hub$n.toml" --listen "127.0.0.1:770$n" "${journal[@]}" \
        >"$place/hub$n.out" 2>"$place/hub$n.log" &
    hub_pids+=($!)
    addresses+=("http://127.0.0.1:770$n")
done
for n in $(seq "$hubs"); do
    until grep -q 770 "$place/hub$n.out"; do
        kill -0 "${hub_pids[$((n - 1))]}" 2>/dev/null || { cat "$place/hub$n.log" >&2; exit 1; }
        sleep 0.1
    done
done
all=$(list "${addresses[@]}")
echo "NATS servers: ${clients[*]:-none: the hub has a journal of its own}"
echo "Hubs:         ${addresses[*]}"
echo "All at once:  --hub $all --data $place/house"
hubs_before=$(ticks "${hub_pids[@]}") servers_before=$(ticks "${server_pids[@]}")
"$truc" run "$scenario" --hub "$all" --data "$place/house" --limit "${LIMIT:-1200}" --report "$place/report" "$@"
python3 - "$place/report/report.json" "$(getconf CLK_TCK)" "$hubs" "$servers" \
    "$(($(ticks "${hub_pids[@]}") - hubs_before))" "$(($(ticks "${server_pids[@]}") - servers_before))" <<'EOF'
import json, sys
report, ticks, hubs, servers, hub_cpu, server_cpu = sys.argv[1], *map(int, sys.argv[2:])
accepted = json.load(open(report))["accepted"]
each = lambda cpu: f"{cpu / ticks / max(accepted, 1) * 1e6:,.0f} µs"
print(f"CPU a document, with its deliveries and statuses: {hubs} hub(s) {each(hub_cpu)}, {servers} NATS server(s) {each(server_cpu)}; {accepted:,} documents")
EOF
if [ -n "${KEEP:-}" ]; then
    echo "Ctrl-C ends it."
    wait
fi
finish
# Each hub's copy of the journal is one that verifies by itself.
for n in $(seq "$hubs"); do
    echo "hub $n:"
    "$truc" verify-journal "$place/house/hub$n"
done
