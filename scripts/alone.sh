#!/usr/bin/env bash
# alone.sh FOLDER COMMAND...: runs the command once no other one that was started
# so is at work in FOLDER. All that make does is started so: what one terminal
# builds, another would install or test.
set -euo pipefail
mkdir -p "${1:?folder}"
lock=$1/lock
shift
# Where there is no flock, as on macOS, nobody waits.
command -v flock >/dev/null || exec "$@"
flock -n "$lock" true || echo "waiting for what another terminal runs ($lock)" >&2
# Closed (-o) before the command, so that no server that it leaves behind holds it.
exec flock -o "$lock" "$@"
