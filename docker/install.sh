#!/bin/sh
# Installs Chairside into a folder of its own: the steps of the Dockerfile, runnable without a container engine.
#   docker/install.sh /opt/chairside
# Needs python3 (3.11 or newer) with venv, and the checkout as the working folder. Chairside runs on that python3.
set -eu
target=$1
export UV_PYTHON="$(command -v python3)" UV_PYTHON_DOWNLOADS=never
python3 -m venv "$target/tools"
"$target/tools/bin/pip" install --quiet --disable-pip-version-check uv
UV_PROJECT_ENVIRONMENT="$target/venv" "$target/tools/bin/uv" sync --frozen --quiet --compile-bytecode --no-default-groups --extra postgresql --no-editable
rm -rf "$target/tools"
"$target/venv/bin/chairside" version
