#!/bin/bash
# Arrows between the modules only point down, and no program links what it must not: layers.sh BUILD.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
bad=0

# The modules from bottom to top: a module may include those with a lower level, and itself.
level() {
	case $1 in
	base) echo 0 ;; system) echo 1 ;; wim) echo 2 ;; site) echo 3 ;; import) echo 4 ;; diff) echo 5 ;; source) echo 6 ;;
	cache) echo 7 ;; plan) echo 8 ;; audit) echo 9 ;; report) echo 10 ;; program) echo 11 ;; cli | provider) echo 12 ;;
	apply) echo 13 ;; *) echo 14 ;;
	esac
}

# Which module a public header belongs to.
owner() {
	case $1 in
	wim | wim_fields | tree | servicing) echo wim ;; diff | summary) echo diff ;; record | site | schedule | sequence | distribution | usage) echo site ;; import) echo import ;; source | gate) echo source ;; cache) echo cache ;;
	plan | note | config | receipt) echo plan ;; audit) echo audit ;; report) echo report ;; program) echo program ;; clock | file | print) echo system ;; provider) echo provider ;;
	*) echo base ;;
	esac
}

complain() {
	echo "$*" >&2
	bad=1
}

for file in src/*/*.[ch] src/*/*/*.[ch]; do
	[ -e "$file" ] || continue
	module=$(echo "$file" | cut -d/ -f2)
	while read -r header; do
		other=$(owner "$header")
		[ "$(level "$other")" -le "$(level "$module")" ] ||
			complain "$file includes wimplan/$header.h: $module may not use $other"
		case $module/$other in apply/wim | apply/source | apply/cache | apply/report)
			complain "$file includes wimplan/$header.h: apply uses base, system, site, plan, program and provider alone" ;;
		provider/base | provider/system | provider/site | provider/import | provider/provider) ;;
		provider/*)
			complain "$file includes wimplan/$header.h: provider uses base, system, site and import alone" ;;
		program/base | program/system | program/plan | program/program) ;;
		program/*)
			complain "$file includes wimplan/$header.h: program uses base, system and plan alone" ;;
		esac
	done < <(sed -n 's|^#include "wimplan/\(.*\)\.h"|\1|p' "$file")
	# A private header is its own module's business.
	case $file in src/*/*/*) outside='\.\./\.\./' ;; *) outside='\.\./' ;; esac
	grep -q "^#include \"$outside" "$file" && complain "$file includes a private header of another module"
	case $module in
	plan | audit | report)
		grep -nE '^#include <(stdio|unistd|fcntl|pthread|sqlite3|sys/.*)\.h>' "$file" &&
			complain "$file: $module is pure and takes no files, threads or databases"
		grep -nE '\b(getenv|fopen|open|time|clock_gettime|sqlite3_[a-z_]+|pthread_[a-z_]+) *\(' "$file" &&
			complain "$file: $module is pure"
		;;
	esac
done

# Text leaves the programs in one place, which makes visible what it hides and speaks the locale's characters.
grep -nE '[ (,]std(out|err)[,)]|wp_file_write\(NULL|[^_a-z](printf|puts|putchar|perror) *\(' src/{program,cli,provider,apply}/*.c &&
	complain "text leaves a program by another way than src/system/print.c"

# Public headers compile alone.
for header in include/wimplan/*.h; do
	echo "#include \"wimplan/$(basename "$header")\"" |
		${CC:-cc} -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c - ||
		complain "$header does not compile alone"
done

# wimplan has no network code; the executor opens no .wim. What a program does not link directly it may still get through
# a library of its, so all that is loaded counts.
loaded() {
	ldd "$1" | sed -n 's/^[[:space:]]*\([^ ]*\).*/\1/p'
}
links() { # PROGRAM LIBRARY
	loaded "$build/$1" | grep -q "^$2\."
}
links wimplan libwim || complain "wimplan does not link libwim: is this check still good for anything?"
links wimplan libcurl && complain "wimplan links libcurl"
links wimplan-apply libcurl || complain "wimplan-apply does not link libcurl: is this check still good for anything?"
links wimplan-apply libwim && complain "wimplan-apply links libwim"
links wimplan-apply libsmartcols && complain "wimplan-apply links libsmartcols"
for symbol in $(nm -D --undefined-only "$build/wimplan" | sed -n 's/.* \(curl_[a-z_]*\|socket\|connect\|getaddrinfo\)\(@.*\)\{0,1\}$/\1/p'); do
	complain "wimplan uses $symbol"
done
for symbol in $(nm -D --undefined-only "$build/wimplan-apply" | sed -n 's/.* \(wimlib_[a-z_]*\)\(@.*\)\{0,1\}$/\1/p'); do
	complain "wimplan-apply uses $symbol"
done

# The library takes nothing from the environment, prints nothing and ends no program, but for the folder of its effects.
effects=$(cd src/system && echo *.c | sed 's/\.c/.o/g; s/ /|/g')
for symbol in $(nm -A --undefined-only "$build/libwimplan.a" 2>/dev/null | grep -vE ":($effects):" |
	sed -nE 's/^.* U (getenv|secure_getenv|setlocale|isatty|std(out|err)|printf|puts|putchar|perror|exit|_exit)$/\1/p'); do
	complain "libwimplan uses $symbol"
done

# What the library gives away begins with wp_.
nm -g --defined-only "$build/libwimplan.a" 2>/dev/null | awk '$2 ~ /[TDRB]/ && $3 !~ /^(wp_|_*asan|_*ubsan|__odr|__gcov|_*llvm)/ { print $3; n = 1 } END { exit n }' ||
	complain "a symbol of the library does not begin with wp_"
exit $bad
