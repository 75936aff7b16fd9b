#!/bin/bash
# The house keeps its shape, and no program links what it must not: layers.sh BUILD.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
bad=0

complain() {
	echo "$*" >&2
	bad=1
}

# What includes and calls what, names, sizes, and what is of one system.
tests/layers.py "$build" || bad=1

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
whole=libexec/wimplan/wimplan
for program in wimplan $whole; do
	links "$program" libcurl && complain "$program links libcurl"
done
# What is called starts quickly: the rest is the whole program's. SHA-256 is linked into it where there is a library for that.
[ -e "$(${CC:-cc} -print-file-name=libcrypto.a)" ] && static=libcrypto || static=
# A sanitizer keeps what would be left out of it with what it takes of wimlib.
nm "$build/wimplan" | grep -qE '__(asan|tsan|gcov)_' && wim= || wim=libwim
for library in $wim libsqlite3 libsmartcols libarchive $static; do
	links "$whole" "$library" || complain "$whole does not link $library: is this check still good for anything?"
	links wimplan "$library" && complain "wimplan links $library, which takes long to load"
done
nm "$build/wimplan" | grep -E ' (EVP|X509|PKCS7|ASN1)_' && complain 'wimplan has more of libcrypto in it than digests'
links wimplan-apply libcurl || complain "wimplan-apply does not link libcurl: is this check still good for anything?"
links wimplan-apply libwim && complain "wimplan-apply links libwim"
links wimplan-apply libsmartcols && complain "wimplan-apply links libsmartcols"
links wimplan-export libcurl || complain "wimplan-export does not link libcurl: is this check still good for anything?"
for library in libwim libsqlite3 libsmartcols; do
	links wimplan-export $library && complain "wimplan-export links $library"
done
for symbol in $(nm -D --undefined-only "$build/wimplan" "$build/$whole" | sed -n 's/.* \(curl_[a-z_]*\|socket\|connect\|getaddrinfo\)\(@.*\)\{0,1\}$/\1/p'); do
	complain "wimplan uses $symbol"
done
for symbol in $(nm -D --undefined-only "$build/wimplan-apply" | sed -n 's/.* \(wimlib_[a-z_]*\)\(@.*\)\{0,1\}$/\1/p'); do
	complain "wimplan-apply uses $symbol"
done
for symbol in $(nm -D --undefined-only "$build/wimplan-export" | sed -n 's/.* \(\(wimlib\|sqlite3\)_[a-z_0-9]*\)\(@.*\)\{0,1\}$/\1/p'); do
	complain "wimplan-export uses $symbol"
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
