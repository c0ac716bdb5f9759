#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 podman starts containers, and buildah
#
# What others make of an image that was committed.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/podman.sh"
. "$test_lib/image.sh"
needs USERNS SUBID PEER:podman PEER:skopeo PEER:umoci PEER:buildah

busybox=$(busybox_layout)
run ctnr run --name work -e SECRET=hidden "oci:$busybox:latest" sh -c 'echo kept >/kept; rm /etc/os-release; mkdir -p /srv/d
	chown 1000:1000 /srv/d; ln /kept /srv/d/other; ln -s ../kept /srv/link; chmod 4750 /kept
	rm -r /home; mkdir /home; : >/home/new'
is_status 0 "a container changes files"
run ctnr commit -a me -m changed -c 'ENV GREETING="good day"' -c 'CMD ["sh", "-c", "echo $GREETING; cat /kept"]' \
	-c 'WORKDIR /srv' -c 'LABEL a=b' work committed
is_status 0 "it is committed"
run ctnr run --rm committed
is_stdout "good day
kept" "we run the image, with its environment"
run ctnr run --rm committed env
unlike_stdout "*SECRET*" "... and without what a single run was given"

# What it is, as each program sees it.
look='stat -c "%n %a %u:%g %h" /kept /srv/d /srv/d/other; readlink /srv/link; ls /home; ls /etc/os-release 2>&1; pwd'
wanted='/kept 4750 0:0 2
/srv/d 755 1000:1000 2
/srv/d/other 4750 0:0 2
../kept
new
ls: /etc/os-release: No such file or directory
/srv'
is "$(ctnr run --rm committed sh -c "$look")" "$wanted" "the files are those of the container"

images=$(ctnr-store image show committed | jq -r .layout)
run skopeo copy -q "oci:$images:localhost/committed:latest" oci:copied:1
is_status 0 "skopeo copies it"
run skopeo copy -q --format v2s2 "oci:$images:localhost/committed:latest" dir:converted
is_status 0 "... and converts it to Docker's format"
run skopeo inspect --config oci:copied:1
is "$(printf %s "$stdout" | jq -c '[.author, .config.Env[-1], .history[-1].comment]')" '["me","GREETING=good day","changed"]' \
	"... and reads its config"

run umoci unpack --rootless --image copied:1 umoci
is_status 0 "umoci unpacks it"
is "$(cat umoci/rootfs/kept)" kept "... with the new files"
fails "... and without those that were removed" test -e umoci/rootfs/etc/os-release

# Engines keep what they have in the home.
export XDG_DATA_HOME="$CTNR_TEST_TMP/engines"
run podman --storage-driver vfs pull -q oci:copied:1
is_status 0 "podman pulls it"
id=$stdout
run podman --storage-driver vfs --runtime runc run --rm --network none "$id" sh -c "$look"
is_stdout "$wanted" "... and runs it"
run podman --storage-driver vfs --runtime runc run --rm --network none "$id"
is_stdout "good day
kept" "... with its command and environment"
run podman --storage-driver vfs history --format '{{.CreatedBy}}|{{.Comment}}' "$id"
like_stdout "sh -c echo kept*|changed*" "... and shows its history"
run buildah --storage-driver vfs from --name base oci:copied:1
is_status 0 "buildah builds from it"
run buildah --storage-driver vfs run --isolation chroot base -- cat /kept
is_stdout kept "... and finds the files"
unset XDG_DATA_HOME

# Running containers.
mkfifo go
ctnr run -i --name running "oci:$busybox:latest" sh -c 'echo begun >/begun; echo ready; read x; rm /begun' <go >ready &
exec 3>go
eventually 20 grep -q ready ready
run ctnr commit running snapshot
is_status 0 "a running container is committed"
is_stderr "ctnr commit: warning: container 'running' is running, so what it writes meanwhile may be in the image or not" \
	"... with a warning"
echo >&3
exec 3>&-
wait
is "$(ctnr run --rm snapshot cat /begun)" begun "... as it was then"

run ctnr history -q committed
is "$(printf '%s\n' "$stdout" | wc -l)" 2 "the history has both layers"

done_testing
