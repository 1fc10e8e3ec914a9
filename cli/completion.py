"""`mesh completion`: the text that makes a shell complete words of `mesh`, with values of this mesh."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from cli.console import answer_as_it_is

BASH: Final = """\
_mesh_complete() {
    local IFS=$'\\n' answer kind
    answer=$(_MESH_COMPLETE=bash COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
        "${1/#\\~/$HOME}" 2>/dev/null) || return
    kind=${answer%%$'\\n'*}
    case $kind in
        values)
            compopt +o default +o bashdefault
            [[ $answer == *$'\\n'* ]] && COMPREPLY=(${answer#*$'\\n'})
            ;;
        folders) compopt +o default +o bashdefault -o dirnames ;;
    esac
}
complete -o bashdefault -o default -F _mesh_complete mesh
"""
ZSH: Final = """\
#compdef mesh
_mesh() {
    local -a lines
    local kind
    lines=("${(@f)$(_MESH_COMPLETE=zsh "${(Q)words[1]}" "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    kind=${lines[1]}
    shift lines
    case $kind in
        values) [[ -n ${lines[1]} ]] && _describe -V value lines ;;
        folders) _files -/ ;;
        files) _files ;;
    esac
}
if [[ $funcstack[1] == _mesh ]]; then _mesh "$@"; else compdef _mesh mesh; fi
"""
FISH: Final = """\
function __mesh_complete
    set -l words (commandline -opc)
    set -l lines (env _MESH_COMPLETE=fish $words (commandline -ct) 2>/dev/null)
    switch "$lines[1]"
        case values
            printf '%s\\n' $lines[2..-1]
        case folders
            __fish_complete_directories (commandline -ct)
        case files
            __fish_complete_path (commandline -ct)
    end
end
complete -c mesh -f -a '(__mesh_complete)'
"""
SCRIPTS: Final = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def completion(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="The shell.", metavar="bash|zsh|fish")],
) -> None:
    """Print what makes a shell complete commands, options and names.

    Names are those of the nearest mesh: its domains, products, clearances, groups, stacks and partners. In ~/.bashrc or
    ~/.zshrc (after compinit): eval "$(mesh completion bash)", or zsh.
    """
    answer_as_it_is(SCRIPTS[shell].rstrip())
