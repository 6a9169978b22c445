#!/usr/bin/env bash
# Puts LiteLLM, in the version of compose.yaml, where test/litellm.test.ts looks for it. uv, since pip takes minutes
# to find out what fits together. Half an installation is none: the folder gets its name at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=$(sed -n 's|.*image: ghcr.io/berriai/litellm:v||p' compose.yaml)
cache=${QUORUM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/quorum}
target=$cache/litellm-$version
if [ -x "$target/bin/litellm" ]; then exit 0; fi

mkdir -p "$cache"
draft=$(mktemp -d "$cache/litellm-draft-XXXXXX")
trap 'rm -rf "$draft"' EXIT
python3 -m venv "$draft/uv"
"$draft/uv/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9
"$draft/uv/bin/uv" venv --quiet --relocatable --python "$(command -v python3)" "$draft/litellm"
"$draft/uv/bin/uv" pip install --quiet --no-cache --python "$draft/litellm/bin/python" "litellm[proxy]==$version"
mv "$draft/litellm" "$target"
