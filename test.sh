#!/usr/bin/env bash
# Sets up what is missing and runs the whole test suite. The last line is "N passed, N failed".
#   ./test.sh            everything
#   ./test.sh Rtc Audio  only the test projects whose names contain one of the words
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/infra/setup/common.sh"

require_tools
install_packages "${RUNTIME_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
install_natives
use_local_models
build_console
npm_install "$ROOT/tests/browser" "$ROOT/tests/browser"
npm_install "$ROOT/tests/AgentGateway.Interop/Peers/node" "$ROOT/tests/AgentGateway.Interop/Peers/node"

say "Building"
cd "$ROOT"
dotnet build AgentGateway.sln -c Release -v quiet --nologo >&2

passed=0
failed=0
results="$LOCAL/test-results"
mkdir -p "$results"

# One after the other: real peers use real time and both cores, so they come last and alone.
mapfile -t projects < <(cd "$ROOT/tests" && ls -d AgentGateway.*.Tests AgentGateway.Architecture AgentGateway.Properties AgentGateway.Simulation && echo AgentGateway.Interop)
for project in "${projects[@]}"; do
  if [ $# -gt 0 ]; then
    wanted=false
    for word in "$@"; do [[ "$project" == *"$word"* ]] && wanted=true; done
    $wanted || continue
  fi
  log="$results/$project.log"
  started=$SECONDS
  status=0
  timeout 1200 dotnet "$ROOT/tests/$project/bin/Release/net10.0/$project.dll" -noLogo >"$log" 2>&1 </dev/null || status=$?
  summary="$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -n 1 || true)"
  if [[ "$summary" =~ Total:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+) ]]; then
    bad=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
    good=$((BASH_REMATCH[1] - BASH_REMATCH[3] - BASH_REMATCH[4]))
    [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
  else
    good=0
    bad=1
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
  say "$(printf '%-36s %5d passed %3d failed %4d s' "$project" "$good" "$bad" $((SECONDS - started)))"
  [ "$bad" -gt 0 ] && { say "--- $log"; grep -vE '^\s+(Discover|Start|Finish)' "$log" | tail -n 80 >&2; }
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
