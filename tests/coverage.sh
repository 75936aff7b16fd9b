#!/bin/bash
# Branch coverage of a build for it: coverage.sh BUILD. Runs what tries the sources as they are, prints lines and branches of each
# folder of src/ with a page for each file, and fails where one of those that decide has less than 90 % of its branches.
#
# Left out, because no test can go there: the calls that end the program when there is no memory (wp_must(), wp_out_of_memory()), and
# branches that the compiler makes without a line of ours; and the lines of jansson's json_array_foreach() and json_object_foreach(), which
# ask once more what their counting has just said. Nothing else is.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1 log=$1/coverage.log
decide='wim site import plan audit'
least=90
find "$build/obj" -name '*.gcda' -delete

run() { # COMMAND…
	echo "--- $*" >>"$log"
	"$@" >>"$log" 2>&1 || echo "not all of it passes: $*"
}
: >"$log"
{
	for script in tests/apply/test_*.py tests/export/test_*.py; do
		run "$script" "$build"
	done
} &
run "$build/unit-tests" --short-filename -j0
run tests/run-cases.py "$build"
for target in "$build"/fuzz/fuzz_*; do
	case $target in *.d | *.o) continue ;; esac
	run "$target" "tests/fuzz/corpus/$(basename "$target")"
done
for script in hierarchy exports boot hostile schemas page-figures help readme; do
	run "tests/check-$script.py" "$build"
done
wait

# gcc 12 gives a count below zero now and then (a branch that it computes from others): of that line nothing is known.
gcovr --gcov-ignore-parse-errors --root . --filter src/ --object-directory "$build/obj" --exclude-unreachable-branches --exclude-branches-by-pattern '.*(wp_must|wp_out_of_memory|json_array_foreach|json_object_foreach) *\(.*' \
	--json-summary "$build/coverage.json" --html-details "$build/coverage.html" "$build/obj/src" >>"$log" 2>&1 || { tail -5 "$log"; exit 1; }
python3 tests/coverage.py "$build/coverage.json" "$least" $decide
status=$?
echo "Each file: $build/coverage.html; what the tests said: $log"
exit $status
