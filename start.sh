#!/usr/bin/env bash
# Starts the session server with all that it needs on this machine; sets up and builds what is missing first.
#
#   ./start.sh                     one server, its database in the data folder
#   INSTANCES=2 ./start.sh         two behind nginx, on PostgreSQL and Redis of DATABASE_URL and REDIS_URL,
#                                  or of their own with their data in the data folder
#   ./start.sh --help              options; docs/server.md has the environment
#
# Ctrl-C stops all in order.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

if ! command -v node >/dev/null; then
  echo 'start.sh: Node is missing: version 20 or newer is needed (https://nodejs.org)' >&2
  exit 1
fi
exec node host/setup/server.mjs "$@"
