#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Proves that packaging/packages.txt is complete: a fresh Debian 12 with git and nothing else, the
# checkout (HEAD) cloned into it, and a command run there. Needs root and debootstrap.
#   tools/chroot_proof.sh [-d FOLDER] [-k] [command...]      default: ./dev demo --plain
# -d: where the chroot is made, or already is (an existing one is used again); -k: keep it.
# Mirror, apt settings and proxies are those of this machine. Mounts live in a name space of their
# own, so nothing stays mounted however this ends.
set -euo pipefail

folder='' keep=0
while getopts d:k option; do
  case $option in
    d) folder=$OPTARG keep=1 ;;
    k) keep=1 ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
(($# > 0)) || set -- ./dev demo --plain
tree=$(cd "$(dirname "$0")/.." && pwd)

die() {
  printf 'chroot_proof: %s\n' "$*" >&2
  exit 2
}
((EUID == 0)) || die "needs root, to make and enter a chroot; try sudo $0"
command -v debootstrap >/dev/null || die "debootstrap is missing; apt-get install debootstrap"

# The first archive named for bookworm, in either of apt's formats.
mirror=$(
  {
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
      awk 'BEGIN { RS = "" } /Suites:[^\n]*bookworm( |\n|$)/ {
             for (i = 1; i <= NF; i++) if ($i == "URIs:") print $(i + 1) }'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
      sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) bookworm .*/\2/p'
  } 2>/dev/null | head -n 1 || true
)
[[ -n $mirror ]] || die "no archive for bookworm in /etc/apt/sources.list*; add one"

# From here on in private mount and process name spaces.
if [[ -z ${REDIAL_CHROOT_INSIDE:-} ]]; then
  [[ -n $folder ]] || folder=$(mktemp -d /tmp/redial-chroot.XXXXXX)
  mkdir -p "$folder"
  status=0
  options=(-d "$folder")
  REDIAL_CHROOT_INSIDE=1 unshare --mount --pid --fork --kill-child \
    "$0" "${options[@]}" "$@" || status=$?
  if ((keep == 0)); then rm -rf --one-file-system "$folder"; else echo "kept: $folder"; fi
  exit "$status"
fi

if [[ ! -x $folder/usr/bin/git ]]; then
  echo "==> a fresh Debian 12 in $folder"
  debootstrap --variant=minbase --include=git,ca-certificates bookworm "$folder" "$mirror" \
    >"$folder.log" 2>&1 || { tail -n 20 "$folder.log" >&2; die "debootstrap failed; see above"; }
  rm -f "$folder.log"
fi

# What apt and the resolver need to reach the same archive.
apt-config dump Acquire |
  grep -E '^Acquire::(http|https|Retries|ForceIPv4|Check-)' >"$folder/etc/apt/apt.conf.d/99host" || true
cp /etc/resolv.conf /etc/hosts "$folder/etc/"

mount -t proc proc "$folder/proc"
mount -t sysfs -o ro sysfs "$folder/sys"
mkdir -p "$folder/dev/pts" "$folder/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$folder/dev/pts"
ln -sf pts/ptmx "$folder/dev/ptmx"
mount -t tmpfs tmpfs "$folder/dev/shm"

rm -rf "$folder/root/redial"
git clone -q --no-hardlinks "$tree" "$folder/root/redial"

echo "==> in the chroot: $*"
begin=$SECONDS
status=0
environment=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}")
for name in http_proxy https_proxy no_proxy CI; do
  [[ -z ${!name:-} ]] || environment+=("$name=${!name}")
done
# shellcheck disable=SC2016  # expanded by the inner shell
env -i "${environment[@]}" chroot "$folder" \
  /bin/bash -c 'cd /root/redial && exec "$@"' proof "$@" || status=$?
echo "==> exit status $status after $((SECONDS - begin)) s"
exit "$status"
