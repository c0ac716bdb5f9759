#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where ctnr-fetch looks by registries.conf: beside the peers (registries.tsv), by which files, and for names
# without a registry. (What then comes from there: mirror.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
. "$test_lib/../ctnr-fetch/registries.sh"

XDG_CONFIG_HOME=$PWD/config
XDG_CACHE_HOME=$PWD/cache
export XDG_CONFIG_HOME XDG_CACHE_HOME
plain_config "$XDG_CONFIG_HOME"
mkdir config/containers/registries.conf.d
user_file=$PWD/config/containers/registries.conf

# The places of the last run.
places() {
	jq -r '.place + if .insecure then "!" else "" end' <"$stdout_file" | paste -sd ' '
}

# Each row of the table.
row() {
	mv conf "$user_file"
	case $asked in
	short:*) run ctnr-fetch --short-name --explain "docker://${asked#short:}" ;;
	*) run ctnr-fetch --explain "docker://$asked" ;;
	esac
	case $status in
	0) got=$(places | sed "s/$registries_digest/DIGEST/g") ;;
	4) got=blocked ;;
	*) got=error ;;
	esac
	[ "$wanted" != = ] || wanted=$peer
	is "$got" "$wanted" "registries.tsv: $title" || note "$stderr"
	if [ "$wanted" = "$peer" ]; then
		[ "$why" = - ] || fail "... which is the peers' answer, and must not be called another"
	else
		isnt "$why" - "... which the peers answer otherwise, and the table says why"
	fi
}
registries_each row

# explain SOURCE OPTION...: the places of docker://SOURCE
explain() {
	explained=$1
	shift
	run ctnr-fetch --explain "$@" "docker://$explained"
}

# leads NAME TO: a file that leads from a.invalid to another host
leads() {
	printf '[[registry]]\nprefix = "a.invalid"\nlocation = "%s"\n' "$2" >"$1"
}

# Which files are read.
leads "$user_file" user.invalid
leads named user.named.invalid
leads variable variable.invalid
explain a.invalid/x
is "$(places)" user.invalid/x:latest "the user's file is read"
is_stdout '{"reference":"a.invalid/x:latest","place":"user.invalid/x:latest","asked_for":"image","mirror":false,"insecure":false,"reason":"'"$user_file"':1"}' "... and its line is told"
run env CONTAINERS_REGISTRIES_CONF="$PWD/variable" ctnr-fetch --explain docker://a.invalid/x
is "$(places)" variable.invalid/x:latest "CONTAINERS_REGISTRIES_CONF names another"
run env CONTAINERS_REGISTRIES_CONF="$PWD/variable" ctnr-fetch --registries-conf named --explain docker://a.invalid/x
is "$(places)" user.named.invalid/x:latest "... and --registries-conf before that"
run env CONTAINERS_REGISTRIES_CONF= ctnr-fetch --explain docker://a.invalid/x
is "$(places)" user.invalid/x:latest "... an empty variable names none"
explain a.invalid/x --registries-conf nosuch
is_status 1 "a file that was named must be there"
is_stderr "ctnr-fetch: error: docker://a.invalid/x: option --registries-conf: cannot open 'nosuch': No such file or directory" "... and is told"
run env CONTAINERS_REGISTRIES_CONF=/nosuch ctnr-fetch --explain docker://a.invalid/x
like_stderr "*: \$CONTAINERS_REGISTRIES_CONF: cannot open '/nosuch': *" "... also that of the variable"
mv "$user_file" away
ln -s ../../away "$user_file"
explain a.invalid/x
is "$(places)" user.invalid/x:latest "the user's file may be a symlink"

# Drop-ins.
leads config/containers/registries.conf.d/20-b.conf twenty.invalid
leads config/containers/registries.conf.d/10-a.conf ten.invalid
leads config/containers/registries.conf.d/30-c.conf.bak thirty.invalid
mkdir config/containers/registries.conf.d/40-d.conf
explain a.invalid/x
is "$(places)" twenty.invalid/x:latest "the last drop-in counts, by the order of their names"
printf 'unqualified-search-registries = ["one.invalid"]\n[aliases]\nx = "one.invalid/x"\ny = "one.invalid/y"\n' \
	>config/containers/registries.conf.d/10-a.conf
printf 'unqualified-search-registries = ["two.invalid"]\n[aliases]\nx = "two.invalid/x"\ny = ""\n' \
	>config/containers/registries.conf.d/20-b.conf
explain a.invalid/x
is "$(places)" user.invalid/x:latest "what no drop-in says the file says"
explain x --short-name
is "$(places)" two.invalid/x:latest "an alias of a later file counts"
explain y --short-name
is "$(places)" two.invalid/y:latest "... an empty one takes an earlier away, and then the search counts"
explain x
is "$(places)" docker.io/library/x:latest "without --short-name it is docker.io's"
explain x --short-name --registries-conf named
is "$(places)" two.invalid/x:latest "drop-ins are read after a file that was named too"
printf 'x\n' >config/containers/registries.conf.d/50-e.conf
explain a.invalid/x
is_status 1 "a drop-in that is not understood is an error"
is_stderr "ctnr-fetch: error: docker://a.invalid/x: $user_file.d/50-e.conf:1: expected '=', got the end of the line" "... with its line"
rm -r config/containers/registries.conf.d

# The system's files, where nobody sees what is done to them.
in_system() {
	# shellcheck disable=SC2016 # for the other shell
	in_namespace --propagation private sh -c '
		mount -t tmpfs tmpfs /etc && mkdir -p /etc/containers/registries.conf.d &&
		cp "$1" /etc/containers/registries.conf && cp "$2" /etc/containers/registries.conf.d/a.conf &&
		shift 2 && exec "$@"' sh "$@"
}
leads system system.invalid
printf '[aliases]\nx = "system.invalid/x"\n' >drop-in
rm "$user_file"
run in_system system drop-in ctnr-fetch --explain docker://a.invalid/x
is "$(places)" system.invalid/x:latest "without a file of the user the system's is read"
run in_system system drop-in ctnr-fetch --short-name --explain docker://x
is "$(places)" system.invalid/x:latest "... and its drop-ins"
mkdir -p config/containers/registries.conf.d
printf '[aliases]\nx = "own.invalid/x"\n' >config/containers/registries.conf.d/a.conf
run in_system system drop-in ctnr-fetch --short-name --explain docker://x
is "$(places)" own.invalid/x:latest "... and then the user's drop-ins"
rm config/containers/registries.conf.d/a.conf
touch "$user_file"
run in_system system drop-in ctnr-fetch --short-name --explain docker://x docker://a.invalid/x
is "$(places)" "docker.io/library/x:latest a.invalid/x:latest" "the user's file hides all of the system's"
run env -u HOME -u XDG_CONFIG_HOME ctnr-fetch --explain docker://a.invalid/x
is_status 0 "nobody needs a home"

# Explaining.
printf '[[registry]]\nlocation = "a.invalid"\nmirror = [{ location = "m.invalid", insecure = true }]\n' >"$user_file"
explain a.invalid/x --verify-tag
is "$(jq -c '[.asked_for, .place]' <"$stdout_file" | paste -sd ' ')" \
	'["tag","a.invalid/x:latest"] ["digest","m.invalid/x:latest"] ["digest","a.invalid/x:latest"]' \
	"with --verify-tag the registry is asked for the tag, and everybody for the digest"
explain a.invalid/x --print ref
is_stdout "IMAGE                PLACE                HOW                REASON
a.invalid/x:latest   m.invalid/x:latest   mirror, insecure   $user_file:3
a.invalid/x:latest   a.invalid/x:latest   -                  $user_file:1" "with --print ref it is shown to people"
explain a.invalid/x docker://b.invalid/y:1
is "$(jq -r .reference <"$stdout_file" | paste -sd ' ')" "b.invalid/y:1 a.invalid/x:latest a.invalid/x:latest" \
	"several are explained one after the other"
run ctnr-fetch --explain oci:dir
is_status 2 "a layout has no registry to explain"
fails "nothing is written by explaining" test -e "$HOME/.local"

# Short names, fetched.
small_layout
hostile_start small
one=$hostile
one_log=$hostile_log
layout empty --ref 2 <<-'END' >/dev/null
	dir etc
END
hostile_start empty
two=$hostile
two_log=$hostile_log
fetch() {
	: >"$one_log"
	: >"$two_log"
	run ctnr-fetch --layout out --retries 0 --short-name --print ref "$@"
}
printf '[aliases]\napp = "%s/ns/image"\n' "$one" >"$user_file"
fetch docker://app:1
is_stdout "$one/ns/image:1" "an image that came by an alias has the whole name"
hostile_asked=$(wc -l <"$one_log")
isnt "$hostile_asked" 0 "... from the registry that it says"
fetch --if-missing docker://app:1
is_stdout "$one/ns/image:1" "--if-missing finds it by the alias"
is "$(cat "$one_log")" "" "... and asks nobody"
fetch --tag mine docker://app:1
is_stdout "localhost/mine:latest" "--tag names it otherwise"

printf 'unqualified-search-registries = ["%s", "%s"]\n' "$two" "$one" >"$user_file"
rm -r out
fetch docker://app:1
is_stdout "$one/app:1" "the next registry is searched when one does not have the image"
isnt "$(cat "$two_log")" "" "... after that was asked"
fetch --if-missing docker://app:1
is "$status $stdout $(cat "$one_log" "$two_log")" "0 $one/app:1 " "--if-missing finds what the search found"
rm -r out
fetch --creds user:secret docker://app:1
is_status 2 "a login is not offered to one registry after the other"
is_stderr "ctnr-fetch: error: option --creds: 'app:1' may be of 2 registries
ctnr-fetch: hint: write the one that is meant: $two/app:1" "... and what to do is told"
is "$(cat "$one_log" "$two_log")" "" "... before anybody is asked"
fetch docker://app:3
is_status 3 "what none has is not found"
is_stderr "ctnr-fetch: error: docker://$two/app:3: manifest '3': not found on $two: manifest unknown; docker://$one/app:3: manifest '3': not found on $one: manifest unknown" "... and each answer is told"
hostile_start small --fault busy
printf 'unqualified-search-registries = ["%s", "%s"]\n' "$hostile" "$one" >"$user_file"
fetch docker://app:1
is_status 5 "a registry that fails for a moment ends the search: the next may have somebody else's image"
is "$(cat "$one_log")" "" "... so it is not asked"

# Choosing.
printf 'short-name-mode = "enforcing"\nunqualified-search-registries = ["%s", "%s"]\n' "$two" "$one" >"$user_file"
rm -rf out
fetch docker://app:1
is_status 2 "where one must be chosen, and nobody is asked, nothing is fetched"
is_stderr "ctnr-fetch: error: 'app:1' may be any of: $two/app:1, $one/app:1 (short-name-mode of $user_file:1)
ctnr-fetch: hint: write one of them, or an alias into registries.conf" "... and the candidates are listed"
is "$(cat "$one_log" "$two_log")" "" "... before anybody is asked"
choose() {
	run "$test_lib/terminal.py" ctnr-fetch --layout out --short-name --print ref docker://app:1 <<-END
		expect '1 to 2 [1]'
		send '$1'
	END
}
choose '2\n'
is_status 0 "on a terminal somebody chooses"
like_stdout "*'app:1' names no registry*  1  $two/app:1*  2  $one/app:1*" "... among the candidates"
is "$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' out/index.json)" "$one/app:1" \
	"... and has what was chosen"
choose '\n'
is_status 3 "... an empty line is the first"
choose '3\n'
is_status 2 "... another number is none"
choose '\x03'
is_status 130 "... and Ctrl-C ends the question"
# The script looks while the question waits: terminal.py's own command line has the password too.
printf secret >password
"$test_lib/terminal.py" sh -c 'printf %s $$ >pid; exec ctnr-fetch --layout out --short-name --creds "user:$(cat password)" docker://app:1' \
	>asked.out 2>&1 <<-'END' &
	expect '1 to 2 [1]'
	pause 1
	send '\x03'
END
asking=$!
ok "somebody with a login is asked too" eventually 20 grep -q '1 to 2' asked.out
shown=$(tr '\0' ' ' <"/proc/$(cat pid)/cmdline")
like "$shown" "*--creds user:xxxxxx docker://*" "... and the password is out of the command line meanwhile"
wait "$asking" || true
fetch --if-missing docker://app:1
is_stdout "$one/app:1" "what is there is not asked about"

# What was chosen with podman.
if ! identity root; then
	mkdir -p cache/containers
	printf '[aliases]\n  "app" = "%s/chosen"\n' "$one" >cache/containers/short-name-aliases.conf
	printf '[aliases]\napp = "a.invalid/app"\n' >"$user_file"
	explain app:1 --short-name
	is "$(places)" "$one/chosen:1" "what somebody chose in podman is chosen"
	is "$(jq -r .short_name_reason <"$stdout_file")" "$PWD/cache/containers/short-name-aliases.conf:2" \
		"... and that is told"
fi

# A hint of the kind that people need.
printf '[registries.search]\nregistries = ["docker.io"]\n' >"$user_file"
explain a.invalid/x
is_stderr "ctnr-fetch: error: docker://a.invalid/x: $user_file:1: registries: version 1 of the format is not read
ctnr-fetch: hint: version 2 says 'unqualified-search-registries = [\"docker.io\"]'" "version 1 is told what version 2 says"
printf '[[registry]]\nlocation = "x\033[31m.invalid"\n' >"$user_file"
explain a.invalid/x
is_stderr "ctnr-fetch: error: docker://a.invalid/x: $user_file:2: byte 0x1b cannot be here" "no file paints the terminal"

# What cannot be read is not passed over: it may block what is asked for.
# not_read TITLE MESSAGE
not_read() {
	run timeout -k 1 10 ctnr-fetch --explain docker://a.invalid/x
	is_status 1 "$1"
	is_stderr "ctnr-fetch: error: docker://a.invalid/x: $2" "... and is named"
}
rm "$user_file"
mkdir "$user_file"
not_read "a folder in place of the file is an error" "$user_file: cannot read: Is a directory"
rmdir "$user_file"
ln -s nosuch "$user_file"
not_read "a file that leads nowhere is one" "cannot open '$user_file': No such file or directory"
rm "$user_file"
mkfifo "$user_file"
not_read "a FIFO is one, and not waited for" "'$user_file' is a FIFO that nobody writes to"
rm "$user_file"
rm -r config/containers/registries.conf.d
ln -s nosuch config/containers/registries.conf.d
not_read "a folder of drop-ins that leads nowhere is one" \
	"'$user_file.d': cannot list directory: No such file or directory"

done_testing
