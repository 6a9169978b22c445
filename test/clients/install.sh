#!/usr/bin/env bash
# Puts the clients that the tests of this folder drive into the folder given, in these versions and no other. No script
# of a package runs. Half an installation is none: the folder gets its name at the end.
set -euo pipefail

target=${1:?'usage: install.sh FOLDER'}
clients=(
  ai@7.0.173
  @ai-sdk/openai-compatible@3.0.92
  @langchain/openai@1.6.0
  @langchain/core@1.4.0
  @continuedev/openai-adapters@1.37.0
  @continuedev/cli@1.5.47
  @mariozechner/pi-coding-agent@0.73.1
)
if [ "$(cat "$target/clients.txt" 2>/dev/null)" = "${clients[*]}" ]; then exit 0; fi
if [ -e "$target" ] && [ ! -e "$target/clients.txt" ]; then
  echo "$target is there, and none of this script's making" >&2
  exit 1
fi

mkdir -p "$(dirname "$target")"
draft=$(mktemp -d "$target-draft-XXXXXX")
trap 'rm -rf "$draft"' EXIT
npm install --prefix "$draft" --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error "${clients[@]}"
echo "${clients[*]}" >"$draft/clients.txt"
rm -rf "$target"
mv "$draft" "$target"
echo "clients installed in ${SECONDS} s"
