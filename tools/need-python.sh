#!/usr/bin/env bash
# What building durable_rules and a virtual environment need: a C compiler, the Python headers, venv with pip.
set -euo pipefail
python=${1:-python3}
here=$(dirname "$0")
command -v "$python" >/dev/null || bash "$here/need.sh" "Python 3.11 or newer" python3
packages=()
command -v cc >/dev/null || command -v gcc >/dev/null || packages+=(gcc libc6-dev)
"$python" - <<'PY' || packages+=(python3-dev)
import pathlib, sys, sysconfig
sys.exit(not pathlib.Path(sysconfig.get_paths()["include"], "Python.h").is_file())
PY
"$python" -c "import ensurepip, venv" 2>/dev/null || packages+=(python3-venv)
if [ ${#packages[@]} -gt 0 ]; then
  bash "$here/need.sh" "a C compiler, the Python headers and venv, for durable_rules" "${packages[@]}"
fi
