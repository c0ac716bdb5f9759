#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: what users, groups, mounts and capabilities there are inside
# Every option as the container sees it.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

needs USERNS
mkdir src
echo text >src/file

# The image, unpacked as this user gets it (an overlay where that is possible).
run ctnr-unpack "oci:$(busybox_layout)" -b box
is_status 0 "the image is unpacked"
record=$stdout

# inside WANTED TITLE ARG...: what the container prints
inside() {
	inside_wanted=$1
	inside_title=$2
	shift 2
	inside_record=$(ctnr-spec "$record" "$@" 2>&1) || {
		fail "$inside_title" "$inside_record"
		return
	}
	is "$(timeout 60 ctnr-exec run "$inside_record" 2>&1)" "$inside_wanted" "$inside_title"
}

# line FILE WORD: the shell code that prints what stands behind WORD in a file
line() {
	echo "while read -r a b; do [ \"\$a\" != $2 ] || echo \$b; done <$1"
}

export PASSED=on
unset ABSENT
inside "1 on unset" "-e" -e A=1 -e PASSED -e ABSENT -- sh -c 'echo $A $PASSED ${ABSENT-unset}'
echo B=file >vars
inside file "--env-file" --env-file vars -- sh -c 'echo $B'
inside "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /root box" \
	"PATH, HOME, HOSTNAME" -- sh -c 'echo $PATH $HOME $HOSTNAME'
inside /srv/new "-w, made when it is missing" -w /srv/new -- pwd
inside "a b" "--entrypoint" --entrypoint echo -- a b
inside "web web" "--hostname, in /etc/hostname too" --hostname web -- \
	sh -c 'echo $(hostname) $(cat /etc/hostname)'
inside 127.0.1.1 "... and in /etc/hosts" --hostname web -- \
	sh -c 'while read -r a b; do [ "$b" != web ] || echo $a; done </etc/hosts'
inside "no no yes" "--read-only: neither the root nor /etc/hosts, but a tmpfs" --read-only \
	--tmpfs /t -- sh -c 'for f in /x /etc/hosts /t/x; do
		(echo >>$f) 2>/dev/null && echo yes || echo no; done | xargs'
inside "yes" "... and otherwise /etc/hosts can be written" -- \
	sh -c 'echo >>/etc/hosts && echo yes'
inside "text yes" "-v" -v ./src:/src -- sh -c 'echo $(cat /src/file) $(touch /src/new && echo yes)'
ok "... what is written there is outside" test -e src/new
inside "text no" "-v :ro" -v ./src:/src:ro -- \
	sh -c 'echo $(cat /src/file) $(touch /src/x 2>/dev/null || echo no)'
inside "text" "-v of a file" -v ./src/file:/etc/one -- cat /etc/one
inside "no" "-v :noexec" -v ./src:/src:noexec -- \
	sh -c 'echo "exit 0" >/src/run; chmod +x /src/run; /src/run 2>/dev/null && echo yes || echo no'
inside "text no" "--mount type=bind,readonly" --mount "type=bind,src=./src,dst=/m,readonly" -- \
	sh -c 'echo $(cat /m/file) $(touch /m/x 2>/dev/null || echo no)'
inside "1024 700" "--mount type=tmpfs" --mount type=tmpfs,dst=/m,tmpfs-size=1m,tmpfs-mode=700 -- \
	sh -c 'df -k /m | tail -n 1 | { read -r a b c; echo $b $(stat -c %a /m); }'
inside "2048 no" "--tmpfs" --tmpfs /m:size=2m -- \
	sh -c 'echo "exit 0" >/m/run; chmod +x /m/run; df -k /m | tail -n 1 |
		{ read -r a b c; echo $b $(/m/run 2>/dev/null && echo yes || echo no); }'
inside "one" "a named volume" -v data:/data -- sh -c 'echo one >/data/f; cat /data/f'
inside "one" "... is kept" -v data:/data -- cat /data/f
inside "755 user" "... and begins with what the image has" -v home:/home -- \
	stat -c '%a user' /home/user
inside yes "an anonymous volume is writable with --read-only" -v /data --read-only -- \
	sh -c 'touch /data/x && echo yes'

# Users
if identity root sub; then
	inside "1000 1000 100 /home/user" "-u NAME: IDs, groups, home" -u user -- \
		sh -c 'echo $(id -u) $(id -g) $(id -G | tr " " "\n" | grep -v 1000) $HOME'
	inside "5 77" "-u UID:GID" -u 5:77 -- sh -c 'echo $(id -u) $(id -g)'
	inside "0 33 44" "--group-add" --group-add 33 --group-add 44 -- id -G
fi
inside "1000 1000" "-u 1000:1000" -u 1000:1000 -- sh -c 'echo $(id -u) $(id -g)'
inside "0000000000000000" "an ordinary user has no capabilities" -u 1000:1000 -- \
	sh -c "$(line /proc/self/status CapEff:)"
inside "0000000000001000" "... but for one that was asked for" -u 1000:1000 --cap-add NET_ADMIN -- \
	sh -c "$(line /proc/self/status CapEff:)"

# Capabilities
# (Without device cgroups, ctnr-exec takes MKNOD from real root.)
inside 00000000a00405fb "the default capabilities" --cap-drop MKNOD -- sh -c "$(line /proc/self/status CapEff:)"
inside "0000000000000000 0000000000000000" "inheritable and ambient ones are none" -- \
	sh -c "echo \$($(line /proc/self/status CapInh:)) \$($(line /proc/self/status CapAmb:))"
inside 0000000000000021 "--cap-drop ALL --cap-add" --cap-drop ALL --cap-add chown \
	--cap-add CAP_KILL -- sh -c "$(line /proc/self/status CapBnd:)"
inside mounted "--cap-add SYS_ADMIN: mounts, also by the seccomp profile" --cap-add SYS_ADMIN -- \
	sh -c 'mount -t tmpfs x /tmp && echo mounted'
inside "0 mounted" "--privileged: no filter, mounts" --privileged -- \
	sh -c "echo \$($(line /proc/self/status Seccomp:)) \$(mount -t tmpfs x /tmp && echo mounted)"

# Security
inside "0 1" "--security-opt no-new-privileges" --security-opt no-new-privileges -- \
	sh -c "echo 0 \$($(line /proc/self/status NoNewPrivs:))"
inside "0" "--security-opt seccomp=unconfined" --security-opt seccomp=unconfined -- \
	sh -c "$(line /proc/self/status Seccomp:)"
echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}' \
	>profile.json
inside "no" "--security-opt seccomp=FILE" --security-opt seccomp=profile.json -- \
	sh -c 'mkdir /new 2>/dev/null && echo yes || echo no'
if cc -O1 -static -no-pie -D_GNU_SOURCE -o probe "$test_lib/../ctnr-spec/inside/probe.c" 2>cc.log; then
	wanted="AF_INET ok AF_NETLINK ok AF_ALG EPERM AF_ALG+high EPERM AF_VSOCK EPERM"
	[ "$(uname -m)" != x86_64 ] || wanted="$wanted socketcall EPERM"
	wanted="$wanted keyctl EPERM bpf EPERM userfaultfd EPERM io_uring EPERM mount EPERM"
	wanted="$wanted fsopen EPERM clone ok clone+user EPERM clone3 ENOSYS personality ok unknown ENOSYS"
	inside "$wanted" "what the default profile says to dangerous calls" -v ./probe:/probe:ro -- \
		sh -c '/probe | xargs'
fi

# Network and terminal
inside lo "--network none: loopback alone" --network none -- sh -c 'cd /sys/class/net && echo *'
inside up "... which is up" --network none -- \
	sh -c 'ip addr show lo | grep -q LOOPBACK,UP && echo up'
if cc -O1 -static -no-pie -D_GNU_SOURCE -o sockets "$test_lib/../ctnr-spec/inside/sockets.c" 2>cc.log; then
	sockets() {
		sockets_wanted=$1
		sockets_title=$2
		shift 2
		inside "$sockets_wanted" "$sockets_title" -v ./sockets:/sockets:ro "$@" -- \
			sh -c '/sockets | grep -v "$0" | xargs' "${sockets_left_out:-nothing}"
	}
	sockets "packet denied raw denied ping ok" "in a network of its own a container may ping, and no more" \
		--network none
	sockets "packet denied raw denied ping ok" "... an ordinary user too" --network none -u 1000:1000
	sockets "packet ok raw ok ping ok" "--cap-add NET_RAW" --network none --cap-add NET_RAW
	sockets_left_out=ping # as the host has it
	sockets "packet denied raw denied" "a container of the host's network does not see what others send"
	if identity root; then
		sockets "packet ok raw ok" "... unless it is asked for" --cap-add NET_RAW
		sockets "packet ok raw ok" "... or privileged" --privileged
	fi
fi
inside "$(cd /sys/class/net && echo *)" "--network host: the host's" --network host -- \
	sh -c 'cd /sys/class/net && echo *'
inside no "cgroups cannot be written to" -- \
	sh -c 'for d in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir $d/new 2>/dev/null && echo $d; done; echo no'
inside "no" "without -t there is no terminal" -- sh -c 'tty >/dev/null && echo yes || echo no'
inside_record=$(ctnr-spec "$record" -i -- cat)
is "$(echo input | ctnr-exec run "$inside_record")" input "-i: our stdin"
inside_record=$(ctnr-spec "$record" -- cat)
is "$(echo input | ctnr-exec run "$inside_record")" "" "without -i there is none"
done_testing
