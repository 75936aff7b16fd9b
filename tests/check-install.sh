#!/bin/sh
# make install puts everything where it belongs, and make uninstall leaves nothing: check-install.sh BUILD.
set -eu
cd "$(dirname "$0")/.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

tests/install.sh install "$1" "$root/usr"
"$root/usr/bin/wimplan" --version | grep -q '^wimplan '
# What it hands on is found from its own place, wherever it is called from, and by nothing else.
mkdir -p "$root/elsewhere/libexec/wimplan"
printf '#!/bin/sh\necho called\n' >"$root/elsewhere/libexec/wimplan/wimplan"
chmod 755 "$root/elsewhere/libexec/wimplan/wimplan"
ln -s "$root/usr/bin/wimplan" "$root/elsewhere/link"
(cd "$root/elsewhere" && PATH=$root/elsewhere:$root/elsewhere/libexec/wimplan:$PATH ./link help plan) | grep -q '^Usage: wimplan plan '
# Also where there is no /proc, as in a bare chroot.
if unshare --mount mount -t tmpfs none /proc 2>/dev/null; then
	(cd "$root/elsewhere" && unshare --mount sh -c 'mount -t tmpfs none /proc && exec ./link help plan') | grep -q '^Usage: wimplan plan '
fi
(cd "$root/elsewhere" && PATH=../usr/bin wimplan) 2>&1 | grep -q '^Usage: wimplan COMMAND '
mv "$root/usr/libexec/wimplan/wimplan" "$root/kept"
status=0
"$root/usr/bin/wimplan" plan --json >"$root/said" 2>"$root/told" || status=$?
[ $status = 1 ] || { echo "without its other part wimplan ends with $status" >&2; exit 1; }
grep -q "^wimplan: $root/usr/libexec/wimplan/wimplan cannot be started: No such file or directory; " "$root/told"
grep -q '"code": "not-installed"' "$root/said"
"$root/usr/bin/wimplan" --version | grep -q '^wimplan '
"$root/usr/bin/wimplan" inspect --help | grep -q '^Usage: wimplan inspect '
mv "$root/kept" "$root/usr/libexec/wimplan/wimplan"
rm -r "$root/elsewhere" "$root/said" "$root/told"
"$root/usr/bin/wimplan-apply" --version | grep -q '^wimplan-apply '
"$root/usr/bin/wimplan-export" --version | grep -q '^wimplan-export '
for file in libexec/wimplan/wimplan share/man/man1/wimplan.1 share/man/man1/wimplan-apply.1 share/man/man1/wimplan-export.1 share/man/man5/wimplan-plan.5 \
	share/man/man7/wimplan-provider.7 share/wimplan/Export-WimplanRecords.ps1 share/wimplan/wimplan.conf \
	share/doc/wimplan/README.md share/doc/wimplan/LICENSE \
	share/bash-completion/completions/wimplan share/bash-completion/completions/wimplan-apply \
	share/bash-completion/completions/wimplan-export share/zsh/site-functions/_wimplan share/fish/vendor_completions.d/wimplan.fish \
	share/fish/vendor_completions.d/wimplan-apply.fish share/fish/vendor_completions.d/wimplan-export.fish share/wimplan/schema/records.schema.json; do
	[ -s "$root/usr/$file" ] || { echo "make install left out $file" >&2; exit 1; }
done
tests/install.sh uninstall "$1" "$root/usr"
left=$(find "$root" -type f)
[ -z "$left" ] || { echo "make uninstall left $left" >&2; exit 1; }
