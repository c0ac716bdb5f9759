#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root makes devices and could set trusted.*, others keep a record of devices
#
# Devices and attributes in an image: what only privilege can make.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

make_image devices <<'END'
dir dev
char dev/null 1 3 mode=666
block dev/sda 8 0 uid=0 gid=6
char dev/zero-zero 0 0
---
file x data=x
END
for driver in overlay copy; do
	unpack "$driver" devices
	is_status 0 "$driver: an image with devices"
	case $CTNR_TEST_IDENTITY in
	root) like "$(tree "$driver" devices --brief)" "*c dev/null 1:3*" "... has them for root" ;;
	*) like "$(tree "$driver" devices --brief)" "*f dev/null=*" "... has placeholders" ;;
	esac
	like "$(tree "$driver" devices --brief)" "*f dev/zero-zero=*" "... and no mark of a deletion"
done
[ "$CTNR_TEST_IDENTITY" = root ] || is "$(grep -c '^[cb] ' devices.copy/owners)" 3 \
	"what the placeholders stand for is recorded"

make_image xattrs <<'END'
dir a xattr.user.overlay.opaque=y xattr.user.fine=1
file a/x data=x xattr.trusted.overlay.redirect=/etc xattr.security.selinux=s xattr.user.also=2
END
unpack overlay xattrs
is_status 0 "an image with attributes that are not its to set"
like_stderr "*warning*" "... is warned about"
listing=$(tree overlay xattrs)
unlike "$listing" "*trusted.*" "... trusted.* is dropped"
unlike "$listing" "*security.selinux*" "... security.* too"
like "$listing" "*user.fine=31*user.also=32*" "... others are kept"
like "$listing" "*f a/x*" "... and nobody obeys user.overlay.*"
done_testing
