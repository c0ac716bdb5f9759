# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2086
#
# Hooks for the bundles of bundle.sh, behind which it is sourced.

before='prestart createRuntime createContainer startContainer'
points="$before poststart poststop"

# with_hooks [overlay]: bundle c without hooks, and the folder log, which is /log in the container.
with_hooks() {
	bundle c ${1-}
	rm -rf log && mkdir log
	bind log /log
}

# hook POINT SCRIPT [MEMBERS]: add a hook that executes sh -c SCRIPT, with these members (jq's) too.
hook() {
	hook_script=$2 jq ".hooks.$1 += [{path: \"/bin/sh\", args: [\"sh\", \"-c\", env.hook_script],
		env: [\"PATH=/usr/sbin:/usr/bin:/sbin:/bin\"]} + {${3-}}]" c/config.json >c/config.new && mv c/config.new c/config.json
}

# log POINT: the folder log for a hook at that point.
log() {
	if [ $1 = startContainer ]; then
		echo /log
	else
		echo "$PWD/log"
	fi
}

gone() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.*[ZX]' "/proc/$1/status" 2>/dev/null
}
