#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root shows a kernel with AppArmor, as far as can be without one
# shellcheck disable=SC2016 # the script is that of another shell
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS PEER:strace

bundle c
cp c/config.json plain.json

# labelled FILTER
labelled() {
	cp plain.json c/config.json
	config c "$1"
	script c 'echo ran'
	run ctnr-exec run ./c
}

labelled '.process.apparmorProfile = "" | .process.selinuxLabel = ""'
is_stdout ran "empty labels ask for nothing"
if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ]; then
	labelled '.process.apparmorProfile = "docker-default"'
	is_status 125 "a profile without AppArmor in the kernel is an error"
	is_stderr "ctnr-exec: error: config.json: process.apparmorProfile: AppArmor is not enabled in this kernel" \
		"... that says so"
	labelled '.process.apparmorProfile = "unconfined"'
	is "$status$stderr$stdout" 0ran "... but for the one that every process has then"
	labelled .
	start_box 'echo up; exec sleep 1000'
	run ctnr-exec exec --apparmor docker-default box echo ran
	is "$status$stdout" 125 "... and so is one of a further process"
	like_stderr "ctnr-exec: error: *AppArmor is not enabled in this kernel" "... likewise"
	run ctnr-exec exec --apparmor unconfined box echo ran
	is "$status$stderr$stdout" 0ran "... but for that"
	[ -e /sys/fs/selinux/enforce ] || {
		run ctnr-exec exec --process-label system_u:system_r:container_t:s0 box echo ran
		is "$status$stdout" 125 "a label of a further process without SELinux is an error"
		like_stderr "ctnr-exec: error: *SELinux is not enabled in this kernel" "... that says so"
	}
	end_box
fi
if [ ! -e /sys/fs/selinux/enforce ]; then
	labelled '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
	is_status 125 "a label without SELinux in the kernel is an error"
	is_stderr "ctnr-exec: error: config.json: process.selinuxLabel: SELinux is not enabled in this kernel" "... that says so"
fi

# A kernel that says it has AppArmor, and has none: what is written is refused.
if identity root && [ ! -e /sys/module/apparmor ]; then
	labelled '.process.apparmorProfile = "a profile"'
	ASAN_OPTIONS=detect_leaks=0 unshare --mount --propagation private sh -c '
		mount -t tmpfs tmpfs /sys/module && mkdir -p /sys/module/apparmor/parameters &&
		echo Y >/sys/module/apparmor/parameters/enabled &&
		exec strace -f -qq -s 100 -o calls -e trace=openat,write,pivot_root,execve ctnr-exec run ./c' >out 2>&1
	is "$?" 125 "a profile that the kernel refuses is an error"
	like "$(cat out)" "ctnr-exec: error: process.apparmorProfile 'a profile': cannot write to '/proc/thread-self/attr/exec': *" \
		"... with its name"
	ok "... was first offered to AppArmor alone" \
		grep -q 'openat.*"/proc/thread-self/attr/apparmor/exec", O_WRONLY.*ENOENT' calls
	ok "... in the words that it wants" grep -q 'write.*, "exec a profile", 14' calls
	fails "... and the root was not entered" grep -q pivot_root calls
fi
done_testing
