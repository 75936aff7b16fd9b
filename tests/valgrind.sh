#!/bin/bash
# Unit tests and text cases under valgrind: valgrind.sh BUILD. Criterion swallows valgrind's exit status, so the reports
# go to files, and one that is not empty fails the run.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$(realpath "$1")
logs=$build/valgrind-logs
rm -rf "$logs"
mkdir -p "$logs"
wrapper=(valgrind -q --trace-children=yes --leak-check=full --errors-for-leak-kinds=definite
	"--suppressions=$PWD/tests/valgrind.supp" "--log-file=$logs/vg.%p")

failed=0
"${wrapper[@]}" "$build/unit-tests" --short-filename -j0 || failed=1
tests/run-cases.py "$build" --wrapper "${wrapper[*]}" || failed=1
find "$logs" -type f -empty -delete
if [ -n "$(ls -A "$logs")" ]; then
	head -60 "$logs"/*
	failed=1
fi
exit $failed
