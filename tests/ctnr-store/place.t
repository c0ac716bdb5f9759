#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where the store is, and what it refuses to be.
. "$(dirname "$0")/../lib/test.sh"

unset CTNR_STORE
# with_image DIR: a store with one image.
with_image() {
	echo 'file x' | "$test_lib/make-tar.py" x.tar
	mkdir -p "$1"
	"$test_lib/make-layout.py" --ref "$2" "$1/images" x.tar >/dev/null
}

# names OPTIONS...: the names in the store that is found.
names() {
	ctnr-store image ls -q "$@"
}

with_image "$CTNR_TEST_TMP/option" localhost/option:1
with_image "$CTNR_TEST_TMP/variable" localhost/variable:1
with_image "$CTNR_TEST_TMP/data/ctnr" localhost/data:1
with_image "$HOME/.local/share/ctnr" localhost/home:1

is "$(CTNR_STORE=variable names --store option)" localhost/option:1 "--store comes first"
is "$(CTNR_STORE=variable XDG_DATA_HOME=$CTNR_TEST_TMP/data names)" localhost/variable:1 "then \$CTNR_STORE"
if ! identity root; then
	is "$(XDG_DATA_HOME=$CTNR_TEST_TMP/data names)" localhost/data:1 "then \$XDG_DATA_HOME/ctnr"
	is "$(CTNR_STORE='' names)" localhost/home:1 "then ~/.local/share/ctnr"
	is "$(XDG_DATA_HOME=data names)" localhost/home:1 "a relative \$XDG_DATA_HOME is ignored"
	home=$(getent passwd "$(id -u)" | cut -d : -f 6)
	run env -u HOME strace -f -e trace=openat,open ctnr-store image ls
	if command -v strace >/dev/null; then
		like_stderr "*$home*" "without HOME the user database says where"
	fi
fi
run ctnr-store --store '' image ls
is_status 2 "an empty name of a store is a usage mistake"

mkdir -m 777 open
with_image open localhost/open:1
chmod 777 open
is "$(names --store open)" localhost/open:1 "a store that everybody may write to is read"
done_testing
