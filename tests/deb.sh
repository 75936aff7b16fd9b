#!/bin/bash
# The Debian package: deb.sh BUILD. It is made twice, in two folders, with the same bytes; lintian finds nothing; and in a bare
# Debian of this release it installs with what it depends on, and the demo runs with its programs.
#
# Where no such Debian can be made (no root, no debootstrap, no way to Debian's packages) that is said in one line, and the exit
# status is 3.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$1"
build=$(realpath "$1")
log=$build/deb.log
failed() {
	cat "$log"
	echo "$*"
	exit 1
}

SOURCE_DATE_EPOCH=1771567200
export SOURCE_DATE_EPOCH
package=$(src/deb/build.sh "$build" 2>"$log") || failed 'the package could not be made'

again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' path; do
	[ ! -e "$path" ] && [ ! -L "$path" ] || printf '%s\0' "$path"
done | tar -c --null -T - | tar -x -C "$again"
make -s -C "$again" -j"$(nproc)" CFLAGS="${CFLAGS:--O2 -g}" deb >"$log" 2>&1 || failed 'the package could not be made in another folder'
cmp "$package" "$again/build/$(basename "$package")" >"$log" || failed 'the package made in another folder has other bytes'
echo "The package has the same bytes from two folders: $(sha256sum "$package" | cut -c1-16)"

if command -v lintian >/dev/null; then
	lintian --fail-on error,warning --allow-root "$package" >"$log" 2>&1 || failed 'lintian has found something'
	[ ! -s "$log" ] || failed 'lintian has found something'
	echo 'lintian finds nothing.'
fi

skip() {
	echo "skipped: a bare Debian cannot be had here: $*"
	exit 3
}
. /etc/os-release
release=${VERSION_CODENAME:-}
root=$build/debian-bare
[ "$(id -u)" = 0 ] || skip 'only root can make one'
for program in debootstrap unshare chroot; do
	command -v $program >/dev/null || skip "there is no $program"
done
unshare --mount true 2>/dev/null || skip 'nothing may be mounted'
rm -rf "$root"
debootstrap --variant=minbase "$release" "$root" >"$root.log" 2>&1 || skip "debootstrap: $(tail -1 "$root.log")"

# What the demo needs beside the package: its inputs and the two programs of the tests, the stand-in with its library and what makes its certificate.
mkdir -p "$root/demo/build"
cp -r tests testdata README.md "$root/demo"
cp "$package" "$root/demo"
cp "$build/mkwim" "$build/site-provider" "$root/demo/build"
ln -s /usr/bin/wimplan /usr/bin/wimplan-apply /usr/bin/wimplan-export "$root/demo/build"
cat >"$root/demo/run" <<'RUN'
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends ./wimplan_*.deb
! dpkg -l | grep -E '^ii +[^ ]+-dev' || { echo 'the package brings something that is for building'; exit 1; }
wimplan --version
wimplan-apply --version
wimplan-export --version
apt-get install -y -qq --no-install-recommends libmicrohttpd12 openssl
tests/demo.sh build
apt-get remove -y -qq --purge wimplan
! find /usr/share /usr/libexec -path '*wimplan*' | grep . || { echo 'removing it leaves something'; exit 1; }
RUN
unshare --mount --pid --fork sh -c 'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; mount -t tmpfs tmpfs "$1/tmp"
	exec chroot "$1" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "cd /demo && sh run"' \
	- "$root" >"$log" 2>&1 || { tail -40 "$log"; echo 'it does not do in a bare Debian'; exit 1; }
tests/demo.sh "$build" >/dev/null
plan_id() {
	sed -n 's/^ *"plan_id": "\(sha256:[0-9a-f]*\)",$/\1/p' "$1/demo/plan.json"
}
there=$(plan_id "$root/demo/build") here=$(plan_id "$build")
[ -n "$here" ] && [ "$here" = "$there" ] || failed "the demo's plan is $here here and $there there"
echo "In a bare $release it installs, the demo's plan is the same, and removing it leaves nothing."
rm -rf "$root"
