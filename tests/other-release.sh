#!/bin/bash
# The README's two commands on the other of the two Debian releases that wimplan is made for: other-release.sh BUILD.
#
# The release is made by debootstrap and kept in BUILD with what was installed in it; both commands run in it on a copy of this
# source. The demo's plan has to be the same there and here. Where no release can be made (no root, no debootstrap, no way to
# Debian's packages) that is said in one line, and the exit status is 3.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$1"
build=$(realpath "$1")

skip() {
	echo "skipped: the other Debian release cannot be had here: $*"
	exit 3
}

. /etc/os-release
case ${VERSION_CODENAME:-} in
bookworm) release=trixie ;;
trixie) release=bookworm ;;
*) skip "this is ${PRETTY_NAME:-no Debian}" ;;
esac
root=$build/debian-$release

git rev-parse --git-dir >/dev/null 2>&1 || skip 'this is no checkout of git'
[ "$(id -u)" = 0 ] || skip 'only root can make one'
for program in debootstrap unshare chroot; do
	command -v $program >/dev/null || skip "there is no $program"
done
unshare --mount true 2>/dev/null || skip 'nothing may be mounted'

# A half-made one is of no use.
if [ ! -e "$root.made" ]; then
	rm -rf "$root"
	debootstrap --variant=minbase --include=git,make,ca-certificates "$release" "$root" >"$root.log" 2>&1 ||
		skip "debootstrap: $(tail -1 "$root.log")"
	touch "$root.made"
fi

# What is under version control or would be; an earlier copy's build stays, so that only what is new is built again.
mkdir -p "$root/src"
find "$root/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' path; do
	[ ! -e "$path" ] && [ ! -L "$path" ] || printf '%s\0' "$path"
done | tar -c --null -T - | tar -x -C "$root/src"

# Its own mounts, which end with the last process in there.
inside() { # COMMAND
	unshare --mount --pid --fork sh -c 'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; mount -t tmpfs tmpfs "$1/tmp"
		exec chroot "$1" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			KILLS="$3" sh -c "cd /src && $2"' - "$root" "$1" "${KILLS:-}"
}

echo "On Debian's $release:"
inside "make -j$(nproc) WERROR=-Werror deps demo" >"$root.log" 2>&1 || { tail -40 "$root.log"; echo 'make deps demo failed there'; exit 1; }
inside "make -j$(nproc) WERROR=-Werror deps check"

plan_id() {
	sed -n 's/^ *"plan_id": "\(sha256:[0-9a-f]*\)",$/\1/p' "$1/demo/plan.json"
}
tests/demo.sh "$build" >"$root.log" 2>&1 || { tail -40 "$root.log"; exit 1; }
here=$(plan_id "$build") there=$(plan_id "$root/src/build")
[ -n "$here" ] && [ "$here" = "$there" ] || { echo "The demo's plan is $here here and $there there."; exit 1; }
echo "The demo's plan is the same on both: $here"
