#!/bin/bash
# Fuzzes targets with clang's libFuzzer: fuzz.sh BUILD SECONDS [TARGET…] (all without one). New inputs stay in BUILD/corpus; a
# crash stays in BUILD/crash-* and ends that target. What is found goes to tests/fuzz/corpus, where every test run replays it.
set -eu
cd "$(dirname "$0")/../.."
build=$1 seconds=$2
shift 2
[ $# -gt 0 ] || { set -- tests/fuzz/fuzz_*.c; set -- "${@#tests/fuzz/}"; set -- "${@%.c}"; }
make --no-print-directory -j"$(nproc)" BUILD="$build" CC=clang LIBFUZZER=1 LDFLAGS=-fsanitize=fuzzer,address,undefined \
	CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' "${@/#/$build/fuzz/}"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
status=0
for name; do
	mkdir -p "$build/corpus/$name"
	dictionary=()
	[ ! -e "tests/fuzz/dictionary/$name.dict" ] || dictionary=("-dict=tests/fuzz/dictionary/$name.dict")
	echo "== $name"
	"$build/fuzz/$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
		-verbosity=0 "${dictionary[@]}" -artifact_prefix="$build/crash-$name-" \
		"$build/corpus/$name" "tests/fuzz/corpus/$name" || status=1
done
exit $status
