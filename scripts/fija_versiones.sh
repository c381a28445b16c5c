#!/usr/bin/env bash
# Writes constraints.txt from the environment: run it after changing a dependency on purpose.
set -euo pipefail
cd "$(dirname "$0")/.."
{
  head -n 1 constraints.txt
  {
    .venv/bin/pip freeze --exclude-editable | grep -v ' @ ' | sed 's/+cpu$//'
    # Build tools never stay in the environment: kept as they stand.
    grep -E '^(cmake|editables|hatchling|ninja|scikit-build-core)==' constraints.txt
  } | sort -f -u
} > constraints.parte
mv constraints.parte constraints.txt
