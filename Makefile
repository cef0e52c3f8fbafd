# Thin on purpose: each target is one command that can be typed by hand. Needs Rust, a C compiler, openssl, Python with
# venv, curl and Node (see README.md).

.PHONY: audit demo test cluster bench bench-year bench-cluster soak fuzz lint console console-if-node console-test console-bench console-shots

demo: console-if-node ## The seven provinces of September 2020, end to end, with the task force's table at the end.
	cargo run --release --locked -p truc -- run simulations/seven-provinces-2020.toml

test: lint console ## Builds everything and runs all tests.
	cargo test --workspace --all-targets --locked --no-fail-fast
	cargo test --workspace --doc --locked
	$(MAKE) console-test

# The console's bundle, which the binary carries; made anew when a source of it changed.
WEB := crates/console/web
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public proto docs -type f -not -path '$(WEB)/src/gen/*' 2>/dev/null) \
	$(WEB)/index.html $(WEB)/vite.config.ts $(WEB)/buf.gen.yaml $(WEB)/package-lock.json README.md README.vi.md

console: $(WEB)/dist/index.html ## Builds the console that the binary carries. Needs Node.

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-fund --no-audit --loglevel=error

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	cd $(WEB) && npm run --silent build
	touch $@

console-if-node: ## As `console`, and nothing where there is no Node: then the console's page says how to build it.
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory console; fi

console-test: console ## The console in a browser: needs Chromium.
	cargo build --locked -p truc
	cd $(WEB) && npm run --silent check && npm test --silent && npm run --silent browser

console-bench: console ## The console in a browser: weight and time of the first load, frames a second at 500 documents a second.
	cargo build --release --locked -p truc
	cd $(WEB) && npx tsx tests/bench/console.ts

console-shots: console ## Pictures of the console's pages, for docs/console.md.
	cargo build --locked -p truc
	cd $(WEB) && npx tsx tests/bench/shots.ts

bench: ## Measures a hub against the floor and writes docs/benchmarks.md.
	cargo build --release --locked -p truc
	target/release/truc bench

bench-year: ## The national year on a hub of its own process: a quarter of an hour, 10 GB of disk.
	cargo build --release --locked -p truc
	tests/national-year.sh

cluster: console-if-node ## Three NATS servers and three hubs on loopback, and a scenario through all of them.
	cargo build --release --locked -p truc
	tests/cluster/cluster.sh

bench-cluster: ## CPU of a document with one hub, one hub on NATS JetStream, and three.
	cargo build --release --locked -p truc
	tests/cluster/costs.sh

soak: ## The slow tests: 50 crashes, twice 100 troubles of three hubs and three NATS servers, 10,000 seeds of the simulation.
	TRUC_SEEDS=10000 cargo test --release --locked -p truc-simulation
	TRUC_CRASH_ROUNDS=50 TRUC_CLUSTER_ROUNDS=100 cargo test --release --locked -p truc-tests \
		--test crash --test shared_crash --test scenario_cluster -- --nocapture

fuzz: ## Looks for bytes that break the reader of edXML or the gateway; FUZZ_SECONDS for each. Needs cargo-fuzz (docs/fuzzing.md).
	mkdir -p crates/document/fuzz/corpus/edxml crates/gateway/fuzz/corpus/requests
	cd crates/document && cargo fuzz run --sanitizer none edxml fuzz/corpus/edxml tests/edxml/samples -- \
		-max_total_time=$(or $(FUZZ_SECONDS),300) -max_len=65536
	cd crates/gateway && cargo fuzz run --sanitizer none requests fuzz/corpus/requests tests/requests/samples -- \
		-max_total_time=$(or $(FUZZ_SECONDS),300) -max_len=65536 -dict=fuzz/requests.dict

audit: ## Dependencies: advisories, licences, sources. Needs cargo-deny and the network.
	cargo deny --locked check

lint: ## The API's form.
	tests/buf/lint.sh
