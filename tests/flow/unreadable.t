#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one
# differs: with one ID the owner of everything is the caller, whom a mode can keep out
#
# An image whose root directory is closed to the caller: its owner is another user, or nobody may
# enter it. Everything works as with any other image.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

program=$(command -v busybox)
shut=mode=0
! identity sub || shut='mode=700 uid=5 gid=5'

# The second image has the first one's layer and another one above it.
for image in base more; do
	cat <<-END | "$test_lib/make-tar.py" "$image.tar"
		dir . $shut
		dir bin
		file bin/$image mode=755 from=$program
		file bin/sh mode=755 from=$program
	END
done
"$test_lib/make-layout.py" --ref base layout base.tar >/dev/null
"$test_lib/make-layout.py" --ref more layout base.tar more.tar >/dev/null

run ctnr run --rm oci:layout:base sh -c 'echo one'
is_stdout one "a container runs"
run ctnr run --rm oci:layout:base sh -c 'echo two'
is_stdout two "... and once more, with the layer that is there"
run ctnr run --rm oci:layout:more sh -c 'echo /bin/*'
is_stdout "/bin/base /bin/more /bin/sh" "... and another image above that layer"

for driver in overlay copy; do
	run ctnr-unpack --driver $driver -b $driver oci:layout:base
	is_status 0 "$driver: a bundle is made"
	run ctnr-unpack --driver $driver --update -b $driver oci:layout:base
	is_status 0 "... and refreshed"
	run ctnr-unpack --driver $driver --update -b $driver oci:layout:more
	is_status 0 "... with another image"
	ctnr-spec -w /bin $driver -- sh -c 'echo *' >/dev/null
	run ctnr-exec run $driver
	is_stdout "base more sh" "... and runs"
	run ctnr-store bundle show $driver
	is_status 0 "... is shown"
	run ctnr-store bundle rm $driver
	is_status 0 "... and removed"
done

mkdir -p shut/in
echo content >shut/in/file
ln -s file shut/in/link
in_namespace sh -c "{ $(identity sub && echo chown -R 5:5 shut || echo true); } && chmod 0 shut/in shut"
run ctnr run --rm -v ./shut/in/link:/file -v "$PWD/shut/in:/in" oci:layout:base sh -c 'read -r x </file; echo "$x" /in/*'
is_stdout "content /in/file /in/link" "what only the namespace reaches can be mounted"
run ctnr run --rm -v ./shut/nosuch:/file oci:layout:base sh
is_status 125 "... unless it is not there"
like_stderr "*mount source './shut/nosuch': No such file or directory*" "... which is said"
run ctnr-spec --check -v ./shut/in/file:/file
is_status 0 "... and a check before the image is fetched says the same"
run ctnr-spec --check -v ./shut/nosuch:/file
is_status 3 "... of what is not there too"
like_stderr "*mount source './shut/nosuch': No such file or directory*hint: make it first*" "... in the same words"
in_namespace chmod 700 shut shut/in
mkdir -p net/etc
for name in hosts hostname resolv.conf; do
	echo "$name of their own" >net/etc/$name
done
in_namespace sh -c "{ $(identity sub && echo chown -R 5:5 net || echo true); } && chmod 0 net"
run ctnr run --rm --hostname seen -v ./net/etc:/etc:ro oci:layout:base sh -c 'read -r x </etc/hostname; echo "$x"'
is_stdout seen "mount points in what only the namespace reaches are found"
is_stderr "" "... and nothing is left out"
in_namespace chmod 700 net
done_testing
