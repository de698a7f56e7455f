#compdef wsproof
# Completion of wsproof for zsh. It asks the program itself, and so knows what that knows.

_wsproof() {
    local program=$words[1] help value before=$words[CURRENT-1]
    local -a found

    if (( CURRENT == 2 )); then
        found=(${(f)"$($program --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)   *\(.*\)/\1:\2/p')"})
        _describe command found
        return
    fi
    help=$($program $words[2] --help 2>/dev/null)
    value=$(sed -n "s/^  \(-., \)\{0,1\}$before \([^ ]*\).*/\2/p" <<<$help)
    case $before:$value in
    -*:(FILE|PATH)) _files ;;
    -*:DIR) _files -/ ;;
    -*:GLOB)
        found=(${(f)"$($program cases list 2>/dev/null | cut -d' ' -f1)"})
        compadd -a found
        ;;
    -*:LEVEL) compadd pedantic minor major critical ;;
    -*:ROLE) compadd server client ;;
    -*:?*) _message "$value" ;;
    *)
        if [[ $words[CURRENT] == -* ]]; then
            found=(--help:"what it can do"
                ${(f)"$(sed -n 's/^  \(-., \)\{0,1\}\(--*[a-z][a-z-]*\) *[^ ]*  *\(.*\)/\2:\3/p; s/^  \(-., \)\{0,1\}\(--*[a-z][a-z-]*\)\( [^ ]*\)\{0,1\}$/\2/p' <<<$help)"})
            _describe -o option found
        else
            _files
        fi
        ;;
    esac
}

_wsproof "$@"
