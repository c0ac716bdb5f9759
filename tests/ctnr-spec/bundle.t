#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A bundle record in, a config and files in the bundle, a bundle record out.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

record=$(copy_bundle web)
run ctnr-spec "$record"
is_status 0 "a record is an operand"
is_stderr "" "... nothing is said"
is "$(query 'del(.stdin)')" "$(printf '%s' "$record" | jq -c .)" "the record comes out again"
is "$(query .stdin)" false "... saying that stdin is not the container's"
is "$(wc -l <"$stdout_file" | tr -d ' ')" 1 "... in one line"
is "$(config_of web .process.args)" '["sh"]' "config.json has the image's command"
is "$(config_of web .hostname)" '"web"' "the hostname is the container's ID"
is "$(config_of web '[.process.env[] | select(startswith("HO"))]')" \
	'["HOSTNAME=web","HOME=/root"]' "HOSTNAME, and HOME as the image's passwd says"

printf '%s\n' "$record" >record.json
run ctnr-spec - -i -- id -u <record.json
is_status 0 "a record comes on stdin"
is "$(query .stdin)" true "-i: stdin is the container's"
is "$(config_of web .process.args)" '["id","-u"]' "... and the config is written again"
run ctnr-spec ./web -- true
is_status 0 "a path with a slash names a bundle"
run ctnr-spec - </dev/null
is_status 1 "no record fails"
is_stderr "" "... silently"
run ctnr-spec ./nosuch
is_status 3 "a bundle that is not there is not found"
run ctnr-spec '{"bundle":'
is_status 1 "half a record is refused"

# Files beside the root filesystem
run ctnr-spec "$record" --hostname box
is "$(cat web/etc/hostname)" box "etc/hostname"
ok "etc/hosts names the container" grep -q "^127.0.1.1	box$" web/etc/hosts
ok "... and localhost" grep -q "^127.0.0.1[[:space:]]*localhost" web/etc/hosts
[ ! -s /etc/hosts ] || is "$(sed '$d' web/etc/hosts)" "$(cat /etc/hosts)" \
	"the host's network has the names that the host knows"
[ ! -e /etc/resolv.conf ] ||
	is_file web/etc/resolv.conf /etc/resolv.conf "the host's network has the host's resolver"
is "$(stat -c %a web/etc/hosts web/etc/hostname web/etc/resolv.conf | uniq)" 644 \
	"everybody in the container may read them"
(umask 077 && ctnr-spec "$record" >/dev/null)
is "$(stat -c %a web/etc/hosts)" 644 "... whatever the umask"
for file in hosts hostname resolv.conf; do
	is "$(config_of web ".mounts[] | select(.destination == \"/etc/$file\") | [.type, .source]")" \
		"[\"bind\",\"etc/$file\"]" "/etc/$file is bound"
done
run ctnr-spec "$record" --hostname box --network none
is "$(sed -n '1p;$p' web/etc/hosts)" "127.0.0.1	localhost
127.0.1.1	box" "a network of its own has not"
is_file web/etc/resolv.conf /dev/null "... and no resolver"
run ctnr-spec "$record" --read-only
is "$(config_of web '[.mounts[] | select(.destination | startswith("/etc/"))
	| .options | index("ro") != null] | all')" true "... read-only with --read-only"

# Failures change nothing
cp web/config.json before.json
run ctnr-spec "$record" --cap-add NOSUCH
is_status 2 "a bad option fails"
is_file web/config.json before.json "... and the config stays as it was"
is_stdout "" "... and no record comes out"
broken=$(printf '%s' "$record" | jq -c '.image.descriptor.size += 1')
run ctnr-spec "$broken"
is_status 4 "a manifest of another size is refused"
broken=$(printf '%s' "$record" | jq -c '.image.descriptor.digest = "sha256:../../x"')
run ctnr-spec "$broken"
isnt "$status" 0 "a digest that is a path is refused"
is_file web/config.json before.json "... and the config stays as it was"

# A bundle without an image
mkdir -p plain/rootfs/etc
echo 'app:x:3:4::/:/bin/sh' >plain/rootfs/etc/passwd
run ctnr-spec ./plain -- ls
is_status 0 "a bundle needs no image"
is "$(config_of plain .process.args)" '["ls"]' "... when there is a command"
run ctnr-spec ./plain
is_status 2 "... and without one that is said"
done_testing
