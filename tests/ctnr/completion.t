#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS PEER:bash

completions=$test_lib/../../completions

# completes LINE: what bash would offer at the end of that line, sorted, on one line.
cat >complete.bash <<'END'
source "$1/bash/ctnr"
COMP_LINE=$2
COMP_POINT=${#2}
read -r -a COMP_WORDS <<<"$2"
_ctnr
printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\n' ' '
END
completes() {
	run bash complete.bash "$completions" "$1"
	stdout=${stdout% }
}

ctnr pull --tag busybox:1 "oci:$(busybox_layout)" >/dev/null || exit
ctnr bundle --driver overlay busybox:1 made true >/dev/null || exit

completes "ctnr "
like_stdout "artifact bundle * run * version" "verbs of ctnr"
completes "ctnr push busybox:1 d"
is_stdout "dir: docker-archive: docker://" "where an image is pushed to"
: >some.tar
completes "ctnr push busybox:1 docker-archive:some"
is_stdout "some.tar" "... a file for an archive"
completes "ctnr push o"
is_stdout "oci:" "... and what is pushed is no archive"
completes "ctnr rm"
is_stdout "rm rmi" "... that begin with what is typed"
completes "ctnr image "
is_stdout "diff gc history inspect list ls prune pull push remove rm save show tag tags untag" "verbs of a noun"
completes "ctnr-store image "
is_stdout "history ls rm show tag untag" "commands of a tool"
completes "ctnr --st"
is_stdout "--store" "options before a verb"
completes "ctnr --"
is_stdout "--help --log --log-format --run-dir --store --version" "... all of them"
completes "ctnr-exec --ru"
is_stdout "--run-dir" "... also those of a tool"
completes "ctnr-exec --rootless=f"
is_stdout "false" "... the values of one that has them behind = alone"
completes "ctnr-exec --rootless fea"
is_stdout "features" "... behind which a command may stand"
completes "ctnr --store "
is_stdout "home run" "... and their values"
completes "ctnr --store /s im"
is_stdout "image images" "... before the verb"
completes "ctnr container l"
is_stdout "list ls" "other names of verbs"
completes "ctnr run --"
like_stdout "*--env *--name *--pull *--rm *" "options of run are those of all tools"
completes "ctnr run --na"
is_stdout "--name" "... that begin with what is typed"
completes "ctnr-unshare --m"
is_stdout "--mount" "options of a tool without commands"
completes "ctnr run --pull "
is_stdout "always missing never" "values of a choice"
completes "ctnr run --pull=al"
is_stdout "always" "... behind = too"
completes "ctnr run -it bus"
is_stdout "busybox:1" "images behind options"
completes "ctnr run localhost/b"
is_stdout "localhost/busybox:1" "... and whole, if they are typed so"
completes "ctnr rmi b"
is_stdout "busybox:1" "images of rmi"
completes "ctnr rmi "
is_stdout "busybox:1" "... by names alone"
completes "ctnr rm m"
is_stdout "made" "containers of rm"
completes "ctnr inspect made"
is_stdout "made" "... of inspect"
completes "ctnr run --name x --store "
is_stdout "home run" "directories, where an option wants one"
completes "ctnr run busybox:1 -"
is_stdout "" "what stands behind the image is none of ours"
completes "ctnr run -e HO"
is_stdout "HOME=" "variables"
completes "ctnr help doc"
is_stdout doctor "verbs behind help"

# Each option of each tool is offered: the completions hold no list of their own. (One shell for all of them: it
# asks each tool once.)
cat >missing.bash <<'END'
source "$1/bash/ctnr"
count=0
while IFS=$'\t' read -r command option rest; do
	count=$((count + 1))
	case $command in - | '*') command= ;; esac
	COMP_LINE="$2 $command $option"
	COMP_POINT=${#COMP_LINE}
	read -r -a COMP_WORDS <<<"$COMP_LINE"
	_ctnr
	[[ " ${COMPREPLY[*]} " == *" $option "* ]] || echo "$command $option $rest"
done < <("$2" --dump-options)
[[ $count != 0 ]] || echo "no option"
END
tools=$(cat "$(dirname "$(command -v ctnr)")/../libexec/ctnr/front/tools")
for tool in $tools; do
	run bash missing.bash "$completions" "$tool"
	is "$stdout$stderr" "" "every option of $tool is completed"
	ok "bash-completion finds that of $tool" test -e "$completions/bash/$tool"
done

# fish_completes WANTED LINE TITLE: words alone, sorted, on one line.
fish_completes() {
	run fish --no-config -c "source $completions/fish/ctnr.fish; complete -C '$2'"
	is "$(cut -f 1 "$stdout_file" | LC_ALL=C sort | tr '\n' ' ')" "$1 " "$3"
}

if has PEER:fish "fish completes"; then
	fish_completes "always missing never" "ctnr run --pull " "fish completes"
	run fish --no-config -c "source $completions/fish/ctnr.fish; complete -C 'ctnr rmi '"
	is_stdout "$(printf 'busybox:1\timage')" "... images"
	run fish --no-config -c "source $completions/fish/ctnr.fish; complete -C 'ctnr rm '"
	is_stdout "$(printf 'made\tcontainer')" "... and containers"
	fish_completes "doctor" "ctnr help doc" "... verbs behind help"
	fish_completes "help" "ctnr help hel" "... and no files there"
	fish_completes "--store" "ctnr --st" "... options before a verb"
	fish_completes "--network" "ctnr run --net" "... and of a verb"
	fish_completes "image images" "ctnr --store /s im" "... verbs behind options"
	fish_completes "list ls" "ctnr container l" "... and those of a noun"
fi

done_testing
