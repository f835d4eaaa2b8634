#!/usr/bin/env bash
# Install the Debian packages named, where that is allowed; otherwise say what to install. The first argument says why.
set -euo pipefail
why=$1
shift
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  run=()
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
  run=(sudo)
else
  echo "Missing: $why. Install these Debian packages, then run the command again: $*" >&2
  exit 1
fi
echo "Installing $* ($why)."
"${run[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -qq -y --no-install-recommends "$@" >/dev/null
