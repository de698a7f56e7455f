# Completion of wsproof for fish. It asks the program itself, and so knows what that knows.

function __wsproof_commands
    wsproof --help 2>/dev/null | string replace -rf '^  ([a-z][a-z-]*)  +(.*)' '$1\t$2'
end

# The options of the command on the line, or what may stand behind the last one.
function __wsproof_words
    set -l line (commandline -opc)
    set -l help (wsproof $line[2] --help 2>/dev/null)
    set -l value (string replace -rf -- "^  (?:-., )?$line[-1] (\\S+).*" '$1' $help)
    switch "$value"
        case FILE PATH
            __fish_complete_path (commandline -ct)
        case DIR
            __fish_complete_directories (commandline -ct)
        case GLOB
            wsproof cases list 2>/dev/null | string replace -r ' .*' ''
        case LEVEL
            printf '%s\n' pedantic minor major critical
        case ROLE
            printf '%s\n' server client
        case ''
            printf '%s\n' --help
            string replace -rf '^  (?:-., )?(--?[a-z][a-z-]*)(?: .*?)?(?:  +(.*))?$' '$1\t$2' $help
            __fish_complete_path (commandline -ct)
    end
end

complete -c wsproof -f
complete -c wsproof -n 'test (count (commandline -opc)) -eq 1' -a '(__wsproof_commands)'
complete -c wsproof -n 'test (count (commandline -opc)) -gt 1' -a '(__wsproof_words)'
