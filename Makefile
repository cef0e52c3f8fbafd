# Thin on purpose: each target is one command that can be typed by hand. Needs Rust, a C compiler and openssl.

.PHONY: test
test: ## Builds everything and runs all tests.
	cargo test --workspace --all-targets --no-fail-fast
	cargo test --workspace --doc
