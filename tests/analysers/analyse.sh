#!/bin/bash
# Analysers over the sources: analyse.sh BUILD [all]. BUILD/flags says how they are compiled. Ends with 1 when one finds something.
# With `all` also the checks of clang that follow every path, which take ten minutes of a processor.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1 depth=${2:-} failed='' jobs=$(nproc)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# For analysers of another compiler than the build's, and without what ends a compiler at its first warning.
flags=$(grep -hv '^#' "$build/flags" | sed 's/-Werror[^ ]*//g; s/-fstack-clash-protection//; s/-fsanitize[^ ]*//g')
flags="$flags $(pkg-config --cflags fuse3)"
printf '%s\n' "$flags" >"$results/flags"
c_files=$(git ls-files 'src/*.c' 'tests/site/*.c' 'tests/tools/*.c' 'tests/unit/*.c' 'tests/fuzz/*.c' 'tests/bench/*.c')
sources=$(grep '^src/' <<<"$c_files")
programs=$(grep -v '^tests/unit/\|^tests/fuzz/' <<<"$c_files")

analyser() { # NAME COMMAND…: whatever it says is a finding
	local name=$1 began=$SECONDS before after
	shift
	before=$(awk '{ print $16 + $17 }' /proc/$$/stat)
	"$@" >"$results/output" 2>&1
	grep -v 'warnings generated\.$\|warning generated\.$\|treated as errors\?$\|^Suppressed \|^Use -header-filter' "$results/output" >"$results/said"
	after=$(awk '{ print $16 + $17 }' /proc/$$/stat)
	cat "$results/said"
	if [ -s "$results/said" ]; then
		failed="$failed $name"
		printf 'FAILED '
	else
		printf 'ok     '
	fi
	printf '%s (%d s, %d s of processor time)\n' "$name" $((SECONDS - began)) $(((after - before) / $(getconf CLK_TCK)))
}

# gcc 12 takes what an arena or a structure keeps for leaked, which LeakSanitizer tells better (make check-asan), and one of two
# pointers of which never both are NULL for NULL: none of the forty such findings that were read was true.
gcc_analyzer() {
	local excused
	while read -r source; do
		# A function that gives a struct wp_time fills all of it, but gcc sees one of its two flags unset where it is copied.
		case $source in src/audit/schedules.c) excused=-Wno-analyzer-use-of-uninitialized-value ;; *) excused=-fanalyzer ;; esac
		echo "$excused $source"
	done <<<"$sources" | xargs -P"$jobs" -L1 gcc @"$results/flags" -O1 -U_FORTIFY_SOURCE -fanalyzer -Wno-analyzer-malloc-leak \
		-Wno-analyzer-null-dereference -Wno-analyzer-null-argument -S -o /dev/null
}

# Clang's warnings come with them.
clang_tidy() {
	# shellcheck disable=SC2086 # the flags are words
	printf '%s\n' "$c_files" | xargs -P"$jobs" -n4 sh -c 'clang-tidy --quiet "$@" -- '"$(tr '\n' ' ' <"$results/flags")" - "$@"
}

clang_paths() {
	clang_tidy --checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.*,-clang-analyzer-optin.*'
}

# varFuncNullUB: NULL is a pointer in C17 on every system with glibc.
cpp_check() {
	mkdir -p "$build/cppcheck"
	# shellcheck disable=SC2086 # a list of names
	cppcheck -j"$jobs" --std=c11 -D_GNU_SOURCE -D__x86_64__ -Iinclude -I"$build/generated" --library=tests/analysers/jansson.cfg \
		--enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem --suppress=varFuncNullUB --quiet \
		--template='{file}:{line}:{column}: {severity}: {message} [{id}]' $programs
}

shell_check() {
	git grep -lE '^#!/bin/(ba)?sh' -- ':!*.scd' | xargs shellcheck --severity=warning
}

# Only where its module is installed: nuget.org has it not. The script of a plan is looked at whole, as it is shown.
script_analyzer() {
	cat src/report/powershell/*.ps1 >"$results/plan.ps1"
	"$pwsh" -NoProfile -NonInteractive -Command "
		foreach (\$script in '$results/plan.ps1', 'src/share/Export-WimplanRecords.ps1') {
			Invoke-ScriptAnalyzer -Path \$script -Settings tests/analysers/powershell.psd1 |
				ForEach-Object { \"\$(\$_.ScriptName):\$(\$_.Line): \$(\$_.Message) [\$(\$_.RuleName)]\" }
		}"
}

analyser 'gcc -fanalyzer' gcc_analyzer
analyser 'clang-tidy' clang_tidy
[ "$depth" != all ] || analyser 'clang-analyzer' clang_paths
analyser 'cppcheck' cpp_check
analyser 'shellcheck' shell_check
pwsh=$build/pwsh/pwsh
[ -x "$pwsh" ] || pwsh=$(command -v pwsh || true)
if [ -n "$pwsh" ] && "$pwsh" -NoProfile -Command 'exit [int]!(Get-Module -ListAvailable PSScriptAnalyzer)' >/dev/null 2>&1; then
	analyser 'PSScriptAnalyzer' script_analyzer
else
	echo 'skipped PSScriptAnalyzer: there is no PowerShell with that module'
fi
[ -z "$failed" ] || { echo "These found something:$failed"; exit 1; }
echo 'All analysers passed.'
