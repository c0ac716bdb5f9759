# SPDX-License-Identifier: Apache-2.0
#
# Completion of ctnr and of all ctnr-* tools in fish. Commands, options and choices are asked of the
# tool itself (--dump-options); see completions/bash/ctnr, which does the same.

function __ctnr_images
    ctnr-store image ls --quiet 2>/dev/null | string match -rv '^sha(256|512):' |
        string replace -r '^(docker\.io/(library/)?|localhost/)' '' | string replace -r '$' '\timage'
end

function __ctnr_containers
    ctnr-store bundle ls --quiet 2>/dev/null | string replace -r '$' '\tcontainer'
end

function __ctnr_addresses
    if string match -q 'oci:*' -- $argv[1]
        for dir in (__fish_complete_directories (string sub -s 5 -- $argv[1]))
            echo oci:$dir
        end
    else
        printf '%s\n' docker:// oci:
    end
end

# Where ctnr-push copies to.
function __ctnr_destinations
    set -l transport (string match -r '^(?:oci-archive|docker-archive|dir):' -- $argv[1])
    if test -n "$transport"
        for path in (__fish_complete_path (string replace -- $transport '' $argv[1]))
            echo $transport$path
        end
    else
        __ctnr_addresses $argv[1]
        printf '%s\n' oci-archive: docker-archive: dir:
    end
end

# The value of an option whose fields are the arguments behind what is typed.
function __ctnr_value
    set -l typed $argv[1]
    set -l field $argv[2..]
    if test "$field[6]" != -
        string split '|' -- $field[6]
        return
    end
    switch $field[4]
        case '*FILE*' '*PATH*' CONFIG
            __fish_complete_path $typed
        case '*DIR*' BUNDLE
            __fish_complete_directories $typed
        case IMAGE
            __ctnr_images
        case CONTAINER ID
            __ctnr_containers
        case '*SRC*'
            __fish_complete_path $typed
        case MODE
            printf '%s\n' host none
        case OPT
            printf '%s\n' no-new-privileges seccomp=default seccomp=unconfined
        case 'NAME=VALUE' 'KEY=VALUE' 'NAME[=VALUE]'
            set -nx | string replace -r '$' '='
    end
end

function __ctnr_operand
    set -l typed $argv[2]
    switch $argv[1]
        case 'ctnr run:0' 'ctnr container run:0' 'ctnr bundle:0' 'ctnr-unpack -:0' \
                'ctnr pull:*' 'ctnr image pull:*' 'ctnr artifact pull:*' 'ctnr-fetch -:*'
            __ctnr_images
            __ctnr_addresses $typed
        case 'ctnr push:0' 'ctnr image push:0' 'ctnr artifact push:0' 'ctnr manifest push:0' 'ctnr-push -:0'
            __ctnr_images
        case 'ctnr push:*' 'ctnr image push:*' 'ctnr artifact push:*' 'ctnr manifest push:*' 'ctnr-push -:*'
            __ctnr_images
            __ctnr_destinations $typed
        case 'ctnr tag:*' 'ctnr save:*' 'ctnr untag:*' 'ctnr rmi:*' 'ctnr history:*' 'ctnr image *' 'ctnr-store image *' \
                'ctnr manifest *' 'ctnr-store index *' 'ctnr artifact *:0' 'ctnr-store artifact *:0'
            __ctnr_images
        case 'ctnr inspect:*' 'ctnr diff:*' 'ctnr-store diff:*' 'ctnr check:*' 'ctnr system check:*' 'ctnr-store check:*'
            __ctnr_images
            __ctnr_containers
        case 'ctnr ps:*' 'ctnr images:*' 'ctnr doctor:*' 'ctnr version:*' 'ctnr system *' \
                'ctnr login:*' 'ctnr logout:*' 'ctnr-login *'
        case 'ctnr rm:*' 'ctnr bundle *' 'ctnr container *' 'ctnr-store bundle *' 'ctnr-exec *:0' \
                'ctnr-spec -:0' 'ctnr commit:0' 'ctnr-pack -:0'
            __ctnr_containers
        case 'ctnr unshare:0' 'ctnr-unshare -:0'
            __fish_complete_command
        case 'ctnr bundle:1'
            __fish_complete_directories $typed
        case '*'
            __fish_complete_path $typed
    end
end

# The row of an option of the command, its fields one a line.
function __ctnr_option --no-scope-shadowing
    for row in $table
        set -l field (string split \t -- $row)
        if test -z "$command" -o "$field[1]" = "$command"
            if test "x$argv[1]" != x-; and contains -- "$argv[1]" $field[2..3]
                printf '%s\n' $field
                return
            end
        end
    end
    return 1
end

# The next word of each command that begins with the words so far.
function __ctnr_commands --no-scope-shadowing
    set -l lead "$command "
    test -n "$command"; or set lead ''
    string replace -r '\t.*' '' -- $table | string match -v -- '\*' | sort -u |
        string match -r -- '^'(string escape --style=regex -- $lead)'\S+' |
        string sub -s (math (string length -- $lead) + 1) | sort -u
end

function __ctnr_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l tool (basename -- $words[1])
    set -l table ($words[1] --dump-options 2>/dev/null)
    set -l command
    set -l operands 0
    set -l pending
    set -l ended
    string match -q -- '-'\t'*' $table[1]; and set command -

    for word in $words[2..]
        if test -n "$pending"
            set pending
        else if test -z "$ended"; and test "x$word" = x--
            set ended 1
        else if test -z "$ended"; and string match -q -- '-?*' $word
            string match -q -- '--*=*' $word; and continue
            # Of bundled letters the last may take a value.
            set -l name $word
            string match -q -- '--*' $word; or set name -(string sub -s -1 -- $word)
            set -l field (__ctnr_option $name)
            and not contains -- "$field[5]" bool switch
            and set pending $field
        else
            set -l candidate (string join ' ' -- (string match -v -- '' $command) $word)
            if test $operands = 0; and string match -rq -- '^'(string escape --style=regex -- $candidate)'[ \t]' $table
                set command $candidate
                continue
            end
            set operands (math $operands + 1)
            switch "$tool $command"
                case 'ctnr run' 'ctnr container run' 'ctnr bundle' 'ctnr unshare' 'ctnr-unshare -'
                    set ended 1
            end
        end
    end

    if test -n "$pending"
        __ctnr_value "$typed" $pending
    else if test -z "$ended"; and string match -q -- '--*=*' $typed
        set -l name (string replace -r '=.*' '' -- $typed)
        set -l field (__ctnr_option $name)
        and __ctnr_value (string replace -r '^[^=]*=' '' -- $typed) $field | string replace -r -- '^' $name=
    else if test -z "$ended"; and string match -q -- '-*' $typed
        # Before a command stand the options of the rows "*".
        set -l rows_of "$command"
        test -n "$rows_of"; or set rows_of '*'
        for row in $table
            set -l field (string split \t -- $row)
            test "$field[1]" = "$rows_of"; and printf '%s\t%s\n' $field[2] $field[7]
        end
    else
        if test $operands = 0 -a "$command" != -
            __ctnr_commands
        end
        if test "$tool $command:$operands" = 'ctnr help:0'
            set command
            __ctnr_commands
        else if string match -q -- "$command"\t'*' $table
            __ctnr_operand "$tool $command:$operands" "$typed"
        end
    end
end

for tool in ctnr ctnr-fetch ctnr-unpack ctnr-pack ctnr-spec ctnr-exec ctnr-store ctnr-unshare ctnr-login ctnr-push ctnr-doctor
    complete -c $tool -f -a '(__ctnr_complete)'
end
