#!/bin/sh
# run.sh HARNESS [-Dknob=..]: one cold run of Sluice on fresh data in the harness that measures the
# peers (HARNESS/src/Peer.java, Bench.java), the way the harness's bench.sh runs one of them: one
# JSON line to $PEERS_DIR/results.jsonl. Build first: ./sluice bench idle
set -eu

here=$(CDPATH='' cd -P -- "${0%/*}" && pwd -P)
home=${here%/bench/peers}
harness=$(CDPATH='' cd -P -- "${1:?the folder of the harness}" && pwd -P)
shift
: "${JAVA_HOME:?a JDK 25}"
work=${PEERS_DIR:-/var/tmp/peers}
export PEERS_DIR="$work"

read -r build < "$home/target/sluice/current"
lib=$home/target/sluice/$build
classpath=''
for jar in "$lib"/*.jar "$home"/bench/target/sluice-bench-*.jar; do
    classpath=$classpath${classpath:+:}$jar
done
classes=$work/sluice/classes
mkdir -p "$classes" "$work/data" "$work/logs"
"$JAVA_HOME/bin/javac" -proc:none -nowarn -cp "$classpath" -d "$classes" \
    "$harness/src/Peer.java" "$harness/src/Bench.java" "$here/SluicePeer.java"

# As the launcher starts it: its options, and its start-up cache where there is one.
for cache in "$lib"/*.aot; do
    [ ! -s "$cache" ] || set -- "-XX:AOTCache=$cache" "$@"
done
rm -rf "$work/data/sluice"
log=$work/logs/sluice-$(date +%H%M%S).log
code=0
timeout "${LIMIT:-400}" "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xms32m -Xmx1g -XX:-UsePerfData \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xlog:disable "$@" \
    -cp "$classpath:$classes" Bench SluicePeer "$work/data/sluice" \
    "${OUT:-$work/results.jsonl}" > "$log" 2>&1 || code=$?
echo "sluice rc=$code $log"
[ "$code" = 0 ] || tail -5 "$log"
