# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Process marks (ctnr-store(5)), made without our tools. Source it behind test.sh.
#
# mark_of PID               print the mark of a process
# runs_from BUNDLE PID [PATH]  let the directory BUNDLE say that the container runs from it whose
#                            first process is PID and whose state is PATH

mark_of() {
	mark_stat=$(cat "/proc/$1/stat")
	# shellcheck disable=SC2086 # the fields behind the command's name
	set -- "$1" ${mark_stat##*) }
	shift 19
	printf '%s %s %s %s' "${mark_stat%% *}" "$2" "$(cat /proc/sys/kernel/random/boot_id)" \
		"$(stat -Lc %i /proc/self/ns/pid)"
}

runs_from() {
	printf '%s\n%s\n' "$(mark_of "$2")" "${3-/nowhere/exec/${1##*/}}" >"$1/lock"
}
