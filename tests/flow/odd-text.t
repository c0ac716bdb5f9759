#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An image whose every text holds what a terminal obeys: colour, a window's title, C1 controls, text that
# runs backwards, new lines. No tool shows any of it as it is, on a terminal; records keep it.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

cat >odd.py <<'END'
import json
C = "\033[31m\033]0;title\a\u009b31m\u202e\r\nforged\u0085\u2028"
print(json.dumps({
    "author": C, "os.version": C, "history": [
        {"created_by": C, "comment": C, "author": C, "created": "2020-01-01T00:00:00Z"}],
    "config": {"Cmd": ["sh", C], "Env": ["A=" + C, C + "=x"], "Labels": {C: C}, "User": C, "WorkingDir": C,
               "Entrypoint": [C], "ExposedPorts": {C: {}}, "Volumes": {C: {}}, "StopSignal": C,
               "Healthcheck": {"Test": ["CMD", C]}, "Shell": [C]}}))
END
python3 odd.py >config.json
layout odd --ref 1 --config config.json --annotation "$(printf 'a\033[31m=\033]0;title\a')" <<-END >/dev/null
	dir etc
	file etc/passwd "data=root:x:0:0::/:/bin/sh\n"
END
cp "$(command -v busybox)" busybox
export CTNR_STORE="$PWD/store"

# shows TITLE CMD...: on a terminal, where nothing of the image's is more than text.
shows() {
	shows_title=$1
	shift
	run env TERM=dumb "$test_lib/terminal.py" "$@" </dev/null
	is "$(LC_ALL=C tr -d '\r\n -~' <"$stdout_file" | od -An -c | head -n 5)" "" "$shows_title"
	unlike_stdout "*${newline}forged*" "... nor lines of its own"
}
newline='
'

shows "a fetch shows no orders to a terminal" ctnr-fetch -t odd oci:odd:1
is_status 0 "... and goes well"
run ctnr-store image ls
ok "... the record of the image has the platform as it stands" jq -e \
	'.descriptor.platform["os.version"] | test("\u001b.*\u202e")' "$stdout_file"
shows "nor does the list of images" ctnr images
shows "nor does it with all columns" ctnr images --no-trunc
shows "... nor do records" ctnr images --json
shows "nor does all that is known of an image" ctnr inspect odd
is_status 0 "... which is shown"
shows "nor the start of it" ctnr run --rm --network host odd
isnt "$status" 0 "... which fails, by its user"
shows "nor a start with a user of ours" ctnr run --rm --network host --user 0 --workdir / odd
shows "nor its bundle's making" ctnr bundle --user 0 --workdir / odd b
is_status 0 "... which is made"
shows "nor the list of bundles" ctnr ps -a
shows "... nor records of them" ctnr ps -a --json
shows "nor all that is known of a bundle" ctnr inspect b
shows "nor a check" ctnr check
is_status 0 "... which finds nothing"
shows "nor a collection" ctnr gc --grace 0
shows "nor what the store takes" ctnr system df -v
shows "nor its removal" ctnr rmi odd
run env TERM=dumb "$test_lib/terminal.py" ctnr-fetch -t "$(printf 'x\033[31m')" oci:odd:1 </dev/null
is_status 2 "a name with such text is none"
unlike_stdout "*$(printf '\033')*" "... and shown as it may be"
done_testing
