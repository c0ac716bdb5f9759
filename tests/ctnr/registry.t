#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs USERNS PEER:docker-registry PEER:skopeo

registry_start user:secret || exit
registry_push "$(busybox_layout):latest" box:1 --dest-creds user:secret >/dev/null 2>&1 || exit

run ctnr run --rm "$registry/box:1" true
is_status 125 "an image that needs a login is not pulled without"
run ctnr run --rm --creds user:secret "docker://$registry/box:1" echo pulled
is_status 0 "run pulls an image that is missing"
is_stdout pulled "... and runs it"
run ctnr run --rm "docker://$registry/box:1" echo again
is_stdout again "what is there needs no login"

run ctnr tag "$registry/box:1" box:1
is_status 0 "it can be tagged"
run ctnr run --rm box:1 echo short
is_stdout short "... and run by the short name"
run ctnr run --rm --pull always --creds user:secret "$registry/box:1" echo always
is_stdout always "--pull always asks the registry"
run sh -c 'printf "secret\nhello\n" | ctnr run -i --rm --pull always --creds user:- "$1" cat' sh \
	"$registry/box:1"
is_stdout hello "... with a password from stdin, the rest of which is the container's"
echo secret >password
run ctnr pull --creds user:@password "$registry/box:1" "docker://$registry/box:1"
is_status 0 "a password from a file is good for several images"
run ctnr run --rm --pull never "$registry/box:2" true
is_status 125 "--pull never does not"
run ctnr pull --creds user:secret "$registry/nosuch"
is_status 3 "what the registry does not have is not found"

registry_stop
run ctnr run --rm "$registry/box:1" echo offline
is_stdout offline "what is there needs no registry"
run ctnr run --rm --pull always "$registry/box:1" true
is_status 125 "... unless it is asked for"
unlike_stderr "*is in the store*" "... and then the store, which nobody asked, is not said to have none"
run ctnr pull "$registry/box:1"
is_status 5 "a registry that does not answer may do so later"

done_testing
