#!/usr/bin/env bash
# Measures the gateway beside other servers on this machine, one at a time, and prints Markdown tables.
#   bench.sh [--calls "1 40 100 200"] [--seconds 12] [--turns 16] [--only "echo echo-relay churn agent idle pion aiortc gstreamer latency"]
# Callers are our own peer on loopback; CPU and memory are the kernel's accounting of the server's process. The others
# take part when their Debian packages are installed: golang-go golang-github-pion-webrtc.v3-dev; python3-aiortc;
# gstreamer1.0-plugins-bad gstreamer1.0-nice python3-gst-1.0. Each is measured with more and more calls until it loses
# more than one packet in fifty. Recordings of the folder in AGENTGATEWAY_SHARED, or ../shared beside the checkout, join the
# synthesized questions of the latency run. BENCH_NICE=-15 (root) gives servers and callers alike precedence over other
# work of a shared machine. With --seconds 8 all but the latency run takes a quarter of an hour. The CSV files go to .local/bench.
set -euo pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$HERE/../../infra/setup/common.sh"

# Niceness counts only within a session where the kernel groups tasks by session: so the run gets one, and its group the niceness. The
# processes stay as they are then, since within the group media threads go before the others by the same niceness.
NICE=()
if [ -n "${BENCH_NICE:-}" ]; then
  if [ -w /proc/self/autogroup ] && [ -z "${BENCH_SESSION:-}" ]; then
    BENCH_SESSION=1 exec setsid --wait "$0" "$@"
  fi
  if [ -w /proc/self/autogroup ]; then echo "$BENCH_NICE" >/proc/self/autogroup; else NICE=(nice -n "$BENCH_NICE"); fi
fi

ARGS="$*"
CALLS="1 40 100 200"
SECONDS_EACH=12
TURNS=16
ONLY="echo echo-relay churn agent idle pion aiortc gstreamer latency"
while [ $# -gt 0 ]; do
  case "$1" in
    --calls) CALLS="$2" ;;
    --seconds) SECONDS_EACH="$2" ;;
    --turns) TURNS="$2" ;;
    --only) ONLY="$2" ;;
    *) sed -n '2,10p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift 2
done

LIMIT=900                     # seconds after which nothing new is started
OUT="$LOCAL/bench"
SHARED="${AGENTGATEWAY_SHARED:-$ROOT/../shared}"
NOTES=()
SERVER=
BROKEN=" "

# Utterances of one sentence, by the manifest of the recordings.
ONE_SENTENCE=(read/sb-spk1_snt1 read/sb-spk1_snt2 read/sb-spk1_snt3 read/sb-spk1_snt4 read/sb-spk1_snt5 read/sb-spk1_snt6
  read/lv-austen-0880 librispeech/ls-1089-134691-0000)

mkdir -p "$OUT"
rm -f "$OUT"/*.csv "$OUT/errors.log"
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
  "${NICE[@]}" "$@" >"$log" 2>&1 </dev/null &
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

# As run.sh starts it; other servers know nothing of it, nor do the callers mind.
export DOTNET_GCGen1MaxBudget=10000
PROBE="$OUT/probe.txt"
start_gateway() {
  rm -f "$PROBE"
  # A shard per core; the probe tells of allocations and of the collector's pauses.
  DOTNET_STARTUP_HOOKS="$HERE/bin/Release/net10.0/AgentGateway.LoadTest.dll" AGENTGATEWAY_PROBE="$PROBE" \
    start "AgentGateway is ready" dotnet "$ROOT/src/AgentGateway.Host/bin/Release/net10.0/AgentGateway.Host.dll" \
    --urls http://127.0.0.1:0 --Media:Ports:0=0 --Media:Ports:1=0 --Media:AdvertisedAddresses:0=127.0.0.1 "--Agents:Path=$ROOT/prompts" \
    --Logging:LogLevel:AgentGateway.Calls=Warning || return 1
  URL="$(grep -o 'AgentGateway is ready: http://[^ ]*' "$OUT/server.log" | head -n 1 | cut -d' ' -f4)"
  URL="${URL%/}"
}

tool() { "${NICE[@]}" dotnet "$HERE/bin/Release/net10.0/AgentGateway.LoadTest.dll" "$@" </dev/null; }

# measure NAME CALLS URL [OPTION...] ; remembers a server that does not keep up
measure() {
  local name="$1" calls="$2" url="$3" missing
  shift 3
  say "$name, $calls calls"
  timeout $((SECONDS_EACH + calls / 10 + 60)) "${NICE[@]}" dotnet "$HERE/bin/Release/net10.0/AgentGateway.LoadTest.dll" echo \
    --url "$url" --pid "$SERVER" --calls "$calls" --seconds "$SECONDS_EACH" --name "$name" --csv "$OUT/echo.csv" "$@" </dev/null >/dev/null 2>>"$OUT/errors.log" \
    || { NOTES+=("$name with $calls calls: not every call was set up."); BROKEN+="[$name] "; return 0; }
  missing="$(awk -F, -v n="$name" -v c="$calls" '$1 == n && $2 == c { m = $7 > 0 ? $9 / $7 : $8 > 0 ? 0 : 1 } END { print (m > 0.02) ? 1 : 0 }' "$OUT/echo.csv")"
  [ "$missing" = 0 ] || { NOTES+=("$name does not keep up with $calls calls: more than one packet in fifty is missing."); BROKEN+="[$name] "; }
}

broken() { [[ "$BROKEN" == *"[$1]"* ]]; }

# rival NAME CALLS COMMAND... : one cell of another server, which gets a port appended
rival() {
  local name="$1" calls="$2" port from=()
  shift 2
  broken "$name" && return 0
  if late "$name with $calls calls"; then return 0; fi
  port="$(free_port)"
  # libnice offers no loopback candidates, so its callers call from an interface's address.
  [ "$name" != "GStreamer echo" ] || from=(--from "$(hostname -I | cut -d' ' -f1)")
  start READY "$@" "$port" || { NOTES+=("$name did not start."); BROKEN+="[$name] "; return 0; }
  measure "$name" "$calls" "http://127.0.0.1:$port/whip/echo" "${from[@]}"
  stop_server
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
if wants gstreamer && ! /usr/bin/python3 -c 'import gi; gi.require_version("GstWebRTC", "1.0")' 2>/dev/null; then
  NOTES+=("GStreamer was left out: gstreamer1.0-plugins-bad, gstreamer1.0-nice and python3-gst-1.0 are not installed.")
  ONLY="${ONLY/gstreamer/}"
fi
SECONDS=0                     # building is not part of the run

# Every figure comes from a fresh process.
for calls in $CALLS; do
  for agent in echo-relay echo; do
    wants "$agent" || continue
    broken "gateway $agent" && continue
    if late "gateway $agent with $calls calls"; then continue; fi
    start_gateway || { NOTES+=("The gateway did not start for $agent with $calls calls."); continue; }
    measure "gateway $agent" "$calls" "$URL/whip/$agent" --probe "$PROBE"
    stop_server
    # What the codec alone costs, in the same minute.
    [ "$agent" != echo ] || tool opus --calls "$calls" --seconds "$SECONDS_EACH" --csv "$OUT/opus.csv" >/dev/null
  done
  if wants pion; then rival "pion relay" "$calls" "$LOCAL/go/bin/pion-relay"; fi
done
# Calls that come and go beside the others: what the collector finds alive then. Long enough for several hundred pauses, so that one in a hundred is not the longest.
seconds_each=$SECONDS_EACH
[ "$SECONDS_EACH" -ge 30 ] || SECONDS_EACH=30
for agent in echo-relay echo; do
  wants churn || break
  if late "calls that come and go beside $agent"; then continue; fi
  AGENTGATEWAY_PROBE_PERIOD=2 start_gateway || { NOTES+=("The gateway did not start for calls that come and go beside $agent."); continue; }
  measure "gateway $agent (20 calls a second come and go)" 40 "$URL/whip/$agent" --churn 20 --probe "$PROBE"
  stop_server
done
SECONDS_EACH=$seconds_each

# The agent that listens with Silero and speaks a sine: frames must leave on time. When all say the same, one encodes for all.
VAD="${AGENTGATEWAY_MODEL_MIRROR:-}/silero-vad-v5/silero_vad_v5.onnx"
[ -f "$VAD" ] || VAD="$HOME/.cache/agentgateway/models/silero-vad-v5/silero_vad_v5.onnx"
for calls in 30 60 100; do
  for tones in "" --own-tones; do
    wants agent || break
    if late "the tone agent with $calls calls"; then continue; fi
    rm -f "$PROBE"
    AGENTGATEWAY_PROBE="$PROBE" start READY dotnet "$HERE/bin/Release/net10.0/AgentGateway.LoadTest.dll" tone --vad "$VAD" --shards 2 $tones \
      || { NOTES+=("The tone agent did not start."); break; }
    measure "tone agent (Silero in; sine out${tones:+ of its own})" "$calls" "$(cut -d' ' -f2 "$OUT/server.log")" --probe "$PROBE" --warm-up 10
    stop_server
  done
done

# What a call costs while nobody says anything: callers that send nothing, and want silence as nothing too.
for agent in echo receptionist; do
  wants idle || break
  if late "silent callers of $agent"; then continue; fi
  start_gateway || { NOTES+=("The gateway did not start for silent callers of $agent."); continue; }
  # The receptionist greets first.
  measure "gateway $agent (silent callers)" 100 "$URL/whip/$agent" --silent --warm-up 12 --probe "$PROBE"
  stop_server
done

# The two in Python end between the steps of the others.
for calls in $(for c in $CALLS; do [ "$c" -lt 40 ] || echo 20; echo "$c"; done | sort -nu); do
  if wants aiortc; then rival "aiortc echo" "$calls" /usr/bin/python3 "$HERE/Peers/aiortc_echo.py"; fi
  if wants gstreamer; then rival "GStreamer echo" "$calls" /usr/bin/python3 "$HERE/Peers/gstreamer_echo.py"; fi
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
if [ -f "$OUT/echo.csv" ]; then
  echo '| server | calls | CPU per call-second | RSS per call | missing packets | inter-arrival p50 / p99 | setup p50 / p99 |'
  echo '|---|--:|--:|--:|--:|--:|--:|'
  awk -F, 'NR > 1 { printf "| %s | %s | %s ms | %s MB | %s of %s | %s / %s ms | %s / %s ms |\n", $1, $2, $4, $6, $9, $7, $10, $11, $12, $13 }' "$OUT/echo.csv"
  if [ -f "$OUT/opus.csv" ]; then
    echo
    echo '| calls | gateway relay / pion relay | libopus alone | its share of the gateway echo | aiortc echo / gateway echo | GStreamer echo / gateway echo |'
    echo '|--:|--:|--:|--:|--:|--:|'
    # Ratios of CPU per call-second, at the same number of calls.
    awk -F, 'FNR == 1 { next }
      FILENAME ~ /opus.csv$/ { opus[$1] = $2; order[++n] = $1; next }
      { cpu[$1, $2] = $4 }
      function ratio(a, b) { return a > 0 && b > 0 ? sprintf("%.2f", a / b) : "" }
      END { for (i = 1; i <= n; i++) { c = order[i]; echo = cpu["gateway echo", c]
        printf "| %s | %s | %s ms | %s | %s | %s |\n", c, ratio(cpu["gateway echo-relay", c], cpu["pion relay", c]), opus[c],
          (echo > 0 ? sprintf("%.0f %%", 100 * opus[c] / echo) : ""), ratio(cpu["aiortc echo", c], echo), ratio(cpu["GStreamer echo", c], echo) } }' \
      "$OUT/opus.csv" "$OUT/echo.csv"
  fi
  echo
  echo '| gateway | calls | allocated per packet | collections | GC pause p50 / p99 / max | frame lateness p99 / max |'
  echo '|---|--:|--:|--:|--:|--:|'
  awk -F, 'NR > 1 && $15 != "" { printf "| %s | %s | %s B | %s | %s / %s / %s ms | %s / %s ms |\n", $1, $2, $15, $16, $21, $17, $18, $19, $20 }' "$OUT/echo.csv"
fi
if [ -f "$OUT/latency.csv" ]; then
  echo
  echo '| response latency | turns | unanswered | p50 | p95 |'
  echo '|---|--:|--:|--:|--:|'
  awk -F, 'NR > 1 { printf "| %s | %s | %s | %s ms | %s ms |\n", $1, $2, $3, $4, $5 }' "$OUT/latency.csv"
fi
if [ ${#NOTES[@]} -gt 0 ]; then
  echo
  printf -- '- %s\n' "${NOTES[@]}"
fi
say "CSV: ${OUT#"$ROOT/"}; $SECONDS s"
