#!/usr/bin/env bash
# Measures the gateway beside other servers on this machine, one at a time, and prints one Markdown table.
#   bench.sh [--calls "1 40"] [--seconds 10] [--turns 16] [--only "echo echo-relay aiortc pion latency"]
# Callers are our own peer on loopback; CPU and memory are the kernel's accounting of the server's process. aiortc and
# pion take part when their Debian packages are installed (python3-aiortc; golang-go golang-github-pion-webrtc.v3-dev).
# Recordings of the folder in AGENTGATEWAY_SHARED, or ../shared beside the checkout, join the synthesized questions of the
# latency run. The CSV files go to .local/bench.
set -euo pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$HERE/../../infra/setup/common.sh"

ARGS="$*"
CALLS="1 40"
SECONDS_EACH=10
TURNS=16
ONLY="echo echo-relay aiortc pion latency"
while [ $# -gt 0 ]; do
  case "$1" in
    --calls) CALLS="$2" ;;
    --seconds) SECONDS_EACH="$2" ;;
    --turns) TURNS="$2" ;;
    --only) ONLY="$2" ;;
    *) sed -n '2,7p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift 2
done

# One Python process serves aiortc's calls: beyond this many it saturates its core, and figures would say little.
AIORTC_MOST=20
LIMIT=340                     # seconds after which nothing new is started
OUT="$LOCAL/bench"
SHARED="${AGENTGATEWAY_SHARED:-$ROOT/../shared}"
NOTES=()
SERVER=

# Utterances of one sentence, by the manifest of the recordings.
ONE_SENTENCE=(read/sb-spk1_snt1 read/sb-spk1_snt2 read/sb-spk1_snt3 read/sb-spk1_snt4 read/sb-spk1_snt5 read/sb-spk1_snt6
  read/lv-austen-0880 librispeech/ls-1089-134691-0000)

mkdir -p "$OUT"
rm -f "$OUT/echo.csv" "$OUT/latency.csv"
stop_server() {
  [ -n "$SERVER" ] || return 0
  kill -TERM "$SERVER" 2>/dev/null || true
  wait "$SERVER" 2>/dev/null || true
  SERVER=
}
trap stop_server EXIT

wants() { [[ " $ONLY " == *" $1 "* ]]; }
late() {
  [ "$SECONDS" -ge "$LIMIT" ] || return 1
  NOTES+=("$1 was left out: the run had lasted $SECONDS s.")
}

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# start WORDS COMMAND... : starts a server and waits for the words in its output.
start() {
  local words="$1" log="$OUT/server.log" waited
  shift
  "$@" >"$log" 2>&1 </dev/null &
  SERVER=$!
  for waited in $(seq 600); do
    if grep -q "$words" "$log"; then return 0; fi
    kill -0 "$SERVER" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 5 "$log" >&2
  stop_server
  return 1
}

start_gateway() {
  start "AgentGateway is ready" dotnet "$ROOT/src/AgentGateway.Host/bin/Release/net10.0/AgentGateway.Host.dll" \
    --urls http://127.0.0.1:0 --Media:Ports:0=0 --Media:AdvertisedAddresses:0=127.0.0.1 "--Agents:Path=$ROOT/prompts" \
    --Logging:LogLevel:AgentGateway.Calls=Warning
  URL="$(grep -o 'AgentGateway is ready: http://[^ ]*' "$OUT/server.log" | head -n 1 | cut -d' ' -f4)"
  URL="${URL%/}"
}

tool() { dotnet "$HERE/bin/Release/net10.0/AgentGateway.LoadTest.dll" "$@" </dev/null; }

# measure NAME CALLS URL
measure() {
  say "$1, $2 calls"
  tool echo --url "$3" --pid "$SERVER" --calls "$2" --seconds "$SECONDS_EACH" --name "$1" --csv "$OUT/echo.csv" >/dev/null \
    || NOTES+=("$1 with $2 calls failed.")
}

say "Building"
dotnet build "$HERE" -c Release -v quiet --nologo >&2
dotnet build "$ROOT/src/AgentGateway.Host" -c Release -v quiet --nologo >&2
use_local_models
if wants pion; then
  if command -v go >/dev/null && [ -d /usr/share/gocode/src/github.com/pion/webrtc ]; then
    # GOPATH mode: the compiler reads "/v3" in import paths rightly only for sources with a go.mod below GOPATH/src.
    mkdir -p "$LOCAL/go/src/pion-relay"
    cp "$HERE"/Peers/pion/* "$LOCAL/go/src/pion-relay/"
    (cd "$LOCAL/go/src/pion-relay" \
      && GO111MODULE=off GOFLAGS= GOPATH="$LOCAL/go:/usr/share/gocode" GOCACHE="$LOCAL/go/cache" go build -o "$LOCAL/go/bin/pion-relay" .) >&2
  else
    NOTES+=("pion was left out: golang-go and golang-github-pion-webrtc.v3-dev are not installed.")
    ONLY="${ONLY/pion/}"
  fi
fi
if wants aiortc && ! /usr/bin/python3 -c 'import aiortc' 2>/dev/null; then
  NOTES+=("aiortc was left out: python3-aiortc is not installed.")
  ONLY="${ONLY/aiortc/}"
fi
SECONDS=0                     # building is not part of the run

# Every figure comes from a fresh process.
for calls in $CALLS; do
  for agent in echo echo-relay; do
    wants "$agent" || continue
    if late "gateway $agent with $calls calls"; then continue; fi
    start_gateway
    measure "gateway $agent" "$calls" "$URL/whip/$agent"
    stop_server
  done
  if wants pion && ! late "pion with $calls calls"; then
    port="$(free_port)"
    start READY "$LOCAL/go/bin/pion-relay" "$port"
    measure "pion relay" "$calls" "http://127.0.0.1:$port/whip/echo"
    stop_server
  fi
done
aiortc_done=
for calls in $CALLS; do
  wants aiortc || break
  if [ "$calls" -gt "$AIORTC_MOST" ]; then
    [ -z "$aiortc_done" ] || continue
    NOTES+=("aiortc runs in one Python process, which saturates a core below 40 calls: measured with $AIORTC_MOST.")
    calls=$AIORTC_MOST
    aiortc_done=1
  fi
  if late "aiortc with $calls calls"; then continue; fi
  port="$(free_port)"
  start READY /usr/bin/python3 "$HERE/Peers/aiortc_echo.py" "$port"
  measure "aiortc echo" "$calls" "http://127.0.0.1:$port/whip/echo"
  stop_server
done

if wants latency && ! late "the latency run"; then
  recordings=()
  for name in "${ONE_SENTENCE[@]}"; do
    [ -f "$SHARED/speech/$name.wav" ] && recordings+=("$SHARED/speech/$name.wav")
  done
  [ ${#recordings[@]} -gt 0 ] || NOTES+=("There are no recordings in $SHARED/speech: the latency run asks synthesized questions only.")
  say "receptionist, $TURNS turns"
  start_gateway
  tool latency --url "$URL/whip/receptionist" --questions "$HERE/questions.txt" ${recordings[0]:+--recordings "${recordings[@]}"} \
    --turns "$TURNS" --name "gateway receptionist" --csv "$OUT/latency.csv" 2>"$OUT/latency.log" >/dev/null \
    || NOTES+=("latency run: $(grep -v '^turn [0-9]*: [0-9]* ms$' "$OUT/latency.log" | paste -sd' ')")
  stop_server
fi

# The table.
processor="$(lscpu | sed -n 's/^Model name: *//p' | head -n 1), $(nproc) cores"
printf '%s; .NET %s; %s; `tests/AgentGateway.LoadTest/bench.sh%s`\n\n' "$processor" "$(dotnet --version)" "$(date -u +%F)" "${ARGS:+ $ARGS}"
echo '| server | calls | CPU per call-second | packets lost | inter-arrival p50 / p99 | RSS per call | setup p50 / p99 | response latency p50 / p95 |'
echo '|---|--:|--:|--:|--:|--:|--:|--:|'
[ ! -f "$OUT/echo.csv" ] || awk -F, 'NR > 1 { printf "| %s | %s | %s ms | %s of %s | %s / %s ms | %s MB | %s / %s ms | |\n", $1, $2, $3, $8, $6, $9, $10, $5, $11, $12 }' "$OUT/echo.csv"
[ ! -f "$OUT/latency.csv" ] || awk -F, 'NR > 1 { printf "| %s, %s turns, %s unanswered | 1 | | | | | | %s / %s ms |\n", $1, $2, $3, $4, $5 }' "$OUT/latency.csv"
if [ ${#NOTES[@]} -gt 0 ]; then
  echo
  printf -- '- %s\n' "${NOTES[@]}"
fi
say "CSV: ${OUT#"$ROOT/"}; $SECONDS s"
