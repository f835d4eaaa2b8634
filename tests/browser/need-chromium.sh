#!/usr/bin/env bash
# The browser tests drive Debian's Chromium. Install it where that is allowed; otherwise say what to install.
set -euo pipefail
if command -v chromium >/dev/null; then exit 0; fi
bash "$(dirname "$0")/../../tools/need.sh" "Chromium, for the tests in a browser" chromium
