#!/bin/bash
# All tests over one build: check.sh BUILD. Ends with 1 when one of them failed.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
logs=$build/sanitizer-logs
rm -rf "$logs"
mkdir -p "$logs"
logs=$(realpath "$logs")

# A leak, or an error inside a child, does not fail a Criterion run by itself: the reports go to files, and a file that
# exists fails the run.
export ASAN_OPTIONS="log_path=$logs/asan:detect_leaks=1:allocator_may_return_null=1"
export UBSAN_OPTIONS="log_path=$logs/ubsan:print_stacktrace=1:halt_on_error=1"
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"

# What a step says comes in one piece when it is over, because three of them run at a time.
results=$(mktemp -d) sanitized=
! grep -q __asan_init "$build/wimplan" || sanitized=1
trap 'rm -rf "$results"' EXIT
trap 'trap - INT TERM; kill 0' INT TERM
step() { # NAME COMMAND…
	local name=$1 output verdict=ok began=$SECONDS
	shift
	output=$(mktemp -p "$results")
	"$@" >"$output" 2>&1 || verdict=FAILED
	{
		flock 9
		cat "$output"
		printf '%-7s %s (%d s)\n' $verdict "$name" $((SECONDS - began))
		[ $verdict = ok ] || echo "$name" >>"$results/failed"
	} 9>"$results/lock"
	rm "$output"
}

# Most of these wait for something: for a site, or for a time-out.
waiting_steps() {
	local script
	for script in tests/apply/test_*.py; do
		step "$(basename "$script" .py) of apply" "$script" "$build"
	done
	for script in tests/export/test_*.py; do
		step "$(basename "$script" .py) of export" "$script" "$build"
	done
	step 'Kerberos' tests/apply/kerberos.py "$build"
	step 'NTLM' tests/apply/ntlm.py "$build"
	step 'kills of export' tests/export/kill.py "$build" "${KILLS:-40}"
	step 'kills of apply' tests/apply/kill.py "$build" "${KILLS:-40}"
}

# What uses a processor for minutes, one program of somebody else after the other; in a build with sanitizers it would be the same.
shell_steps() {
	step 'PowerShell' tests/powershell/all.py "$build"
	step 'completion in bash, zsh and fish' tests/check-completion.py "$build"
}

# Of the sources, and of how the programs are built.
source_steps() {
	step 'layers' tests/layers.sh "$build"
	step 'layers, planted' tests/test-layers.py "$build"
	step 'map of the sources' tests/check-map.py
	step 'security page' tests/check-security.py
	step 'what is read of a file' tests/check-reading.py "$build"
	step 'hardening' tests/check-hardening.sh "$build"
}

working_steps() {
	local target name
	[ -n "$sanitized" ] || source_steps
	step 'unit tests' "$build/unit-tests" --short-filename -j0
	step 'test harness' tests/check-harness.py "$build"
	step 'text cases' tests/run-cases.py "$build"
	for target in "$build"/fuzz/fuzz_*; do
		case $target in *.d | *.o) continue ;; esac
		name=$(basename "$target")
		step "corpus of $name" "$target" "tests/fuzz/corpus/$name"
	done
	step 'packages in batches' tests/check-batches.py "$build"
	step 'a hierarchy' tests/check-hierarchy.py "$build"
	step 'expensive exports' tests/check-exports.py "$build"
	step 'memory that runs out' tests/check-memory.py "$build"
	step 'calls on files that fail' tests/check-faults.py "$build"
	step 'boot files' tests/check-boot.py "$build"
	step 'boot files of sources' tests/check-boot-plan.py "$build"
	step 'names in boot files' tests/check-boot-names.py "$build"
	step 'what reading leaves behind' tests/check-no-trace.py "$build"
	step 'hostile files' tests/check-hostile.py "$build"
	step 'outputs over inputs' tests/check-outputs.py "$build"
	step 'many at once' tests/check-concurrency.py "$build"
	step 'power cuts' tests/check-power.py "$build" 8
	step 'attacks' tests/check-attacks.py "$build" 20
	step 'help and manual' tests/check-help.py "$build"
	step 'schemas' tests/check-schemas.py "$build"
	step 'figures of a page' tests/check-page-figures.py "$build"
	step 'HTML in a browser' tests/check-html.py "$build"
	step 'README' tests/check-readme.py "$build"
	step 'demo' sh -c 'tests/demo.sh "$1" >"$1/demo.log" 2>&1 || { tail -20 "$1/demo.log"; exit 1; }' - "$build"
	step 'install and uninstall' tests/check-install.sh "$build"
}

waiting_steps &
[ -n "$sanitized" ] || shell_steps &
working_steps
wait

# A thread that has just been joined can still be ending while LeakSanitizer stops all threads; it says that it got no registers of
# that one and goes on. That is no finding: a leak has a report of its own.
for report in "$logs"/*; do
	[ ! -f "$report" ] || grep -qv '^==[0-9]*==Unable to get registers from thread [0-9]*\.$' "$report" || rm "$report"
done
if [ -n "$(ls -A "$logs")" ]; then
	echo "FAILED  sanitizer reports:"
	head -50 "$logs"/*
	echo 'sanitizer reports' >>"$results/failed"
fi
if [ -e "$results/failed" ]; then
	echo "Some tests failed: $(paste -sd, "$results/failed")"
	exit 1
fi
echo 'All tests passed.'
