# Shared by run.sh and test.sh: brings a bare Debian or Ubuntu machine with the .NET SDK and Node to where the gateway
# builds and runs. Every step says what it does, does nothing when it is done already, and can be repeated.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
LOCAL="$ROOT/.local"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

RUNTIME_PACKAGES=(libssl3 libopus0 libspeexdsp1 libflite1 libespeak-ng1 libpocketsphinx3 pocketsphinx-en-us libgomp1 tar bzip2)
TEST_PACKAGES=(coturn libspandsp2 nftables chromium firefox-esr python3-aiortc golang-go golang-github-pion-webrtc.v3-dev iproute2 procps
  gstreamer1.0-nice gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad
  gir1.2-gst-plugins-base-1.0 gir1.2-gst-plugins-bad-1.0 python3-gst-1.0)

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

require_tools() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is needed: https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks | grep -q '^10\.' || die "the .NET 10 SDK is needed; installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')"
  command -v node >/dev/null && command -v npm >/dev/null || die "Node.js 20 or newer with npm is needed: https://nodejs.org"
}

# install_packages NAME... : Debian packages that are missing.
install_packages() {
  command -v dpkg-query >/dev/null || { say "not a Debian system: make sure that these are installed: $*"; return; }
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    say "These Debian packages are missing. Install them and start again:"
    die "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  say "Installing Debian packages: ${missing[*]}"
  mkdir -p "$LOCAL"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >"$LOCAL/apt.log" 2>&1 </dev/null || { tail -n 20 "$LOCAL/apt.log" >&2; die "apt-get failed; the log is $LOCAL/apt.log"; }
}

# npm_install SOURCE TARGET : the locked packages of SOURCE/package-lock.json, installed into TARGET/node_modules.
npm_install() {
  local source="$1" target="$2" stamp
  stamp="$(sha256sum "$source/package.json" "$source/package-lock.json" | sha256sum | cut -d' ' -f1)"
  [ -f "$target/node_modules/.stamp" ] && [ "$(cat "$target/node_modules/.stamp")" = "$stamp" ] && return
  say "Installing npm packages of ${source#"$ROOT/"}"
  mkdir -p "$target"
  [ "$source" = "$target" ] || cp -R "$source/." "$target/"
  (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 </dev/null) || die "npm ci failed in $target"
  printf '%s' "$stamp" >"$target/node_modules/.stamp"
}

# Speech engines, onnxruntime and the voice activity model.
install_natives() {
  case "$(uname -sm)" in
    "Linux x86_64") npm_install "$ROOT/infra/natives" "$LOCAL/natives" ;;
    *) say "No pinned native speech engines for $(uname -sm): PocketSphinx and flite are used." ;;
  esac
}

# newer_than STAMP PATH... : whether any file below the paths is newer than the stamp file, or it does not exist.
newer_than() {
  local stamp="$1"
  shift
  [ ! -f "$stamp" ] || [ -n "$(find "$@" \( -name obj -o -name bin -o -name node_modules -o -name wwwroot \) -prune -o -type f -newer "$stamp" -print -quit)" ]
}

build_console() {
  local source="$ROOT/src/AgentGateway.Host/console" stamp="$LOCAL/console.stamp"
  if [ -f "$ROOT/src/AgentGateway.Host/wwwroot/index.html" ] && ! newer_than "$stamp" "$source"; then return; fi
  npm_install "$source" "$source"
  say "Building the console page"
  (cd "$source" && npm run --silent build >&2 </dev/null) || die "the console page does not build"
  mkdir -p "$LOCAL"
  touch "$stamp"
}

# Speech models: the folder in AGENTGATEWAY_MODEL_MIRROR, or one beside the checkout; else the gateway downloads them.
use_local_models() {
  if [ -z "${AGENTGATEWAY_MODEL_MIRROR:-}" ] && [ -d "$ROOT/../shared/models" ]; then
    AGENTGATEWAY_MODEL_MIRROR="$(cd "$ROOT/../shared/models" && pwd)"
    export AGENTGATEWAY_MODEL_MIRROR
  fi
}
