#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts with addresses of IPv6, with several, and with some that do not answer.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
. "$test_lib/authority.sh"
needs USERNS PEER:openssl PEER:ip PEER:strace

small_layout
small=$CTNR_TEST_TMP/small
authority ca
issue ca server DNS:registry.example,IP:127.0.0.1,IP:::1

hostile_start "$small" --address ::1
run ctnr-fetch --layout out1 "docker://[::1]:${hostile##*:}/x:1"
is_status 0 "a registry with an address of IPv6 is asked by plain HTTP too"
is "$(jq -r .ref "$stdout_file")" "[::1]:${hostile##*:}/x:1" "... and the image keeps its name"
hostile_start "$small" --address ::1 --tls "$CTNR_TEST_TMP/server.pem"
run ctnr-fetch --layout out2 --ca-file ca.crt "docker://[::1]:${hostile##*:}/x:1"
is_status 0 "... or by https"
printf '127.0.0.1\tlocalhost\n::1\tlocalhost\n' >both
for address in ::1 127.0.0.1; do
	hostile_start "$small" --address "$address"
	run in_namespace sh -euc 'mount --bind both /etc/hosts; exec "$@"' sh \
		ctnr-fetch --layout "local$address" "docker://localhost:${hostile##*:}/x:1"
	is_status 0 "localhost may be $address alone"
done

# A network of its own, where an address of IPv6 comes first and says nothing.
printf '127.0.0.1\tlocalhost registry.example\n2001:db8:1::9\tregistry.example\n' >slow
cat >inside <<'END'
mount --bind slow /etc/hosts
ip link set lo up
ip -6 addr add 2001:db8:1::1/128 dev lo nodad
ip -6 route add 2001:db8:1::/64 dev lo src 2001:db8:1::1
"$test_lib/hostile-registry.py" --tls server.pem small port log >registry.out 2>&1 &
registry=$!
until test -f port; do sleep 0.05; done
read -r port rest <port
status=0
strace -f -e trace=connect -o connects ctnr-fetch --layout out3 --ca-file ca.crt \
	"docker://registry.example:$port/x:1" || status=$?
kill "$registry"
exit "$status"
END
export test_lib ASAN_OPTIONS=detect_leaks=0
run timeout 25 unshare --map-root-user --mount --net sh -eu inside
is_status 0 "a host of which the first address does not answer is reached by another"
ok "... though that one was tried" grep -q 'inet_pton(AF_INET6, "2001:db8:1::9"' connects
done_testing
