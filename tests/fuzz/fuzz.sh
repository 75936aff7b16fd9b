#!/bin/bash
# Fuzzes every target with clang's libFuzzer: fuzz.sh BUILD SECONDS. New inputs stay in BUILD/corpus; a crash stays in
# BUILD/crash-* and ends the run. What is found goes to tests/fuzz/corpus, where every test run replays it.
set -eu
cd "$(dirname "$0")/../.."
build=$1 seconds=$2
make --no-print-directory BUILD="$build" CC=clang \
	CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' "$build/libwimplan.a" "$build/libs"
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	clang @"$build/flags" -fsanitize=fuzzer,address,undefined -o "$build/$name" "$source" "$build/libwimplan.a" @"$build/libs"
	mkdir -p "$build/corpus/$name"
	echo "== $name"
	"$build/$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix="$build/crash-$name-" "$build/corpus/$name" "tests/fuzz/corpus/$name"
done
