#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

calls run localhost/app
is_status 0 "run with an image alone works"
is "$calls" 'unpack [--] [localhost/app]
spec [--] [{"unpack":1}]
exec [run] [--] [{"spec":1}]' "run is unpack, spec and exec, and records flow between them"

calls run localhost/app sh -c 'exit 1' -e --rm
is "$calls" 'unpack [--] [localhost/app]
spec [--] [{"unpack":1}] [sh] [-c] [exit 1] [-e] [--rm]
exec [run] [--] [{"spec":1}]' "what stands behind the image is the command's"

calls run -e A=1 --env=B=2 -eC=3 --env D=4 localhost/app
like "$calls" '*spec ?--env=A=1? ?--env=B=2? ?--env=C=3? ?--env=D=4? ?--? *' \
	"an option takes its value in every way that it can be written"

calls run -it localhost/app
like "$calls" '*spec ?--interactive=true? ?--tty=true? ?--? *' "letters can be bundled"

calls run -ite A=1 localhost/app
like "$calls" '*spec ?--interactive=true? ?--tty=true? ?--env=A=1? ?--? *' \
	"... with one that takes a value at the end"

calls run --platform linux/arm64 --store "$PWD/s" docker://app
like "$calls" "unpack *?--platform=linux/arm64? ?--store=$PWD/s?*" "an option of several tools goes to unpack"
like "$calls" "*spec ?--store=$PWD/s? ?--? *" "... to spec as far as it has it"
like "$calls" "*exec ?run? ?--store=$PWD/s? ?--? *" "... and to exec"

calls run -h web --net host -q localhost/app
is "$calls" 'unpack [--progress=none] [--] [localhost/app]
spec [--hostname=web] [--network=host] [--] [{"unpack":1}]
exec [run] [--] [{"spec":1}]' "-h, --net and -q mean what they mean in docker"

weird="it's \"\$HOME\" \\ \`id\`
and a second line ''"
calls run -e "A=$weird" localhost/app "$weird" ''
is "$calls" "unpack [--] [localhost/app]
spec [--env=A=$weird] [--] [{\"unpack\":1}] [$weird] []
exec [run] [--] [{\"spec\":1}]" "values and arguments stay as they are, whatever is in them"

calls run --name web localhost/app
like "$calls" 'unpack ?--bundle=web? *' "--name is the name of the bundle"

calls run --rm localhost/app
like "$calls" 'unpack ?--ephemeral=[0-9]*' "--rm makes an ephemeral bundle"
like "$calls" '*exec ?run? ?--rm? ?--? *' "... which the runtime removes"
calls run --rm=false localhost/app
unlike "$calls" '*--rm*' "--rm=false is no --rm"

calls run --read-only=false localhost/app
like "$calls" '*spec ?--read-only=false? *' "a boolean of a tool may be false too"

calls --store /s --run-dir=/r run -e A=1 localhost/app
is "$places" 'unpack [/s] [/r]
spec [/s] [/r]
exec [/s] [/r]' "the store and the state directory may be named before the verb, for all of its tools"
for verb in ps images "rm x" "rmi x" "untag x" "tag x y" "pull oci:x" "bundle run x" "inspect --type image x" \
	"image ls" unshare doctor; do
	# shellcheck disable=SC2086 # words
	calls --run-dir /r --store "/a b" $verb
	is "$status $places" "0 ${calls%% *} [/a b] [/r]" "... also of ctnr $verb"
done
calls --log /l images --json
is "$calls" 'store [image] [ls] [--log=/l] [--json=true] [--]' "a common option may stand before the verb"
# What ctnr-exec has for the programs that call a runtime is not for people.
for verb in run "bundle run"; do
	# shellcheck disable=SC2086 # words
	shown=$(ctnr $verb --help | sed -n 's/^ *\(-[A-Za-z], \)\{0,1\}--\([a-z-]*\).*/\2/p')
	is "$(echo "$shown" | grep -xE 'preserve-fds|pid-file' | paste -sd ' ')" "pid-file preserve-fds" \
		"$verb shows what ctnr-exec has for people"
	is "$(echo "$shown" | grep -xE '[a-z]*-socket|root|config|debug|no-new-keyring|no-subreaper|keep|rootless|(systemd-)?cgroup(-manager)?')" \
		"" "... and nothing that is for callers of runtimes"
done
for words in --help "help images" "images --help" --version; do
	# shellcheck disable=SC2086 # words
	run "$front" --log /l --store /s $words
	is "$status $stderr" "0 " "... of ctnr $words too"
done
run "$front" --store= images
is_status 2 "a store without a name is a wrong command line"
is_stderr "ctnr: error: option --store: the name is empty
ctnr: hint: try 'ctnr --help'" "... and says so"

calls run --nosuch localhost/app
is_status 125 "an unknown option of run is 125"
is_stderr "ctnr run: error: unknown option '--nosuch'
ctnr run: hint: try 'ctnr run --help'" "... and is named, with a hint"
is "$calls" "" "... and nothing was called"
calls run --name a/b localhost/app
is_stderr "ctnr run: error: option --name: a container's name has no slash, got 'a/b'
ctnr run: hint: try 'ctnr run --help'" "a name is no path"
calls run --update --name .. localhost/app
is_stderr "ctnr run: error: option --name: '..' is no name
ctnr run: hint: try 'ctnr run --help'" "... nor '..'"
is "$calls" "" "... and nothing was called"
calls run -Z localhost/app
is_stderr "ctnr run: error: unknown option '-Z'
ctnr run: hint: try 'ctnr run --help'" "... an unknown letter too"
calls run --env
is_stderr "ctnr run: error: option --env needs a value
ctnr run: hint: try 'ctnr run --help'" "an option without its value is an error"
calls run -e
is_stderr "ctnr run: error: option -e needs a value
ctnr run: hint: try 'ctnr run --help'" "... and so is a letter"
calls run --rm=maybe localhost/app
is_status 125 "a boolean is true or false"
calls run --pull=sometimes localhost/app
is_status 125 "--pull is missing, always or never"
calls run
is_status 125 "run wants an image"
calls run --image-config x localhost/app
is_status 125 "options of the tools that make no sense in a run are unknown"

calls bundle localhost/app ./dir echo hi
is "$calls" 'unpack [--driver=copy] [--bundle=./dir] [--] [localhost/app]
spec [--] [{"unpack":1}] [echo] [hi]' "bundle is unpack and spec"
is_stdout '{"spec":1}' "... and prints the record"
calls bundle --driver overlay localhost/app
like "$calls" 'unpack ?--driver=copy? ?--driver=overlay? ?--? ?localhost/app?*' \
	"... for any runtime, unless --driver says otherwise"

printf 9 >STATUS.spec
calls run localhost/app
is_status 125 "a step that fails is 125"
like "$calls" '*
store ?bundle? ?rm? ?--? ?{"unpack":1}?' "... and what was begun is removed"
calls run --name web --update localhost/app
unlike "$calls" '*store*' "... unless it was there before"
calls bundle localhost/app
is_status 9 "in bundle it is the tool's own"
rm STATUS.spec

printf 42 >STATUS.exec
calls run localhost/app
is_status 42 "the runtime's status is that of run"

done_testing
