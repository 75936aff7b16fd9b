# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of wimplan, wimplan-apply and wimplan-export for bash. `make install` puts it where bash-completion finds it.

_wimplan_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_wimplan_files() {
	mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
	compopt -o filenames 2>/dev/null
}

# What follows an option that takes a value; fails when the option takes none.
_wimplan_value() {
	case $1 in
	-o | --output | --cache | --config | --records | --plan | --since | --events | --journal | --receipt | --ca-file | --token-file)
		_wimplan_files
		;;
	--color) _wimplan_words 'auto always never' ;;
	--format)
		if [ "${COMP_WORDS[1]}" = diff ]; then
			_wimplan_words 'text markdown html json'
		else
			_wimplan_words 'text markdown html csv json powershell'
		fi
		;;
	--fail-on) _wimplan_words 'changes blocked unproven dp-failed below-expected risk:' ;;
	--date-order) _wimplan_words 'dmy mdy ymd' ;;
	--delimiter) COMPREPLY=() ;;
	--auth) _wimplan_words 'negotiate ntlm bearer none' ;;
	--commit) _wimplan_words 'auto always never' ;;
	--provider | --user | --proxy | --timeout | --settle | --window) COMPREPLY=() ;;
	--image | --record | --match | --path | --depth | --limit | --site | --delimiter | --taken-at | --snapshot | --map | --only | --exclude | --jobs | --parallel) COMPREPLY=() ;;
	*) return 1 ;;
	esac
}

_wimplan() {
	local common='--json --output --cache --config --color --quiet --verbose --help --version'
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options='' verbs=''

	COMPREPLY=()
	if [ "$COMP_CWORD" -le 1 ]; then
		_wimplan_words 'help inspect diff import snapshot plan show audit verify record baseline log --help --version'
		return
	fi
	_wimplan_value "${COMP_WORDS[COMP_CWORD - 1]}" && return
	case $command in
	inspect) options='--map --image --deep --servicing --expect --xml --fail-on' ;;
	diff)
		options='--servicing --files --path --depth --limit --json-lines --match --only-matched --format --all --record
			--snapshot --site --map --detailed-exitcode'
		;;
	import) options='--site --taken-at --date-order' ;;
	snapshot) options='--site' verbs='list show diff remove' ;;
	plan)
		options='--snapshot --site --records --date-order --map --only --exclude --jobs --events --all --print-config
			--detailed-exitcode --fail-on'
		;;
	audit)
		options='--site --taken-at --date-order --map --only --exclude --jobs --events --format --all --set --timezone --since
			--bom --delimiter --detailed-exitcode --fail-on'
		;;
	show) options='--format --all --set --timezone --since --bom --delimiter' ;;
	verify) options='--map --data --all --jobs --events' ;;
	record) options='--plan --map --jobs' ;;
	log) options='--site' ;;
	help) verbs='inspect diff import snapshot plan show audit verify record baseline log' ;;
	baseline) options='--site --all --snapshot --map --jobs' verbs='list adopt forget' ;;
	esac
	case $word in
	-*) _wimplan_words "$options $common" ;;
	*)
		if [ -z "$verbs" ]; then
			_wimplan_files
		elif [[ " $verbs " != *" ${COMP_WORDS[COMP_CWORD - 1]} "* ]]; then
			_wimplan_words "$verbs"
		fi
		;;
	esac
}

_wimplan_apply() {
	local options='--yes --expect-plan --skip-conflicts --window --settle --commit --journal --receipt'
	local provider='--provider --auth --user --token-file --ca-file --proxy --timeout'
	local common='--only --events --json --output --config --quiet --verbose --help --version'
	local word=${COMP_WORDS[COMP_CWORD]}

	if [ "$COMP_CWORD" -le 1 ]; then
		_wimplan_words 'help check run status --help --version'
		return
	fi
	_wimplan_value "${COMP_WORDS[COMP_CWORD - 1]}" && return
	if [ "${COMP_WORDS[1]}" = help ]; then
		_wimplan_words 'check run status'
		return
	fi
	case $word in
	-*) _wimplan_words "$options $provider $common" ;;
	*) _wimplan_files -f ;;
	esac
}

_wimplan_export() {
	local options='--parallel --probe --no-distribution-state --no-task-sequences'
	local provider='--provider --auth --user --token-file --ca-file --proxy --timeout'
	local common='--only --events --json --output --config --quiet --verbose --help --version'

	_wimplan_value "${COMP_WORDS[COMP_CWORD - 1]}" || _wimplan_words "$options $provider $common"
}

complete -F _wimplan wimplan
complete -F _wimplan_apply wimplan-apply
complete -F _wimplan_export wimplan-export
