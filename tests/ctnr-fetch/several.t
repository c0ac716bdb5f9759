#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Several sources in one call.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
hostile_start "$CTNR_TEST_TMP/small"
refs() { jq -r .ref "$stdout_file" | paste -sd ' '; }
run ctnr-fetch --layout out "docker://$hostile/a:1" "docker://$hostile/b:1" oci:small:1
is_status 0 "several images are fetched"
is "$(refs)" "$hostile/a:1 $hostile/b:1 localhost/small:1" "... and their records are in the order of the sources"
is "$(grep -c "GET .*/blobs/" "$hostile_log")" 2 "... and what one has the next does not fetch again"
run ctnr-fetch --layout out "docker://$hostile/c:1" "docker://$hostile/c:nosuch" "docker://$hostile/d:1"
is_status 3 "the first that fails ends it"
is "$(refs)" "$hostile/c:1" "... behind the record of what is there by then"
like_stderr "*c:nosuch*" "... and is named"
run ctnr-fetch --layout new "docker://$hostile/a:1" nosuch
is_status 2 "a mistake in any source is told"
ok "... before anything is fetched" test ! -e new
: >"$hostile_log"
run ctnr-fetch --if-missing --layout out "docker://$hostile/a:1" "docker://$hostile/b:1"
is_status 0 "what is all there is told"
is "$(refs)" "$hostile/a:1 $hostile/b:1" "... by its records"
is "$(cat "$hostile_log")" "" "... and nobody is asked"
run ctnr-fetch --if-missing --layout out "docker://$hostile/a:1" "docker://$hostile/e:1"
is "$(refs)" "$hostile/a:1 $hostile/e:1" "what is not there is fetched beside what is"
one=$hostile
hostile_start small --basic user:secret
run ctnr-fetch --layout mixed --creds user:secret "docker://$hostile/a:1" "docker://$one/a:1"
is_status 2 "a login is for one registry"
is_stderr "ctnr-fetch: error: option --creds: a login is for one registry, not for '$hostile' and '$one'
ctnr-fetch: hint: fetch from each of them by itself, or log in with ctnr login" "... and that is told"
ok "... before anything is fetched" test ! -e mixed
hostile_start small --basic other:secret
printf 'unqualified-search-registries = ["%s"]\n' "$hostile" >search.conf
: >"$hostile_log"
run ctnr-fetch --layout mixed --creds user:secret --short-name --registries-conf search.conf \
	"docker://$one/a:1" docker://a:1
is_status 2 "... nor for that of a short name besides"
is "$(cat "$hostile_log")" "" "... which sees nothing of it"
done_testing
