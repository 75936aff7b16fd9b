#!/bin/bash
# Fuzzes targets with clang's libFuzzer, as many at a time as there are processors: fuzz.sh BUILD SECONDS [TARGET…] (all without one).
# New inputs stay in BUILD/corpus; what made a target fail stays in BUILD/found/TARGET and ends that target. It is shown as the command
# that puts it into tests/fuzz/corpus, where every test run replays it: each run has inputs of its own, and what CI made is gone with it.
set -eu
cd "$(dirname "$0")/../.."
build=$1 seconds=$2
shift 2
# libFuzzer takes 0 for no end.
[ "$seconds" -gt 0 ] || { echo "SECONDS is how long each target is fuzzed, and at least 1." >&2; exit 2; }
[ $# -gt 0 ] || { set -- tests/fuzz/fuzz_*.c; set -- "${@#tests/fuzz/}"; set -- "${@%.c}"; }
make --no-print-directory -j"$(nproc)" BUILD="$build" CC="${CLANG:-clang}" LIBFUZZER=1 LDFLAGS=-fsanitize=fuzzer,address,undefined \
	CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' "${@/#/$build/fuzz/}"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"

show() { # TARGET
	local input
	for input in "$build/found/$1"/*; do
		case $input in */slow-unit-* | *'/*') continue ;; esac
		printf '%s\n' "The input of $(stat -c %s "$input") bytes that did it:" "base64 -d <<'END' | gunzip >tests/fuzz/corpus/$1/${input##*-}"
		gzip -9n <"$input" | base64 -w 120
		echo END
	done
}

fuzz() { # TARGET
	local dictionary=() log=$build/$1.log began=$SECONDS
	[ ! -e "tests/fuzz/dictionary/$1.dict" ] || dictionary=("-dict=tests/fuzz/dictionary/$1.dict")
	mkdir -p "$build/corpus/$1" "$build/found/$1"
	rm -f "$build/found/$1"/*
	if "$build/fuzz/$1" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
		-verbosity=0 "${dictionary[@]}" -artifact_prefix="$build/found/$1/" "$build/corpus/$1" "tests/fuzz/corpus/$1" >"$log" 2>&1; then
		echo "ok      $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs ($((SECONDS - began)) s)"
	else
		# Two targets may end at once.
		{
			flock 9
			cat "$log"
			show "$1"
			echo "FAILED  $1"
		} 9>"$build/lock"
		return 1
	fi
}

status=0 running=0
for name; do
	[ "$running" -lt "$(nproc)" ] || { wait -n || status=1; running=$((running - 1)); }
	fuzz "$name" &
	running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
	wait -n || status=1
	running=$((running - 1))
done
exit $status
