#compdef wimplan wimplan-apply wimplan-export
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of wimplan, wimplan-apply and wimplan-export for zsh. The programs themselves say what a word may become:
# `wimplan --complete WORD…`, and ":files" and the like where the shell knows better.

local program=${(Q)words[1]} line
local -a typed found shown

typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
# In "--option=value" the value is what is completed.
[[ ${typed[-1]} == --*=* ]] && compset -P '*='
for line in "${(@f)$($program --complete "${typed[@]}" 2>/dev/null)}"; do
	case $line in
	('') ;;
	(:files) _files ;;
	(:folders) compset -P '*='; _files -/ ;;
	(:packages)
		for line in "${(@f)$(wimplan --complete log "${(Q)PREFIX}" 2>/dev/null)}"; do
			[[ -z $line ]] || { found+=("${line%%$'\t'*}"); shown+=("${line/$'\t'/  }"); }
		done
		;;
	(*) found+=("${line%%$'\t'*}"); shown+=("${line/$'\t'/  }") ;;
	esac
done
(( $#found )) && compadd -l -d shown -a found
