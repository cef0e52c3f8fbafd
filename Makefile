# Thin on purpose: each target is one command that can be typed by hand. Needs Rust, a C compiler, openssl, Python with
# venv, curl and Node (see README.md).

.PHONY: demo test bench bench-year soak fuzz lint

demo: ## The seven provinces of September 2020, end to end, with the task force's table at the end.
	cargo run --release --locked -p truc -- run simulations/seven-provinces-2020.toml

test: lint ## Builds everything and runs all tests.
	cargo test --workspace --all-targets --locked --no-fail-fast
	cargo test --workspace --doc --locked

bench: ## Measures a hub against the floor and writes docs/benchmarks.md.
	cargo build --release --locked -p truc
	target/release/truc bench

bench-year: ## The national year on a hub of its own process: a quarter of an hour, 10 GB of disk.
	cargo build --release --locked -p truc
	tests/national-year.sh

soak: ## The slow tests: 50 crashes.
	TRUC_CRASH_ROUNDS=50 cargo test --release --locked -p truc-tests --test crash -- --nocapture

fuzz: ## Looks for bytes that break the reader of edXML or the gateway; FUZZ_SECONDS for each. Needs cargo-fuzz (docs/fuzzing.md).
	mkdir -p crates/document/fuzz/corpus/edxml crates/gateway/fuzz/corpus/requests
	cd crates/document && cargo fuzz run --sanitizer none edxml fuzz/corpus/edxml tests/edxml/samples -- \
		-max_total_time=$(or $(FUZZ_SECONDS),300) -max_len=65536
	cd crates/gateway && cargo fuzz run --sanitizer none requests fuzz/corpus/requests tests/requests/samples -- \
		-max_total_time=$(or $(FUZZ_SECONDS),300) -max_len=65536 -dict=fuzz/requests.dict

lint: ## The API's form.
	tests/buf/lint.sh
