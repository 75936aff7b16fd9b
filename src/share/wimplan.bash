# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of wimplan, wimplan-apply and wimplan-export for bash. The programs themselves say what a word may become:
# `wimplan --complete WORD…`, and ":files" and the like where the shell knows better.

_wimplan() {
	local program=$1 word='' piece=${COMP_WORDS[COMP_CWORD]} line cut words=() i

	# bash takes words apart at '=' and ':'.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if [[ ${#words[@]} -gt 0 && (${COMP_WORDS[i]} == [=:]* || ${words[-1]} == *[=:]) ]]; then
			words[-1]+=${COMP_WORDS[i]}
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done
	word=${words[-1]}
	[[ $piece == [=:]* ]] && piece=${piece:1}
	cut=${word%"$piece"}
	[[ $word == --*=* ]] && cut=${cut#"${word%%=*}="}
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:files | :folders)
			[[ $line = :files ]] && line=-f || line=-d
			while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$line" -- "$piece")
			compopt -o filenames 2>/dev/null
			;;
		:packages)
			while IFS= read -r line; do COMPREPLY+=("${line%%$'\t'*}"); done < <(wimplan --complete log "$piece" 2>/dev/null)
			;;
		*)
			line=${line%%$'\t'*}
			COMPREPLY+=("${line#"$cut"}")
			;;
		esac
	done < <("$program" --complete "${words[@]}" 2>/dev/null)
	[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *: ]] || compopt -o nospace 2>/dev/null
}

complete -F _wimplan wimplan wimplan-apply wimplan-export
