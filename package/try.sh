#!/usr/bin/env bash
# The package in a fresh Debian 12 machine with systemd running (systemd-nspawn): install,
# start under the emulated modem, doctor, work, what the sandbox must allow and forbid, kill,
# watchdog, upgrade, downgrade, another machine, remove, nothing lost. Needs root, debootstrap,
# systemd-nspawn and a mirror; else it says why it is left out (status 77).
#   package/try.sh DEB EMULATOR [ROOT]     ROOT: a debootstrap root to use again
set -euo pipefail

deb=$(realpath "$1") emulator=$(realpath "$2") keep=${3:-}
top=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '== %s\n' "$*" >&2; }
skip() { say "left out: $*"; exit 77; }

[ "$(id -u)" -eq 0 ] || skip "only root may make a Debian root"
for tool in debootstrap systemd-nspawn nsenter; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
done

work=$(mktemp -d /tmp/meterpost-package-XXXXXX)
root=${keep:-$work/root}
nspawn='' leader=''

halt() {
    [ -n "$nspawn" ] || return 0
    nsenter -t "$leader" -a systemctl poweroff 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$nspawn" 2>/dev/null || break; sleep 0.2; done
    kill -9 "$nspawn" 2>/dev/null || true
    nspawn=''
}
finish() {
    local status=$?
    [ "$status" -eq 0 ] || [ -z "$leader" ] ||
        in_root journalctl -u meterpost -n 20 --no-pager -o cat >&2 || true
    halt
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT

if [ ! -e "$root/etc/debian_version" ]; then
    say "debootstrap"
    debootstrap --variant=minbase --include=adduser,systemd,systemd-sysv,udev,dbus \
        bookworm "$root" >"$work/log" 2>&1 || { tail -3 "$work/log" >&2; skip "no Debian mirror"; }
fi

# in_root COMMAND...: in the machine that runs.
in_root() {
    nsenter -t "$leader" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}
quietly() { in_root "$@" >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; return 1; }; }
apt() { quietly apt-get -q -y -o Dpkg::Options::=--force-confold --no-install-recommends "$@"; }
m() { in_root meterpost --yes "$@"; }
of_unit() { in_root systemctl show -P "$1" meterpost; }
# soon COMMAND...: it succeeds within two minutes.
soon() {
    for _ in $(seq 600); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
    say "waited in vain for: $*"
    in_root journalctl -u meterpost -n 20 --no-pager -o cat >&2 || true
    return 1
}
ready() { m --json today | grep -q 'sim1 ready'; }
other_pid() { local pid; pid=$(of_unit MainPID); [ "$pid" -ne 0 ] && [ "$pid" -ne "$1" ]; }

boot() {
    local keep_unit=--keep-unit
    [ -d /run/systemd/system ] && keep_unit=--register=no
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn -q -D "$root" --boot --register=no \
        "$keep_unit" --console=read-only >"$work/boot.log" 2>&1 </dev/null &
    nspawn=$!
    for _ in $(seq 300); do
        leader=$(pgrep -P "$nspawn" | head -1) || true
        [ -n "$leader" ] && nsenter -t "$leader" -a systemctl is-system-running 2>/dev/null |
            grep -qE 'running|degraded' && return
        sleep 0.2
    done
    tail -5 "$work/boot.log" >&2
    skip "systemd does not boot here"
}

plug_in() {
    in_root mkdir -p /run/modem
    in_root systemd-run -q -u modem /usr/local/bin/meterpost-emulator --village /root/village.json \
        --control /run/emulator.sock --modem "sim1:+254700000100" --dir /run/modem
    soon in_root test -e /run/modem/sim1
    local pts
    pts=$(in_root readlink /run/modem/sim1)
    in_root chgrp dialout "$pts"
    in_root chmod 660 "$pts"
    in_root ln -sfn "$pts" /dev/ttyUSB0
}

boot
say "install"
cp "$deb" "$root/root/meterpost.deb"
cp "$top/tests/emulator/village.json" "$root/root/"
install -m 755 "$emulator" "$root/usr/local/bin/meterpost-emulator"
in_root dpkg --purge meterpost >/dev/null 2>&1 || true
in_root rm -rf /var/lib/meterpost /etc/meterpost /mnt/usb /root/settings.tgz
apt update || true
apt install /root/meterpost.deb
modes() { in_root stat -c '%a %U:%G %n' "$@"; }
diff <(modes /var/lib/meterpost /etc/meterpost/meterpost.yaml /etc/meterpost/staff.key) - <<'EOF'
700 meterpost:meterpost /var/lib/meterpost
640 root:meterpost /etc/meterpost/meterpost.yaml
600 meterpost:meterpost /etc/meterpost/staff.key
EOF
[ "$(in_root systemctl is-enabled meterpost)" = enabled ]

say "start under the emulated modem"
plug_in
in_root sed -i -e '/^buses:/,/^$/d' -e 's|also: ""|also: /mnt/usb|' /etc/meterpost/meterpost.yaml
m check
in_root install -d -o meterpost -m 700 /mnt/usb
in_root systemctl start meterpost
soon ready
diff <(modes /run/meterpost /run/meterpost/control.sock /var/lib/meterpost/meterpost.db) - <<'EOF'
750 meterpost:meterpost /run/meterpost
660 meterpost:meterpost /run/meterpost/control.sock
600 meterpost:meterpost /var/lib/meterpost/meterpost.db
EOF

say "work"
printf 'account,name,tariff,phones,opening_balance\n1042,Asha,domestic-electricity,0722000001,250\n' >"$root/root/a.csv"
printf 'meter,account,commodity,profile,phone,initial_reading,installed_on\n10101010,1042,electricity,kamstrup-gsm7i,0711000010,20000,2026-01-01\n' >"$root/root/m.csv"
m import accounts /root/a.csv
m import meters /root/m.csv
m read 10101010 --wait 2m
m staff add jonas name=Jonas role=operator phone=0722000009
m staff enrol jonas >/dev/null
m backup now
[ -n "$(in_root find /mnt/usb -name '*.db')" ]
m doctor
totals() { m --json backup verify latest | grep -oE '"(accounts|readings|owed_minor)": ?[0-9]+'; }
before=$(totals)

say "what the sandbox leaves exposed, and what it forbids"
exposure() { in_root systemd-analyze security meterpost | sed -n 's/.*Overall exposure.*: \([0-9.]*\) .*/\1/p'; }
dropin=$root/etc/systemd/system/meterpost.service.d
mkdir -p "$dropin"
cp "$root/usr/share/doc/meterpost/meterpost-network.conf" "$dropin/network.conf"
in_root systemctl daemon-reload
with=$(exposure)
rm "$dropin/network.conf"
cp "$root/usr/share/doc/meterpost/meterpost-power.conf" "$dropin/power.conf"
in_root systemctl daemon-reload
power=$(exposure)
rm -r "$dropin"
in_root systemctl daemon-reload
without=$(exposure)
say "exposed: $without, with power.conf $power, with network.conf $with"
awk -v a="$without" -v b="$power" -v c="$with" 'BEGIN {exit !(a <= 1.0 && b <= 1.0 && c <= 2.0)}'
worker=$(in_root pgrep -x meterpost-modem)
in_root grep -E '^(NoNewPrivs:.1|CapEff:.0+|Seccomp:.2)$' "/proc/$worker/status" | wc -l | grep -qx 3

say "reload; kill -9 of worker and engine; a hung engine"
in_root systemctl reload meterpost
in_root kill -9 "$worker"
soon ready
pid=$(of_unit MainPID)
in_root systemctl kill -s KILL --kill-who=main meterpost
soon other_pid "$pid"
soon ready
pid=$(of_unit MainPID)
in_root systemctl kill -s STOP --kill-who=main meterpost
soon other_pid "$pid"
soon ready
[ "$(of_unit NRestarts)" = 2 ]

say "upgrade"
sha() { in_root sha256sum /etc/meterpost/meterpost.yaml /etc/meterpost/staff.key; }
settings=$(sha)
dpkg-deb -R "$deb" "$work/higher"
sed -i 's/^Version: .*/Version: 99.0/' "$work/higher/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/higher" "$root/root/higher.deb" >/dev/null
version() { in_root dpkg-query -W -f "\${Version}" meterpost; }
pid=$(of_unit MainPID)
apt install /root/higher.deb
[ "$(version)" = 99.0 ] && [ "$settings" = "$(sha)" ] && other_pid "$pid"
soon ready
m doctor
[ "$before" = "$(totals)" ]

say "and back, while it is stopped: it stays stopped"
in_root systemctl stop meterpost
apt install --allow-downgrades /root/meterpost.deb
[ "$(version)" != 99.0 ] && [ "$(of_unit ActiveState)" = inactive ]
in_root systemctl start meterpost
soon ready
m doctor
[ "$before" = "$(totals)" ]

say "a change by root while no engine runs leaves no file that the service cannot open"
in_root systemctl stop meterpost
m pay add 1042 50 --reference R-1
[ -z "$(in_root find /var/lib/meterpost ! -user meterpost -print)" ]
in_root systemctl start meterpost
soon ready

say "remove and purge: the database stays"
in_root systemctl stop meterpost
in_root tar czf /root/settings.tgz -C /etc meterpost
apt remove meterpost
in_root test -e /var/lib/meterpost/meterpost.db -a -e /etc/meterpost/meterpost.yaml
apt install /root/meterpost.deb
m verify
apt purge meterpost
in_root test -e /var/lib/meterpost/meterpost.db -a ! -e /usr/bin/meterpost

say "another machine: settings and a copy from the stick, the fence is up"
in_root rm -rf /var/lib/meterpost /etc/meterpost
in_root sh -c 'rm /etc/machine-id; systemd-machine-id-setup' >/dev/null 2>&1
apt install /root/meterpost.deb
in_root tar xzf /root/settings.tgz -C /etc
m backup restore "$(in_root find /mnt/usb -name '*.db' | sort | tail -1)"
in_root systemctl start meterpost
soon ready
m fence show | grep -q '^up'
{ m doctor || true; } | grep -q '^BAD   fence'
m fence release
m staff enrol jonas >/dev/null
apt purge meterpost
in_root rm -rf /var/lib/meterpost /etc/meterpost /mnt/usb
say "the package is good"
