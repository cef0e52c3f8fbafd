#!/bin/sh
# The national year on a hub of its own process: CPU and memory of hub and generator apart, then the journal counted anew.
# `make bench-year`; arguments go to `truc run`, such as `--limit 20000`. Needs about 10 GB of disk and a quarter of an hour.
set -eu
truc=${TRUC:-target/release/truc}
place=$(mktemp -d "${TMPDIR:-/tmp}/truc-year.XXXXXX")
hub=
trap 'test -z "$hub" || kill "$hub" 2>/dev/null || true; rm -rf "$place"' EXIT
trap 'exit 130' INT TERM

"$truc" pki init --seed 2022 --out "$place/house" >/dev/null
cp simulations/topologies/vietnam-63.toml "$place/house/"
sed -i '/^authority-seed/i topology = "vietnam-63.toml"' "$place/house/hub.toml"
printf '\n[clock]\nmode = "driven"\nstart = "2022-01-01T00:00:00+07:00"\n' >>"$place/house/hub.toml"
"$truc" hub --config "$place/house/hub.toml" --listen 127.0.0.1:0 >"$place/hub.out" 2>"$place/hub.err" &
hub=$!
address=
until address=$(grep -hoE 'https?://[0-9.:]+' "$place/hub.out" "$place/hub.err" | head -n 1) && test -n "$address"; do
	kill -0 "$hub" || { cat "$place/hub.err" >&2; exit 1; }
	sleep 0.1
done

"$truc" run simulations/national-year.toml --speed max --hub "$address" --data "$place/house" --report "$place/report" "$@"
ticks=$(getconf CLK_TCK)
awk -v ticks="$ticks" '{ printf "hub CPU: %.0f s\n", ($14 + $15) / ticks }' "/proc/$hub/stat"
awk '/VmHWM/ { printf "hub memory, peak: %.0f MiB\n", $2 / 1024 }' "/proc/$hub/status"
python3 -c 'import json, sys
run = json.load(open(sys.argv[1]))
print("generator CPU: %.0f s" % run["generator"]["cpu_seconds"])
print("took: %.0f s, %d documents, %d deliveries, %d statuses" % (
    run["took_seconds"], run["accepted"], run["conservation"]["accepted"], run["statuses"]))' "$place/report/report.json"
kill -INT "$hub"
wait "$hub"
hub=
"$truc" verify-journal "$place/house"
