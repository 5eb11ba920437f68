#!/bin/sh
# The sandbox of the unit: how much systemd finds exposed, without and with network.
# units.sh WRITTEN-UNIT NETWORK-DROP-IN
set -e
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat "$1" "$2" >"$work/with.service"
cp "$1" "$work/without.service"
exposure() {
    systemd-analyze security --offline=true "$work/$1" 2>/dev/null |
        sed -n 's/.*Overall exposure level for [^ ]*: \([0-9.]*\).*/\1/p'
}
for pair in without:1.0 with:2.0; do
    got=$(exposure "${pair%%:*}.service")
    echo "${pair%%:*} network: $got, at most ${pair##*:}"
    awk -v got="$got" -v most="${pair##*:}" 'BEGIN {exit !(got != "" && got <= most)}'
done
