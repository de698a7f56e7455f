# Completion of wsproof for bash. It asks the program itself, and so knows what that knows.

_wsproof() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} value help

    if [ "$COMP_CWORD" -eq 1 ]; then
        help=$("$program" --help 2>/dev/null)
        mapfile -t COMPREPLY < <(compgen -W "--help --version $(sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' <<<"$help")" -- "$word")
        return
    fi
    help=$("$program" "$command" --help 2>/dev/null)
    value=$(sed -n "s/^  \(-., \)\{0,1\}$before \([^ ]*\).*/\2/p" <<<"$help")
    case $before:$value in
    -*:FILE | -*:PATH) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    -*:DIR) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    -*:GLOB)
        mapfile -t COMPREPLY < <(compgen -W "$("$program" cases list 2>/dev/null | cut -d' ' -f1)" -- "$word") ;;
    -*:LEVEL) mapfile -t COMPREPLY < <(compgen -W "pedantic minor major critical" -- "$word") ;;
    -*:ROLE) mapfile -t COMPREPLY < <(compgen -W "server client" -- "$word") ;;
    -*:?*) COMPREPLY=() ;; # a value that only a person knows
    *)
        case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "--help $(sed -n 's/^  \(-., \)\{0,1\}\(--*[a-z][a-z-]*\).*/\2/p' <<<"$help")" -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        esac
        ;;
    esac
}
complete -o filenames -F _wsproof wsproof
