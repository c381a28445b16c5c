#!/usr/bin/env bash
# Creates .venv and installs what Reflexiona needs; with «pruebas», the test tools too. What is done already is not
# done again, so an interrupted run resumes. Speaks Spanish: people see it.
set -uo pipefail
cd "$(dirname "$0")/.."

# shellcheck disable=SC2155 # the path holds no command whose failure matters
export PIP_CONSTRAINT="$PWD/constraints.txt" PIP_BUILD_CONSTRAINT="$PWD/constraints.txt" PIP_DISABLE_PIP_VERSION_CHECK=1
TORCH=2.13.0
PY=.venv/bin/python

stop() { printf '\nNo se pudo preparar Reflexiona: %s\n' "$1" >&2; exit 1; }
say() { printf '· %s\n' "$1"; }

# Runs a command quietly, with a sign of life every ten seconds; shows its last lines when it fails.
quietly() {
  local what=$1 log start; shift
  log=$(mktemp) start=$SECONDS
  say "$what…"
  "$@" > "$log" 2>&1 &
  local job=$!
  trap 'kill $job 2>/dev/null; exit 130' INT TERM
  while kill -0 $job 2>/dev/null; do
    sleep 1
    if (( (SECONDS - start) % 10 == 0 && SECONDS > start )); then
      printf '  %d s: %s\n' $((SECONDS - start)) "$(grep -v '^WARNING' "$log" | tail -n 1 | tr -d '\r' | cut -c1-90)"
    fi
  done
  trap - INT TERM
  if ! wait $job; then tail -n 15 "$log" >&2; rm -f "$log"; return 1; fi
  rm -f "$log"
}

has() { $PY -c "import importlib.metadata as m, sys; sys.exit(m.version('$1').split('+')[0] != '$2')" 2>/dev/null; }

environment() {
  [ -x $PY ] && $PY -c 'import pip' 2>/dev/null && return
  local python
  for python in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    [ -n "$python" ] && command -v "$python" >/dev/null &&
      "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break
    python=
  done
  [ -n "$python" ] || stop 'hace falta Python 3.11, 3.12 o 3.13. Instálalo y repite.'
  quietly "Creando el entorno con $($python --version)" "$python" -m venv --clear .venv ||
    stop 'falta el módulo venv de Python. En Debian y Ubuntu: sudo apt install python3-venv'
}

# The CPU build only: from a local wheel where pip finds one, else from PyTorch's own index. Never the CUDA packages.
torch() {
  has torch $TORCH && return
  $PY -m pip install -q --no-index --no-deps "torch==$TORCH" >/dev/null 2>&1 && return
  quietly "Instalando torch $TORCH para CPU (unos 200 MB)" \
    $PY -m pip install --no-deps --index-url https://download.pytorch.org/whl/cpu "torch==$TORCH" && return
  [ "$(uname)" = Darwin ] && quietly 'Instalando torch' $PY -m pip install --no-deps "torch==$TORCH" && return
  stop "no se encontró torch $TORCH para CPU. Descarga su archivo .whl «cpu» de https://download.pytorch.org/whl/cpu/torch/, instálalo con «.venv/bin/pip install ARCHIVO.whl» y repite."
}

llama() {
  has llama-cpp-python 0.3.36 && return
  if [ "$(uname)" = Linux ]; then
    command -v g++ >/dev/null && command -v make >/dev/null ||
      stop 'faltan un compilador de C++ y make. En Debian y Ubuntu: sudo apt install build-essential'
  fi
  CMAKE_ARGS="${CMAKE_ARGS:--DLLAVA_BUILD=OFF}" quietly 'Compilando llama.cpp (unos 4 minutos con dos núcleos; solo la primera vez)' \
    $PY -m pip install --verbose llama-cpp-python==0.3.36 || stop 'no se pudo compilar llama-cpp-python; arriba está el motivo.'
}

package() {
  local wanted=$1 stamp=.venv/.listo-$2
  [ "$stamp" -nt pyproject.toml ] && [ "$stamp" -nt constraints.txt ] && return
  quietly "Instalando $3" $PY -m pip install -e "$wanted" || stop 'una descarga falló; revisa la conexión y repite: lo ya instalado se conserva.'
  touch "$stamp"
}

environment
torch
llama
package . programa 'Reflexiona y sus dependencias (unos 300 MB)'
if [ "${1:-}" = pruebas ]; then package '.[test]' pruebas 'las herramientas de prueba'; fi
