#!/bin/sh
# Draws the picture beside every example, as `sluice graph` draws it.
set -eu
cd "$(dirname "$0")/.."
for flow in examples/*/flow.yaml; do
    ./sluice graph "$flow" --format svg -o "${flow%flow.yaml}graph.svg"
done
