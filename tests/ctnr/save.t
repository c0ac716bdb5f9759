#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ctnr save: which address ctnr-push gets for a file and a format.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

# saves WANTED ARG...
saves() {
	saves_wanted=$1
	shift
	calls save "$@"
	is "$calls" "push $saves_wanted" "save $*"
}
saves '[--] [a] [docker-archive:-]' a
saves '[--] [a] [docker-archive:-]' -o - a
saves '[--] [a] [b:1] [docker-archive:x.tar]' -o x.tar a b:1
saves '[--] [a] [oci-archive:x.tar]' --format oci-archive --output=x.tar a
saves '[--] [a] [oci:x]' --format=oci-dir -o x a
saves '[--format=docker] [--] [a] [dir:x:y]' --format docker-dir -o x:y a
saves '[--platform=linux/arm64] [--progress=none] [--] [a] [docker-archive:x]' -qo x --platform linux/arm64 a
calls image save a
is "$calls" "push [--] [a] [docker-archive:-]" "image save is the same"

# refuses MESSAGE ARG...
refuses() {
	refuses_message=$1
	shift
	calls save "$@"
	is "$status $calls" "2 " "save $* is a usage mistake"
	like_stderr "ctnr save: error: $refuses_message*" "... and told"
}
refuses "no image given" -o x
refuses "option --output: the name is empty" -o '' a
refuses "option --output: 'a:b' has a colon" -o a:b a
refuses "option --output: 'a:b' has a colon" --format oci-dir -o a:b a
refuses "--format docker-dir: no directory given" --format docker-dir a
refuses "--format oci-dir: no directory given" --format oci-dir a
refuses "option --format: expected one of docker-archive, oci-archive, docker-dir, oci-dir, got 'tar'" --format tar a
refuses "option --multi-image-archive (-m) is not there yet*an archive takes all images" --multi-image-archive a
done_testing
