#!/usr/bin/env bash
# The package in a fresh Debian 12 root: install, start under the emulated modem, doctor,
# upgrade, remove, nothing lost. Needs root, debootstrap and a mirror; else it says why it is
# left out (status 77).
#   package/try.sh DEB EMULATOR [ROOT]     ROOT: a debootstrap root to use again
set -euo pipefail

deb=$(realpath "$1") emulator=$(realpath "$2") keep=${3:-}
top=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '== %s\n' "$*" >&2; }
skip() { say "left out: $*"; exit 77; }

[ "$(id -u)" -eq 0 ] || skip "only root may make a Debian root"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"

work=$(mktemp -d /tmp/meterpost-package-XXXXXX)
root=${keep:-$work/root}
pids=()
finish() {
    local status=$?
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    sleep 0.5
    umount -l "$root/dev/pts" "$root/proc" 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT

if [ ! -e "$root/etc/debian_version" ]; then
    say "debootstrap"
    debootstrap --variant=minbase --include=adduser bookworm "$root" >"$work/log" 2>&1 ||
        { tail -3 "$work/log" >&2; skip "no Debian mirror"; }
fi
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/pts"
mount --bind /dev/pts "$root/dev/pts"

in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
apt() { in_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; return 1; }; }
m() { in_root meterpost "$@"; }

say "install"
cp "$deb" "$root/tmp/meterpost.deb"
apt purge meterpost 2>/dev/null || true
rm -rf "$root/var/lib/meterpost" "$root/etc/meterpost"
apt update || true
apt install --no-install-recommends /tmp/meterpost.deb
in_root getent passwd meterpost >/dev/null
[ "$(stat -c %a "$root/var/lib/meterpost")" = 700 ]
[ "$(stat -c %a "$root/etc/meterpost/meterpost.yaml")" = 640 ]
[ "$(stat -c %a "$root/etc/meterpost/staff.key")" = 600 ]

say "start under the emulated modem"
mkdir -p "$root/run/modem"
"$emulator" --village "$top/tests/emulator/village.json" --control "$work/control.sock" \
    --modem "sim1:+254700000100" --dir "$root/run/modem" >"$work/emulator.log" 2>&1 &
pids+=($!)
for _ in $(seq 50); do [ -e "$root/run/modem/sim1" ] && break; sleep 0.1; done
pts=$(readlink "$root/run/modem/sim1")
chgrp dialout "$pts" && chmod 660 "$pts"
ln -sfn "$pts" "$root/dev/ttyUSB0"
sed -i '/^buses:/,/^$/d' "$root/etc/meterpost/meterpost.yaml"
m check
start_engine() { # as the unit does: another user, its own folder for the socket
    install -d -m 0750 "$root/run/meterpost"
    in_root chown meterpost:meterpost /run/meterpost
    chroot "$root" setpriv --reuid meterpost --regid meterpost --init-groups \
        env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 \
        meterpostd --config /etc/meterpost/meterpost.yaml --foreground >>"$work/engine.log" 2>&1 &
    engine=$!
    pids+=("$engine")
    for _ in $(seq 200); do
        m --json today 2>/dev/null | grep -q 'sim1 ready' && return
        sleep 0.1
    done
    tail "$work/engine.log" >&2
    return 1
}
stop_engine() {
    kill "$engine"
    wait "$engine" || true
}
start_engine

say "work"
printf 'account,name,tariff,phones,opening_balance\n1042,Asha,domestic-electricity,0722000001,250\n' >"$root/tmp/a.csv"
m import accounts /tmp/a.csv
m backup now
m doctor
totals() { m --json backup verify latest | grep -oE '"(accounts|owed_minor|audit_rows)": ?[0-9]+'; }
before=$(totals)

say "upgrade"
sha=$(sha256sum <"$root/etc/meterpost/meterpost.yaml")
dpkg-deb -R "$deb" "$work/higher"
sed -i 's/^Version: .*/Version: 99.0/' "$work/higher/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/higher" "$root/tmp/higher.deb" >/dev/null
version() { in_root dpkg-query -W -f "\${Version}" meterpost; }
stop_engine
apt install -o Dpkg::Options::=--force-confold /tmp/higher.deb
[ "$(version)" = 99.0 ]
[ "$sha" = "$(sha256sum <"$root/etc/meterpost/meterpost.yaml")" ]
start_engine
m doctor
[ "$before" = "$(totals)" ]

say "and back"
stop_engine
apt install --allow-downgrades -o Dpkg::Options::=--force-confold /tmp/meterpost.deb
[ "$(version)" != 99.0 ]
start_engine
m doctor
[ "$before" = "$(totals)" ]

say "a change by root while no engine runs leaves no file that the service cannot open"
stop_engine
m pay add 1042 50 --reference R-1
[ -z "$(find "$root/var/lib/meterpost" ! -user "$(in_root id -u meterpost)" -print)" ]
start_engine
stop_engine

say "remove and purge: the database stays"
apt remove meterpost
[ -e "$root/var/lib/meterpost/meterpost.db" ] && [ -e "$root/etc/meterpost/meterpost.yaml" ]
apt install --no-install-recommends /tmp/meterpost.deb
m verify
apt purge meterpost
[ -e "$root/var/lib/meterpost/meterpost.db" ] && [ ! -e "$root/usr/bin/meterpost" ]
rm -rf "$root/var/lib/meterpost" "$root/etc/meterpost"
say "the package is good"
