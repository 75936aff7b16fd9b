# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of wimplan, wimplan-apply and wimplan-export for fish. The programs themselves say what a word may become:
# `wimplan --complete WORD…`, and ":files" and the like where the shell knows better.

function __wimplan_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l front (string match -r '^--[^=]*=' -- $word)
    for line in ($words[1] --complete $words[2..-1] "$word" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$word") | string replace -r '^' -- "$front"
            case :folders
                set front (string match -r '^.*=' -- $word)
                __fish_complete_directories (string replace -r '^.*=' '' -- "$word") | string replace -r '^' -- "$front"
            case :packages
                wimplan --complete log (string replace -r '^--[^=]*=' '' -- "$word") 2>/dev/null | string replace -r '^' -- "$front"
            case '*'
                string replace -r '^' -- "$front" $line
        end
    end
end

complete -c wimplan -f -a '(__wimplan_complete)'
complete -c wimplan-apply -f -a '(__wimplan_complete)'
complete -c wimplan-export -f -a '(__wimplan_complete)'
