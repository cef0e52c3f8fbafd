#!/usr/bin/env bash
# Lints proto/ with buf, by buf.yaml. Needs Node.js; `package-lock.json` says which buf.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v npx >/dev/null; then
    echo "npx was not found: install Node.js 18 or later (Debian: apt install nodejs npm)" >&2
    exit 1
fi
# npm copies the lock into node_modules in a form of its own; ours is kept beside it to see whether anything changed.
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
    npm ci --no-audit --no-fund
    cp package-lock.json node_modules/installed-lock.json
fi
root=$(cd ../.. && pwd)
npx --no-install buf lint "$root"
npx --no-install buf format --diff --exit-code "$root"
