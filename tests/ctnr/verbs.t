#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

# called_as WANTED ARG...: this command line makes that call.
called_as() {
	wanted=$1
	shift
	calls "$@"
	is "$calls" "$wanted" "ctnr $*"
}

called_as 'store [image] [ls] [--json=true] [--]' images --json
called_as 'store [image] [ls] [--json=true] [--]' image ls --json
called_as 'store [image] [ls] [--]' image list
called_as 'store [image] [tag] [--] [a] [b]' tag a b
called_as 'store [image] [tag] [--] [a] [b]' image tag a b
called_as 'store [image] [history] [--quiet=true] [--] [a]' history -q a
called_as 'store [image] [history] [--no-trunc=true] [--] [a]' image history --no-trunc a
called_as 'pack [--] [c]' commit c
called_as "pack [--tag=it's] [--] [c]" commit c "it's"
called_as 'pack [--author=me] [--message=m] [--change=ENV A=1] [--change=USER u] [--tag=n:1] [--] [c]' \
	container commit -a me -m m -c 'ENV A=1' -c 'USER u' c n:1
called_as 'pack [--progress=none] [--squash=true] [--tag=x] [--tag=y] [--] [c]' bundle pack -qs -t x c y
called_as 'pack [--iidfile=f] [--] [c]' commit --pause=false --format oci --iidfile f c
called_as '' commit
called_as '' commit a b c
called_as '' commit --pause c
called_as '' commit -f docker c
called_as 'store [image] [untag] [--] [a]' untag a
called_as 'store [diff] [--json=true] [--] [a] [b]' diff --json a b
called_as 'store [diff] [--type=container] [--] [a]' container diff a
called_as 'store [diff] [--type=container] [--] [a]' bundle diff a
called_as 'store [diff] [--type=image] [--] [a]' image diff a
called_as 'store [image] [rm] [--] [a]' rmi a
called_as 'store [image] [rm] [--] [a]' image rm a
called_as 'store [image] [rm] [--] [a]' image remove a
called_as 'store [bundle] [rm] [--] [a]' rm a
called_as 'store [bundle] [rm] [--volumes=true] [--] [a]' rm -v a
called_as 'store [bundle] [rm] [--force=true] [--] [a]' rm a -f
called_as 'store [bundle] [rm] [--] [a]' container rm a
called_as 'store [bundle] [rm] [--] [a]' container remove a
called_as 'store [bundle] [rm] [--] [a]' bundle rm a
called_as 'store [bundle] [show] [--] [a]' bundle show a
called_as 'store [bundle] [show] [--] [a]' container show a
called_as 'store [image] [show] [--] [a]' image show a
called_as 'store [image] [show] [--] [a]' image inspect a
called_as 'store [bundle] [show] [--] [a]' container inspect a
called_as 'store [bundle] [ls] [--running] [--]' ps
called_as 'store [bundle] [ls] [--running] [--all=true] [--]' ps --all
called_as 'store [bundle] [ls] [--running] [--all=true] [--quiet=true] [--]' ps -aq
called_as 'store [bundle] [ls] [--running] [--]' container ls
called_as 'store [bundle] [ls] [--running] [--]' container list
called_as 'store [bundle] [ls] [--running] [--]' container ps
called_as 'store [bundle] [ls] [--running] [--all=true] [--]' bundle ls
called_as 'exec [run] [--] [a]' bundle run a
called_as 'unshare [--mount=true] [--] [id] [-m]' unshare -m id -m
called_as 'doctor [--json=true] [--]' doctor --json
called_as 'store [df] [--verbose=true] [--]' system df -v
called_as 'store [gc] [--dry-run=true] [--grace=0] [--]' gc -n --grace 0
called_as 'store [gc] [--only=image] [--image-ttl=7d] [--]' image gc -i 7d
called_as 'store [gc] [--only=bundle] [--]' bundle gc
called_as 'store [gc] [--only=image] [--unnamed] [--]' image prune
called_as 'store [gc] [--only=image] [--image-ttl=0] [--filter=until=24h] [--]' image prune -a --filter until=24h
called_as 'store [gc] [--only=bundle] [--bundle-ttl=0] [--]' container prune --force
called_as 'store [gc] [--bundle-ttl=0] [--unnamed] [--dry-run=true] [--]' system prune --dry-run
called_as 'store [gc] [--bundle-ttl=0] [--image-ttl=0] [--]' system prune -af
called_as 'store [check] [--] [a]' check a
called_as 'store [check] [--quick=true] [--repair=true] [--] [a] [b]' check --quick a --repair b
called_as 'store [check] [--part=1/7] [--]' system check --part 1/7

# One rule: options stand before and behind operands, up to "--"; a command's own are its own.
called_as 'store [image] [ls] [--quiet=true] [--json=true] [--] [a]' images -q a --json
called_as 'store [image] [rm] [--store=/s] [--] [a] [b]' rmi a --store /s b
called_as 'store [image] [tag] [--log=/l] [--] [a] [b]' tag a --log=/l b
called_as 'store [bundle] [rm] [--] [a] [-v]' rm a -- -v
called_as 'store [image] [show] [--platform=p] [--] [a]' inspect a --type image --platform p
called_as 'exec [run] [--bundle=./d] [--] [id]' bundle run id -b ./d
called_as "store [image] [rm] [--] [it's] [ ] []" rmi "it's" ' ' ''

calls inspect a
is "$calls" 'store [bundle] [show] [--log=/dev/null] [--] [a]' "inspect looks for a container"
printf 3 >STATUS.store
calls inspect a
is "$calls" 'store [bundle] [show] [--log=/dev/null] [--] [a]
store [image] [show] [--log=/dev/null] [--] [a]' "... then for an image"
is_status 3 "... and what is neither is not found"
is_stderr "ctnr inspect: error: no container and no image is called 'a'
ctnr inspect: hint: see 'ctnr ps --all' and 'ctnr images'" "... and is named"
printf 4 >STATUS.store
calls inspect a
is_status 4 "a container that cannot be shown is no missing one"
like "$calls" 'store [[]bundle] *
store [[]bundle] *' "... and is asked again for what it says"
calls inspect --type nosuch a
is_status 2 "--type is container or image"
rm STATUS.store

run "$front" nosuch
is_status 2 "an unknown verb is a usage error"
is_stderr "ctnr: error: unknown verb 'nosuch'
ctnr: hint: try 'ctnr --help'" "... in one line and a hint"
escape=$(printf '\033')
run "$front" "no${escape}[31m
such"
is_stderr "ctnr: error: unknown verb 'no?[31m?such'
ctnr: hint: try 'ctnr --help'" "... also where the word is more than one line, and orders to a terminal"
run ctnr version
is "$(printf '%s\n' "$stdout" | grep -vc '^ctnr')" 0 "... and tells one line of each"
run "$front" inspect -f x y
like_stderr "*option -f*not there yet*jq*" "what formats JSON is named"
run "$front" ps --format x
like_stderr "*not there yet*--json*" "... and what gives it"
run "$front" help nosuch
is_status 2 "help explains verbs that there are"
is_stderr "ctnr help: error: unknown verb 'nosuch'
ctnr help: hint: try 'ctnr help'" "... and tells how to list them"
for typed in imgaes:images rnu:run pss:ps contaner:container; do
	run "$front" "${typed%:*}"
	is_status 2 "the mistyped verb ${typed%:*} is a usage error"
	is_stderr "ctnr: error: unknown verb '${typed%:*}'
ctnr: hint: did you mean '${typed#*:}'?" "... with the nearest one"
done
run "$front" image sl
is_stderr "ctnr image: error: unknown verb 'sl'
ctnr image: hint: did you mean 'ls'?" "... also of a noun, by its own verbs"
run "$front" inspect --tpye image x
is_stderr "ctnr inspect: error: unknown option '--tpye'
ctnr inspect: hint: did you mean '--type'?" "a mistyped option gets the nearest one"
run "$front" inspect --type=imgae x
is_stderr "ctnr inspect: error: option --type: expected one of container, image, got 'imgae'
ctnr inspect: hint: did you mean 'image'?" "... and so does the value of an enumeration"
run "$front" --stor=x images
is_stderr "ctnr: error: unknown option '--stor=x'
ctnr: hint: did you mean '--store'?" "... and an option before the verb"
run ctnr bulid .
like_stderr "ctnr: error: unknown verb 'bulid'
ctnr: hint: did you mean 'build'? It is not there yet: *" "a word may be near one that is not there yet"
run ctnr kompose
like_stderr "*hint: did you mean 'compose'? It is not there yet" "... where nothing else helps, too"
run ctnr run --restrat=always x
like_stderr "ctnr run: error: unknown option '--restrat'
ctnr run: hint: did you mean '--restart'? It is not there yet: *" "... and so may an option"
for verb in build exec logs stop start kill network volume compose cp load create; do
	run "$front" "$verb" x
	is_status 2 "$verb is a usage error"
	like_stderr "ctnr: error: '$verb' is not there yet*" "... and said not to be there yet"
	run "$front" container "$verb" x
	like_stderr "ctnr container: error: '$verb' is not there yet*" "... of a noun too"
done
run "$front" manifest exists x
like_stderr "ctnr manifest: error: 'exists' is not there yet
ctnr manifest: hint: *inspect*" "what a noun has not is told for that noun"
run "$front" ../front/split.sh
is_status 2 "a verb is no path"
run "$front" .
is_status 2 "... and no folder"
run "$front" image nosuch
is_status 2 "so is an unknown verb of a noun"
run "$front" --nosuch
is_status 2 "and an unknown option"

run "$front"
is_status 0 "without a verb it explains itself"
like_stdout "Usage: ctnr *" "... on standard output"
verbs=$(printf '%s\n' "$stdout" | sed -n 's/^  \([a-z]*\) .*/\1/p')
for verb in run ps rm inspect bundle unshare pull images tag untag rmi check doctor version help; do
	like " $(echo "$verbs" | tr '\n' ' ')" "* $verb *" "... with $verb"
	run "$front" "$verb" --help
	is_status 0 "$verb --help works"
	like_stdout "Usage: ctnr $verb*" "... and is about $verb"
	is_stderr "" "... and nothing else"
	help=$stdout
	run "$front" help "$verb"
	is_stdout "$help" "... as is help $verb"
	case $verb in
	run | bundle) ;; # -h is --hostname
	*)
		run "$front" "$verb" -h
		is_stdout "$help" "... as is $verb -h"
		;;
	esac
	run "$front" "$verb" --log-format text --help
	[ "$verb" = help ] || [ "$verb" = version ] || is_stdout "$help" "... and behind other options"
done
run "$front" images x --json -h
like_stdout "Usage: ctnr images*" "--help may stand behind operands"
run "$front" unshare ls -h
is_stdout '{"unshare":1}' "... but not behind a command, which has options of its own"
run "$front" run -h
is_status 125 "run -h alone lacks the name of the host"
is_stderr "ctnr run: error: option -h needs a value
ctnr run: hint: try 'ctnr run --help'" "... and points at --help"
for words in 'image ls' 'container list' 'bundle run' 'image inspect' 'system df'; do
	# shellcheck disable=SC2086 # words
	run "$front" $words --help
	help=$stdout
	# shellcheck disable=SC2086 # words
	run "$front" help $words
	is "$status $stdout" "0 $help" "help $words is $words --help"
done
for words in 'image rm' 'container list' 'bundle ls' 'image show' 'bundle run' 'system df' rmi; do
	# shellcheck disable=SC2086 # words
	run "$front" $words --nosuch
	like_stderr "ctnr $words: error: unknown option '--nosuch'*" "messages name the verb as it is typed: $words"
done
run "$front" system
is_stdout "Usage: ctnr system VERB ...

  check         the same as ctnr check
  df            Say what the store takes on the disk.
  prune         Remove what has ended, has no name, or is not needed.

See ctnr(1)." "a noun alone lists its verbs"
run "$front" images --help=maybe
is_status 2 "--help takes true or false, as it does in the tools"
like_stderr "ctnr images: error: option --help: expected true or false, got 'maybe'*" "... which is said"
run "$front" help image ls x
is_status 2 "help takes one verb"
run "$front" --store /s --help
is_status 0 "options may stand before --help"
like_stdout "Usage: ctnr *" "... which explains ctnr"
run "$front" --store /s help run
like_stdout "Usage: ctnr run*" "... before help"
run "$front" --log-format json version
is_status 0 "... and before version"
run "$front" help run
like_stdout "Usage: ctnr run*" "help run is run --help"
run "$front" run --rm --help
like_stdout "Usage: ctnr run*" "--help may stand behind other options"
for noun in image container; do
	run "$front" "$noun" --help
	like_stdout "Usage: ctnr $noun VERB*" "$noun --help works"
	listed=$(printf '%s\n' "$stdout" | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort)
	is "$listed" "$({
		sed -n "s/^#@ also $noun \([a-z]*\).*/\1/p" "$fake"/libexec/ctnr/verbs/*
		find "$fake/libexec/ctnr/verbs" -name "$noun-*" | sed 's/.*-//'
	} | sort)" \
		"... and lists every verb of $noun"
	like "$listed" "*inspect*" "... inspect too"
done
run "$front" version
is "$(printf '%s\n' "$stdout" | sed 1d)" "$(sed 's/ctnr-\(.*\)/{"\1":1}/' "$fake/libexec/ctnr/front/tools")" \
	"version asks each tool"
is "$(cat "$fake/libexec/ctnr/front/tools")" "$(cd "$fake/bin" && printf '%s\n' ctnr-*)" "... that there is"
run "$front" help nosuch
is_status 2 "help of nothing is a usage error"

ln -s "$front" link
mkdir deep
ln -s ../link deep/ctnr
run deep/ctnr images
is_stdout '{"store":1}' "it finds its files through symbolic links"
cd fake/bin || exit
run sh ctnr images
is_stdout '{"store":1}' "... and when a shell is told to read it"
cd ../..

rm fake/bin/ctnr-store
PATH=$PATH:$CTNR_TEST_TMP/elsewhere
mkdir elsewhere
printf '#!/bin/sh\necho elsewhere\n' >elsewhere/ctnr-store
chmod 755 elsewhere/ctnr-store
hash -r
run env PATH="$CTNR_TEST_TMP/elsewhere:/usr/bin:/bin" "$front" images
is_stdout elsewhere "a tool that is not beside it is taken from PATH"

rm "$fake/libexec/ctnr/front/unknown.sh"
run "$front" imgaes
is_status 1 "an installation that is not whole"
is_stderr "ctnr: error: no front/unknown.sh in '$fake/bin/../libexec/ctnr'
ctnr: hint: install ctnr again" "... says so"

done_testing
