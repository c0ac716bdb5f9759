#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: buildah itself maps the IDs of an ordinary user, and gives root's container none
# timeout: 60 buildah takes half a second for each command, and a second for each step of a Dockerfile
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
needs PEER:buildah PEER:catatonit PEER:crun USERNS
. "$test_lib/../engines/engine.sh"

isolation=rootless
! identity root || isolation=oci
run buildah from --quiet --name w "$engine_image"
is_status 0 "there is a working container"
mkdir data
echo data >data/file

# in_working OPTION... -- COMMAND...
in_working() {
	in_options=
	while [ "$1" != -- ]; do
		in_options="$in_options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # words are options
	run buildah run --isolation $isolation $in_options w "$@"
}

in_working -- sh -c 'echo out; echo err >&2; exit 3'
is_status 3 "buildah run has the command's status"
is_stdout out "... and its stdout"
like_stderr "*err*" "... and its stderr"
in_working --user user --workingdir /tmp --env A=b --hostname named --cap-drop all \
	--volume "$PWD/data:/d:ro" --mount type=tmpfs,dst=/data -- sh -c 'id -un; pwd; echo "$A"; hostname
	grep CapEff /proc/self/status | tr -d "\t"; cat /d/file
	touch /d/x 2>&1; grep -c " /data tmpfs" /proc/mounts'
is_stdout "user
/tmp
b
named
CapEff:0000000000000000
data
touch: /d/x: Read-only file system
1" "its options are obeyed"
run buildah run --isolation $isolation w cat <data/file
is_stdout data "its stdin is passed"
for command in nosuch /etc/passwd; do
	in_working -- $command
	is_status 1 "what cannot be executed is buildah's 1 ($command)"
	like_stderr "*$command*" "... which names the command"
done
run on_terminal buildah run --isolation $isolation -t w sh -c 'until [ "$(stty size)" = "33 77" ]; do sleep 0.1; done
	tty; exit 5' <<'END'
expect '/dev/pts/0'
END
is_status 5 "a terminal has its size and status"
in_working -- sh -c 'echo kept >/tmp/kept; ls -A /dev | wc -l'
run buildah run --isolation chroot w sh -c 'cat /tmp/kept; exit 3'
is "$status $stdout" "3 kept" "what a container wrote is there without any runtime"

mkdir context
cat >context/Dockerfile <<END
FROM $engine_image
RUN echo one >/one && test \$\$ = 1
USER user
RUN id -un >/tmp/two
USER root
RUN --mount=type=tmpfs,target=/scratch cat /one /tmp/two >/scratch/both && cp /scratch/both /both
END
run buildah bud --isolation $isolation --quiet --tag built context
is_status 0 "a Dockerfile with several steps is built"
run buildah from --quiet --name v built
run buildah run --isolation $isolation v cat /both
is_stdout "one
user" "... and each has seen what was before it"
printf 'FROM %s\nRUN exit 9\n' "$engine_image" >context/Dockerfile
run buildah bud --isolation $isolation --quiet context
is_status 9 "a step that fails ends it, with its status"

if is_ours; then
	: >empty
	is "$(find "$XDG_RUNTIME_DIR/ctnr/exec" "${CTNR_RUN_DIR:-empty}/exec" -mindepth 1 2>/dev/null)" "" \
		"nothing is left of the containers"
fi

done_testing
