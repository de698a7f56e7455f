# shellcheck shell=bash
# Sourced by the proxies' `start`: what stands behind them is wsproof's own server, which does all as it has to be, so
# that what is wrong is the proxy's. WSPROOF is the program; build/wsproof otherwise.
#
# Leaves behind `folder`, for the proxy's files, and the server's UNIX socket in it, which anybody may use: nginx and
# Apache give root away. All that is started ends with the script.
set -euo pipefail

folder=$(mktemp -d)
chmod 755 "$folder"
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
trap 'exit 143' TERM INT

"${WSPROOF:-$(dirname "$0")/../../../build/wsproof}" serve --unix "$folder/echo" >/dev/null &
until [ -S "$folder/echo" ]; do
    kill -0 $! || exit
    sleep 0.05
done
chmod 777 "$folder/echo"
