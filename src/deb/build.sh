#!/bin/sh
# Makes BUILD/wimplan_VERSION_ARCHITECTURE.deb of what `make install` puts in place: build.sh BUILD. The same source gives the
# same bytes: times are those of the newest change to the source, or SOURCE_DATE_EPOCH.
set -eu
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
work=$build/deb stage=$build/deb/stage

command -v dpkg-shlibdeps >/dev/null || { echo "There is no dpkg-shlibdeps; \`make deps deb\` installs it." >&2; exit 1; }
version=$(sed -n 's/^#define WIMPLAN_VERSION "\(.*\)"$/\1/p' include/wimplan/version.h)
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y include/wimplan/version.h)}
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8
umask 022

rm -rf "$work"
mkdir -p "$work/debian" "$stage/DEBIAN"
tests/install.sh install "$build" "$stage/usr"
# Debian's zsh looks for what packages bring in a folder of its own.
mv "$stage/usr/share/zsh/site-functions" "$stage/usr/share/zsh/vendor-completions"
strip --strip-unneeded --remove-section=.comment "$stage"/usr/bin/* "$stage"/usr/libexec/wimplan/*
# The pages that `make` has made bear the date of that day.
for page in "$stage"/usr/share/man/*/*; do
	scdoc <"man/${page##*/}.scd" | gzip -9n >"$page.gz"
	rm "$page"
done
doc=$stage/usr/share/doc/wimplan
# Debian keeps the licence in one place for all packages.
rm -f "$doc/LICENSE"
gzip -9n "$doc/README.md"
install -m 644 src/deb/copyright "$doc/copyright"
printf 'wimplan (%s) stable; urgency=medium\n\n  * Version %s.\n\n -- The wimplan authors <wimplan@example.org>  %s\n' \
	"$version" "$version" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"

# dpkg-shlibdeps wants to find a source package around it.
printf 'Source: wimplan\n\nPackage: wimplan\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O stage/usr/bin/* stage/usr/libexec/wimplan/* 2>"$work/shlibdeps.log") || { cat "$work/shlibdeps.log" >&2; exit 1; }
{
	printf 'Package: wimplan\nVersion: %s\nArchitecture: %s\n' "$version" "$architecture"
	printf 'Maintainer: The wimplan authors <wimplan@example.org>\nInstalled-Size: %s\n' "$(du -k -s --apparent-size "$stage/usr" | cut -f1)"
	printf 'Depends: %s\nSection: admin\nPriority: optional\n' "${depends#shlibs:Depends=}"
	cat src/deb/description
} >"$stage/DEBIAN/control"
(cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
package=$build/wimplan_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$stage" "$package" >/dev/null
rm -rf "$stage"
echo "$package"
