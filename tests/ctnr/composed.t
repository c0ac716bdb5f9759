#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ctnr manifest and ctnr artifact: what they call, and that every option of docker's and podman's is known
# (composed.tsv).
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

# called_as WANTED ARG...: this command line makes that call.
called_as() {
	wanted=$1
	shift
	calls "$@"
	is "$calls" "$wanted" "ctnr $*"
}

called_as 'store [index] [annotate] [--arch=arm64] [--annotation=a=b] [--] [l] [i]' \
	manifest annotate --arch arm64 l i --annotation a=b
called_as 'store [index] [annotate] [--index=true] [--] [l]' manifest annotate --index l
called_as 'store [index] [remove] [--] [l] [sha256:1]' manifest remove l sha256:1
called_as 'store [index] [rm] [--] [l] [m]' manifest rm l m
called_as 'store [index] [create] [--amend=true] [--] [l]' manifest create -a l
called_as 'store [artifact] [add] [--type=a/b] [--] [n] [f]' artifact add --type a/b n f
called_as 'store [artifact] [add] [--append=true] [--] [n] [-]' artifact add -a n -
called_as 'store [artifact] [ls] [--quiet=true] [--]' artifact ls -q
called_as 'store [artifact] [ls] [--]' artifact list
called_as 'store [artifact] [show] [--] [n]' artifact inspect n
called_as 'store [artifact] [show] [--] [n]' artifact show n
called_as 'store [artifact] [rm] [--force=true] [--] [n]' artifact rm -f n
called_as 'store [artifact] [rm] [--] [n]' artifact remove n
called_as 'store [artifact] [extract] [--title=t] [--] [n] [dir]' artifact extract --title t n dir
called_as 'fetch [--short-name] [--retries=3] [--] [docker://n]' artifact pull --retry 3 n

called_as 'push [--] [n] [docker://r/n]' artifact push n docker://r/n
called_as 'push [--all-platforms] [--] [l]' manifest push l
called_as 'push [--all-platforms] [--tls-verify=false] [--progress=none] [--format=oci] [--] [l] [docker://r/l]' \
	manifest push --all --insecure -q -f oci l docker://r/l
called_as 'push [--all-platforms] [--store=/s] [--] [l]
store [index] [rm] [--store=/s] [--] [l]' manifest push -p --store /s l
called_as 'push [--all-platforms] [--] [l]
store [index] [rm] [--] [l]' manifest push --rm l
printf 5 >STATUS.push
called_as 'push [--all-platforms] [--] [l]' manifest push --purge l
is_status 5 "an index that could not be copied stays"
rm STATUS.push
calls manifest push --all=false l
is_status 2 "an index is not copied without its images"

# The images of an index.
called_as 'store [image] [show] [--log=/dev/null] [--] [i]
store [image] [show] [--log=/dev/null] [--] [j]
store [index] [create] [--all=true] [--] [l] [i] [j]' manifest create --all l i j
called_as 'store [image] [show] [--store=/it'"'"'s] [--log=/dev/null] [--] [i]
store [index] [add] [--store=/it'"'"'s] [--] [l] [i]' manifest add "--store=/it's" l i
called_as 'store [index] [create] [--] [l] [sha256:12345678]' manifest create l sha256:12345678
called_as 'fetch [--all-platforms] [--print=ref] [--] [docker://r/i]
store [index] [add] [--] [l] [{"fetch":1}]' manifest add l docker://r/i
called_as 'fetch [--platform=linux/arm64/v8] [--print=ref] [--creds=u:p] [--] [docker://r/i]
store [index] [add] [--arch=arm64] [--variant=v8] [--] [l] [{"fetch":1}]' \
	manifest add --arch arm64 --variant v8 --creds u:p l docker://r/i
called_as 'fetch [--all-platforms] [--print=ref] [--] [oci:d:r]
store [index] [add] [--] [l] [{"fetch":1}]' manifest add l oci:d:r
printf 3 >STATUS.store
calls manifest create --insecure --quiet l i localhost/j
is "$calls" 'store [image] [show] [--log=/dev/null] [--] [i]
fetch [--short-name] [--all-platforms] [--print=ref] [--tls-verify=false] [--progress=none] [--] [docker://i]
store [index] [create] [--] [l] [{"fetch":1}] [localhost/j]' "an image that is not in the store is fetched first"
printf 4 >STATUS.fetch
calls manifest create l i
is_status 4 "... and when it cannot be"
is "$calls" 'store [image] [show] [--log=/dev/null] [--] [i]
fetch [--short-name] [--all-platforms] [--print=ref] [--] [docker://i]' "... nothing is made of the others"
rm STATUS.fetch STATUS.store
printf 1 >STATUS.store
calls manifest create l i
is "$calls" 'store [image] [show] [--log=/dev/null] [--] [i]
store [index] [create] [--] [l] [i]' "an image that is there and cannot be shown is not fetched"
rm STATUS.store

# What an index is shown of.
called_as 'store [index] [show] [--log=/dev/null] [--] [l]' manifest inspect l
called_as 'fetch [--inspect] [--raw] [--] [docker://l]' manifest inspect docker://l
called_as 'store [index] [show] [--] [localhost/l]' manifest inspect localhost/l
printf 3 >STATUS.store
called_as 'store [index] [show] [--log=/dev/null] [--] [l]
fetch [--inspect] [--raw] [--short-name] [--tls-verify=false] [--] [docker://l]' manifest inspect --insecure l
printf 1 >STATUS.store
called_as 'store [index] [show] [--log=/dev/null] [--] [l]
store [index] [show] [--] [l]' manifest inspect l
rm STATUS.store

# Every option of docker's and podman's.
table=$(dirname "$0")/composed.tsv
tab=$(printf '\t')
while IFS=$tab read -r verb option means who; do
	case $verb in \#*) continue ;; esac
	if [ "$means" = absent ]; then
		# shellcheck disable=SC2086 # noun and verb
		calls $verb "$option=x" y
		is_status 2 "ctnr $verb $option ($who) is refused"
		like_stderr "ctnr $verb: error: option $option*is not there yet*" "... by its name"
	else
		# shellcheck disable=SC2086
		calls $verb "$option=true" y
		unlike_stderr "*unknown option*" "ctnr $verb $option ($who) is there"
	fi
done <"$table"

# options_of PEER VERB: what it lists.
options_of() {
	"$1" manifest "$2" --help 2>/dev/null | sed -n 's/^ *\(-[A-Za-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}
for peer in podman docker; do
	command -v "$peer" >/dev/null || continue
	for verb in create add annotate inspect push; do
		missing=
		for option in $(options_of "$peer" "$verb"); do
			grep -q "^manifest $verb$tab$option$tab" "$table" || missing="$missing $option"
		done
		is "$missing" "" "every option of $peer manifest $verb is in the table"
	done
done
calls manifest exists x
is_status 2 "manifest exists is a usage error"
like_stderr "*hint: 'ctnr manifest inspect NAME'*" "... whose hint says what tells"

done_testing
