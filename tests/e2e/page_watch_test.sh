#!/usr/bin/env bash
# The note of the watch on the page, in a real browser (node/web/e2e/watch.mjs), with the program in $YIZHAN.
cd "$(dirname "$0")/../.." || exit 1
export YIZHAN=${YIZHAN:-build/yizhan} YZ_CHROMIUM=${YZ_CHROMIUM:-$(command -v chromium || true)}
YIZHAN=$(realpath "$YIZHAN")
[ -n "$YZ_CHROMIUM" ] || { echo "SKIPPED: chromium is not installed (tools/install-deps)"; exit 77; }
exec tools/web run node e2e/watch.mjs
