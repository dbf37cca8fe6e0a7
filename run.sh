#!/usr/bin/env bash
# Sets up what is missing and starts the gateway with its web console. Arguments go to the gateway, for example:
#   ./run.sh --urls http://0.0.0.0:8080 --Media:Ports:0=9000
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/infra/setup/common.sh"

require_tools
install_packages "${RUNTIME_PACKAGES[@]}"
install_natives
use_local_models
build_console

host="$ROOT/src/AgentGateway.Host/bin/Release/net10.0/AgentGateway.Host.dll"
stamp="$LOCAL/build.stamp"
if [ ! -f "$host" ] || newer_than "$stamp" "$ROOT/src" "$ROOT/Directory.Build.props" "$ROOT/Directory.Build.targets" "$ROOT/Directory.Packages.props"; then
  say "Building the gateway"
  dotnet build "$ROOT/src/AgentGateway.Host" -c Release -v quiet --nologo >&2
  mkdir -p "$LOCAL"
  touch "$stamp"
fi

# 64 KB, in hexadecimal: what outlives a collection waits for less before it is collected too, so that those pauses stay short. No runtimeconfig sets it.
export DOTNET_GCGen1MaxBudget="${DOTNET_GCGen1MaxBudget:-10000}"
cd "$ROOT"
exec dotnet "$host" "$@"
