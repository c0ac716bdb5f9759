#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/mark.sh"
needs USERNS

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"

# bundle ID: a bundle of an image, as the tools make it.
bundle() {
	mkdir -p "$store/bundles/$1/rootfs"
	echo '{"ociVersion":"1.0.2"}' >"$store/bundles/$1/config.json"
	cat >"$store/bundles/$1/record.json" <<-END
		{"bundle":"$store/bundles/$1","id":"$1","image":{"layout":"$store/images","ref":"localhost/$1:1",
		 "descriptor":{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":7,
		 "digest":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}}}
	END
}

run ctnr-store bundle ls
is_status 0 "a store without bundles has none"
is_stdout "" "... and says nothing"
run ctnr-store bundle show web
is_status 3 "a bundle that is not there is not found"
run ctnr-store bundle rm web
is_status 3 "... and not removed"
mkdir other
run ctnr-store bundle rm ./other
is_status 1 "a directory that is no bundle of the store is not removed"
is_stderr "ctnr-store: error: bundle 'other': '$PWD/other' is not a bundle of this store" "... and the reason is said"
is "$(find other)" other "... and it is left as it was"
run ctnr-store bundle show ../x
is_status 3 "a path that is not there is not found"
run ctnr-store bundle show .hidden
is_status 2 "a name outside the grammar is a usage mistake"

bundle web
bundle db
mkdir "$store/bundles/db/lower" "$store/bundles/.ephemeral" "$store/bundles/empty"
run ctnr-store bundle ls
is "$(printf '%s\n' "$stdout" | jq -r .id | tr '\n' ' ')" "db empty web " "bundles are listed by name, dot names are not"
is "$(printf '%s\n' "$stdout" | jq -r .rootfs.driver | tr '\n' ' ')" "overlay copy copy " "lower/ makes an overlay"
is "$(printf '%s\n' "$stdout" | jq -r .running | uniq)" false "... none runs"
is "$(printf '%s\n' "$stdout" | jq -r .image.ref | head -n 1)" localhost/db:1 "... with their image"
like "$(printf '%s\n' "$stdout" | jq -r .created | head -n 1)" "20[0-9][0-9]-*T*Z" "... and time"
run "$test_lib/terminal.py" ctnr-store bundle ls
like_stdout "ID *IMAGE *COMMAND *CREATED *STATUS*db *localhost/db:1 *- *stopped*" \
	"at a terminal there is a table"
like_stdout "*empty *- *- *unpacked*" "... in which what has no config is only unpacked"
is "$(ctnr-store bundle ls | jq -r .status | tr '\n' ' ')" "stopped unpacked stopped " "... as in the records"
echo '{"process":{"args":["sh","-c","echo \"a b\"",""]}}' >"$store/bundles/web/config.json"
printf '{"exitCode":7,"finished":"%s"}' "$(date -u -d '3 minutes ago' +%Y-%m-%dT%H:%M:%SZ)" >"$store/bundles/web/status.json"
run "$test_lib/terminal.py" ctnr-store bundle ls
like_stdout "*web *sh -c 'echo \"a b\"' ''*exited (7) 3 minutes ago*" "... with the command and how it ended"
is "$(ctnr-store bundle ls | jq -c 'select(.id == "web") | [.status, .exitCode, .command[0], .running]')" \
	'["exited",7,"sh",false]' "... and so in the record"
for text in "{\"exitCode\":\"7\"}" ""; do
	printf %s "$text" >"$store/bundles/web/status.json"
	is "$(ctnr-store bundle ls | jq -r 'select(.id == "web").status')" stopped \
		"a damaged status.json says nothing: '$text'"
done
rm "$store/bundles/web/status.json"
run "$test_lib/terminal.py" ctnr-store bundle show web
is "$(tr -d '\r' <"$stdout_file")" "$(ctnr-store bundle show web | jq .)" "at a terminal show indents as jq does"
printf '{"process":{"args":["sh"]},"z":["a\\u0000b",18446744073709551616,"caf\351"]}' \
	>"$store/bundles/web/config.json"
run "$test_lib/terminal.py" ctnr-store bundle show web
is "$(tr -d '\r' <"$stdout_file" | sed -n '/"z"/,/]/p')" '    "z": [
      "a\u0000b",
      18446744073709551616,
      "caf\ufffd"
    ]' "... odd tokens as they stand, but for what is no character"
for arguments in '["sh",1e3]' '["sh","a\u0000b"]' '["sh",1]'; do
	printf '{"process":{"args":%s}}' "$arguments" >"$store/bundles/web/config.json"
	is "$(ctnr-store bundle ls | jq -c 'select(.id == "web").command')" null \
		"no command is told of arguments that are no texts: $arguments"
done
echo '{"ociVersion":"1.0.2"}' >"$store/bundles/web/config.json"
run ctnr-store bundle ls -q
is_stdout "db
empty
web" "--quiet prints IDs alone"

run flock "$store/bundles/web/lock" ctnr-store bundle ls --running
is_stdout "" "a bundle that a command has locked does not run for that"
run flock "$store/bundles/web/lock" ctnr-store bundle rm web
is_status 5 "... and is not removed now"
like_stderr "*container 'web' is being created, updated or removed by another command*" \
	"... and the message says why"
sleep 1000 &
sleeper=$!
runs_from "$store/bundles/web" $sleeper
run ctnr-store bundle ls --running
is "$(printf '%s' "$stdout" | jq -r .id)" web "a bundle whose container's first process lives runs, though nobody holds its lock"
is "$(printf '%s' "$stdout" | jq -r .running)" true "... and its record says so"
run "$test_lib/terminal.py" ctnr-store bundle ls
like_stdout "*web *running*" "... and the table"
run ctnr-store bundle ls --running --all -q
is "$(printf '%s\n' "$stdout" | wc -l)" 3 "--all lists the others too"
run ctnr-store bundle rm web
is_status 1 "a running container is not removed"
like_stderr "*container 'web' is running*--force, which kills it*" "... and the message says why"
runs_from "$store/bundles/web" $sleeper "$CTNR_TEST_TMP/other/exec/box"
run ctnr-store bundle rm web
like_stderr "*container 'box' is running*" "... by the container's ID, whatever that and the state directory are"
mkdir -p "$CTNR_TEST_TMP/other/exec/box"
printf '{"mark":"%s","foreground":false}' "$(mark_of $sleeper)" >"$CTNR_TEST_TMP/other/exec/box/state.json"
mkfifo "$CTNR_TEST_TMP/other/exec/box/exec.fifo"
run "$test_lib/terminal.py" ctnr-store bundle ls
like_stdout "*web *created*" "a container that was not started is created"
run ctnr-store bundle ls --running -q
is_stdout "" "... which is not running"
run ctnr-store bundle rm web
is_status 1 "... and is not removed"
bundle killed
run ctnr-store bundle rm --volumes=false killed
is_status 2 "volumes of the image cannot be kept"
like_stderr "*error: option --volumes: the image's volumes are in the bundle*hint: a volume with a name stays*" "... which is said"
ok "... and nothing is removed" test -e "$store/bundles/killed"
sleep 1000 &
victim=$!
runs_from "$store/bundles/killed" $victim
run ctnr-store bundle rm --force --volumes killed
is_stdout '{"removed":"killed"}' "with --force a running container is removed, which is printed"
wait $victim 2>/dev/null || is $? 137 "... its first process was killed"
fails "... the bundle is gone" test -e "$store/bundles/killed"
run ctnr-store bundle rm -f killed
is_status 0 "with --force a bundle that is not there is no error"
like_stderr "*warning: there is no bundle 'killed', nothing to remove*" "... but is said"
if [ "$CTNR_TEST_IDENTITY" = sub ]; then
	bundle forged
	sleep 1000 &
	victim=$!
	runs_from "$store/bundles/forged" $victim
	in_namespace chown 1 "$store/bundles/forged/lock"
	run ctnr-store bundle rm -f forged
	is_status 1 "what another user's file names is not killed"
	is_stderr "ctnr-store: error: '$store/bundles/forged/lock' belongs to another user: what it names is not killed" \
		"... which the message says"
	ok "... it lives" kill $victim
	wait $victim 2>/dev/null
	in_namespace rm -f "$store/bundles/forged/lock"
	ctnr-store bundle rm forged >/dev/null
fi
bundle abroad
printf '1 1 %s 1\n\n' "$(cat /proc/sys/kernel/random/boot_id)" >"$store/bundles/abroad/lock"
run ctnr-store bundle rm -f abroad
is_status 1 "a container of another pid namespace is not killed"
like_stderr "*'abroad' is running*stop it from there*" "... which the message says"
: >"$store/bundles/abroad/lock"
ok "... until it has ended" ctnr-store bundle rm -f abroad
kill $sleeper
wait $sleeper 2>/dev/null
run ctnr-store bundle ls --running -q
is_stdout "" "a container whose first process has ended does not run"
bundle twin
run ctnr-store bundle rm twin "$store/bundles/twin" twin
is_status 0 "one that is named twice is removed once"
fails "... and is gone" test -e "$store/bundles/twin"
: >errors
for round in 1 2 3 4 5 6 7 8; do
	bundle race
	removers=
	for _ in 1 2 3 4; do
		ctnr-store bundle rm race 2>>errors &
		removers="$removers $!"
	done
	for pid in $removers; do
		wait "$pid" || :
	done
	[ ! -e "$store/bundles/race" ] || fail "round $round of removing at once removes it"
done
is "$(grep -v -e "there is no bundle 'race'" -e "container 'race' is being created, updated or removed" errors)" "" \
	"when several remove a bundle at once, one does"
is "$(ls "$store/trash")" "" "... and all of it"
ok "... it is still there" test -d "$store/bundles/web"

run ctnr-store bundle show web
is "$(printf '%s' "$stdout" | jq -r .config.ociVersion)" 1.0.2 "show has the config"
is "$(printf '%s' "$stdout" | jq -r .rootfs.path)" "$store/bundles/web/rootfs" "... and the record"
record=$stdout
is "$(printf '%s' "$record" | ctnr-store bundle show - | jq -r .id)" web "a record is a bundle"
is "$(ctnr-store bundle show "$store/bundles/web" | jq -r .id)" web "... and so is a path"
run ctnr-store bundle show '{"layout":"/x","descriptor":{}}'
is_status 1 "an image record is refused"
like_stderr "*expected a bundle record, got an image record*" "... as what it is"
run ctnr-store bundle show '{"bundle":"relative"}'
is_status 1 "a relative path in a record is refused"
run ctnr-store bundle show '{"bundle":"/tmp","id":"../x"}'
is_status 1 "an ID that is a path is refused"

echo '{' >"$store/bundles/empty/record.json"
is "$(ctnr-store bundle ls -q | wc -l)" 3 "a bundle with a damaged record is listed"
ok "... and removed" ctnr-store bundle rm empty
fails "... and gone" test -e "$store/bundles/empty"
is "$(find "$store/trash" -mindepth 1 | wc -l)" 0 "... from the trash too"

# An open file whose name is removed has another on NFS, .nfs*, that is busy until it is closed. Here a
# mount makes it so.
bundle open
run in_namespace sh -euc 'touch "$1/bundles/open/.nfs01"
	mount --bind "$1/bundles/open/.nfs01" "$1/bundles/open/.nfs01"
	ctnr-store bundle rm open' - "$store"
is_status 0 "a bundle is removed where a filesystem keeps a file that is open"
is_stderr "" "... without a word"
fails "... and gone" test -e "$store/bundles/open"
is "$(find "$store/trash" -name '.nfs*' | wc -l)" 1 "... but for that file"
echo 'dir etc' | layout small --ref 1 >/dev/null
id=$(ctnr-unpack oci:small:1 | jq -r .id)
ok "... which goes when the next bundle is made" eventually 10 rmdir "$store/trash"
mkdir -m 700 "$store/trash"
ctnr-store bundle rm "$id" >/dev/null

mkdir -p "$store/bundles/web/upper/a/b" "$store/bundles/web/work/work"
ln -s "$store/images" "$store/bundles/web/rootfs/link"
mkdir -p "$store/images" && touch "$store/images/precious"
if identity sub; then
	unshare --map-root-user --map-auto sh -c 'mkdir "$1/own" && touch "$1/own/file" && chown -R 1000:1000 "$1" &&
		chmod 700 "$1/own"' - "$store/bundles/web/upper/a/b"
	fails "an ordinary rm cannot delete what subordinate IDs own" rm -rf "$store/bundles/web/upper"
fi
chmod 000 "$store/bundles/web/work/work"
ok "several bundles are removed" ctnr-store bundle rm web db
is "$(ctnr-store bundle ls)" "" "... whoever owns their files"
ok "... and no link was followed" test -e "$store/images/precious"

# A bundle elsewhere is registered by a symlink.
mkdir -p "$CTNR_TEST_TMP/place/app"
run ctnr-store bundle rm "$CTNR_TEST_TMP/place/app"
is_status 1 "a directory that is no bundle of the store is not removed"
ok "... it is still there" test -d "$CTNR_TEST_TMP/place/app"
ln -s "$CTNR_TEST_TMP/place/app" "$store/bundles/app"
is "$(ctnr-store bundle ls | jq -r .bundle)" "$CTNR_TEST_TMP/place/app" "a registered bundle is listed with its path"
ok "it is removed by its ID" ctnr-store bundle rm app
fails "... with its directory" test -e "$CTNR_TEST_TMP/place/app"
fails "... and its registration" test -L "$store/bundles/app"
ln -s /nonexistent "$store/bundles/dangling"
is "$(ctnr-store bundle ls)" "" "a registration whose bundle is gone is not listed"

run ctnr-store bundle rm
is_status 2 "removing needs a name"
run ctnr-store bundle
is_status 2 "a noun alone is a usage mistake"
done_testing
