#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the words of run name: the bundle, the container, the config.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

# named NAME: a bundle that says which it is.
named() {
	bundle "$1"
	config "$1" ".hostname = \"of-$1\""
	script "$1" 'hostname'
}
named c
named d
mkdir -p states
chmod 700 states

# id_of CONFIG WORD...: run the words with that config.json, and set id to the name of the state.
id_of() {
	jq '.process.args = ["sleep", "60"]' "$1" >asleep
	cp "$1" awake
	cp asleep "$1"
	shown=$1
	shift
	ctnr-exec --root "$PWD/states" run "$@" >/dev/null 2>err &
	runner=$!
	eventually 10 sh -c 'ls states/*/state.json' || note "$(cat err)"
	id=$(ls states)
	kill "$runner"
	wait "$runner"
	cp awake "$shown"
}

run ctnr-exec run ./c
is_stdout of-c "a word with a slash is a directory"
run ctnr-exec run "{\"bundle\":\"$PWD/d\"}"
is_stdout of-d "a record names its bundle"
echo "{\"bundle\":\"$PWD/d\"}" >record
run ctnr-exec run - <record
is_stdout of-d "- is a record on stdin"
(cd c && ctnr-exec run .) >here
is "$(cat here)" of-c ". is the working directory"
run ctnr-exec run -b ./c d
is_stdout of-c "with -b the operand is no bundle"
id_of c/config.json -b ./c "a+b_c.d-E9"
is "$id" "a+b_c.d-E9" "... but the ID"
id_of c/config.json ./c
is "$id" c "without it the ID is the bundle's"

# Words alone.
run ctnr-exec run c
is_status 125 "a word is no directory of that name"
is_stderr "ctnr-exec: error: there is no bundle 'c'
ctnr-exec: hint: a directory is named with a slash ('c/'), or by -b" "... which is told"
run ctnr-exec run -b c id
is_stdout of-c "... but with -b"
run ctnr-exec run nosuch
is_stderr "ctnr-exec: error: there is no bundle 'nosuch'
ctnr-exec: hint: and no config.json here: 'ctnr-exec spec' writes one" "a word that names nothing at all: what there would have to be"
run ctnr-exec run -b nosuch id
is_status 125 "a bundle of -b that is not there is an error"
like_stderr "*there is no bundle 'nosuch/'*" "... and named"
run ctnr-exec run -b ./nosuch/dir id
is_stderr "ctnr-exec: error: there is no bundle './nosuch/dir'" "... as it was written"
cp d/config.json config.json
cp -a d/rootfs rootfs
id_of config.json other
is "$id" "other" "where ./config.json is there, a word is the container's ID"
run ctnr-exec run box
is_stdout of-d "... and the working directory its bundle"
run ctnr-exec run "bad!id"
is_status 125 "... of which not every word is one"
is_stderr "ctnr-exec: error: 'bad!id' is no container ID
ctnr-exec: hint: an ID has up to 255 letters, digits, '_', '+', '.' and '-'" "... which is told"
run ctnr bundle run other
is_status 125 "... but not for the front, whose words are bundles"
like_stderr "ctnr bundle run: error: there is no bundle 'other'" "... which is told"
store=$XDG_RUNTIME_DIR/store
mkdir -p "$store/bundles"
cp -a c "$store/bundles/box"
run ctnr-exec --store "$store" run box
is_stdout of-c "the ID of a bundle in the store comes first"
run ctnr-exec --store "$store" run -b box id
is_stdout of-c "... with -b too"
rm config.json

# IDs.
for id in "$(printf '%255s' '' | tr ' ' x)" + .x a-; do
	run ctnr-exec run -b ./c -- "$id"
	is_status 0 "an ID: $(printf '%.20s' "$id")"
done
for id in "$(printf '%256s' '' | tr ' ' x)" . .. a/b 'a b' '' ü; do
	run ctnr-exec run -b ./c -- "$id"
	is_status 125 "no ID: '$(printf '%.20s' "$id")'"
	like_stderr "*is no container ID*" "... which is told"
done

# Another config.
jq '.hostname = "elsewhere"' c/config.json >else.json
run ctnr-exec run -f else.json ./c
is_stdout elsewhere "--config is read in place of the bundle's config"
run ctnr-exec run ./c -config=else.json
is_stdout elsewhere "... however it is written"
rm d/config.json
run ctnr-exec run -b ./d --config "$PWD/else.json" id
is_stdout elsewhere "... also where the bundle has none"
run ctnr-exec run -f else.json id
is_stdout elsewhere "... and where the bundle is the working directory"
run ctnr-exec run -f nosuch.json ./c
is_status 125 "a config that is not there is an error"
like_stderr "ctnr-exec: error: config 'nosuch.json': *No such file*" "... and named"
run ctnr-exec run
is_status 125 "no word is an error"
run ctnr-exec run ./c ./d
is_stderr "ctnr-exec: error: more than one operand
ctnr-exec: hint: try 'ctnr-exec run --help'" "two words are one"
done_testing
