#!/bin/bash
# Fuzzes targets with clang's libFuzzer, as many at a time as there are processors: fuzz.sh BUILD SECONDS [TARGET…] (all without one).
# New inputs stay in BUILD/corpus; a crash stays in BUILD/crash-* and ends that target. What is found goes to tests/fuzz/corpus, where
# every test run replays it.
set -eu
cd "$(dirname "$0")/../.."
build=$1 seconds=$2
shift 2
[ $# -gt 0 ] || { set -- tests/fuzz/fuzz_*.c; set -- "${@#tests/fuzz/}"; set -- "${@%.c}"; }
make --no-print-directory -j"$(nproc)" BUILD="$build" CC="${CLANG:-clang}" LIBFUZZER=1 LDFLAGS=-fsanitize=fuzzer,address,undefined \
	CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' "${@/#/$build/fuzz/}"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"

fuzz() { # TARGET
	local dictionary=() log=$build/$1.log
	[ ! -e "tests/fuzz/dictionary/$1.dict" ] || dictionary=("-dict=tests/fuzz/dictionary/$1.dict")
	mkdir -p "$build/corpus/$1"
	if "$build/fuzz/$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
		-verbosity=0 "${dictionary[@]}" -artifact_prefix="$build/crash-$1-" "$build/corpus/$1" "tests/fuzz/corpus/$1" >"$log" 2>&1; then
		echo "ok      $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
	else
		cat "$log"
		echo "FAILED  $1"
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
