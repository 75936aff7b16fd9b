#!/bin/bash
# What the linker and the compiler were to do for the programs' safety, read from what they made: check-hardening.sh BUILD.
set -u
build=$1 passed=0 failed=0

check() { # WHAT COMMAND…
	local what=$1
	shift
	if "$@" >/dev/null; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED  $what"
	fi
}
has() { # PATTERN TEXT
	grep -qE -- "$1" <<<"$2"
}
lacks() {
	! has "$@"
}

for name in wimplan libexec/wimplan/wimplan wimplan-apply wimplan-export; do
	program=$build/$name
	dynamic=$(readelf -W -d "$program") segments=$(readelf -W -l "$program") symbols=$(readelf -W --dyn-syms "$program")
	check "$name is not position-independent" has 'Flags:.*\bPIE\b' "$dynamic"
	check "$name binds symbols late" has 'BIND_NOW|Flags:.*\bNOW\b' "$dynamic"
	check "$name keeps its relocated data writable" has GNU_RELRO "$segments"
	check "$name has a stack that can be executed" has 'GNU_STACK.* RW +0x' "$segments"
	check "$name has a segment that can be written and executed" lacks 'LOAD.* RWE ' "$segments"
	check "$name looks for libraries in a folder of its own" lacks 'RPATH|RUNPATH' "$dynamic"
	check "$name has relocations in its code" lacks TEXTREL "$dynamic"
	check "$name has no stack protector" has __stack_chk_fail "$symbols"
	# The sanitizers' own checks stand in the place of _FORTIFY_SOURCE's.
	has __asan_init "$symbols" || has __gcov "$(nm "$program")" ||
		check "$name has no checks of _FORTIFY_SOURCE" has '__(v?snprintf|memcpy|strcpy|read)_chk' "$symbols"
done

# Indirect branches, where the machine can hold them: every object of ours has the mark. A program has it only if what the
# distribution links to each, crt1.o, was built with it, which Debian 12's was not.
case $(uname -m) in
x86_64) mark='IBT, SHSTK' ;;
aarch64) mark='BTI, PAC' ;;
*) mark= ;;
esac
for library in libwimplan.a libcli.a libapply.a; do
	[ -n "$mark" ] || break
	members=$(ar t "$build/$library" | wc -l)
	check "a part of $library does not mark where an indirect branch may go" [ "$(readelf -n "$build/$library" | grep -c "$mark")" = "$members" ]
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
