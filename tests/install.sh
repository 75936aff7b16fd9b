#!/bin/sh
# install.sh install|uninstall BUILD PREFIX: puts the program, its pages and its data in place, or takes the same away.
set -eu
cd "$(dirname "$0")/.."
action=$1 build=$2 prefix=$3

place() { # MODE SOURCE FOLDER [NAME]
	target=$prefix/$3/${4:-$(basename "$2")}
	case $action in
	install) install -D -m "$1" "$2" "$target" ;;
	uninstall)
		rm -f "$target"
		# Only folders that are ours by name; a shared one stays.
		case $3 in */wimplan | */wimplan/*) rmdir -p --ignore-fail-on-non-empty "$prefix/$3" 2>/dev/null || true ;; esac
		;;
	esac
}

place 755 "$build/wimplan" bin
# What it calls; it looks for it in this place.
place 755 "$build/libexec/wimplan/wimplan" libexec/wimplan
place 755 "$build/wimplan-apply" bin
place 755 "$build/wimplan-export" bin
for page in "$build"/man/*.[157]; do
	place 644 "$page" "share/man/man${page##*.}"
done
for schema in src/share/schema/*.json; do
	place 644 "$schema" share/wimplan/schema
done
place 644 src/share/Export-WimplanRecords.ps1 share/wimplan
place 644 src/share/wimplan.conf share/wimplan
place 644 README.md share/doc/wimplan
place 644 LICENSE share/doc/wimplan
# bash-completion and fish look for a file with the name of the command, zsh for one that begins with an underscore.
place 644 src/share/wimplan.zsh share/zsh/site-functions _wimplan
for program in wimplan wimplan-apply wimplan-export; do
	place 644 src/share/wimplan.bash share/bash-completion/completions $program
	place 644 src/share/wimplan.fish share/fish/vendor_completions.d $program.fish
done
