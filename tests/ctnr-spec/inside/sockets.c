/* SPDX-License-Identifier: Apache-2.0 */
/* Which sockets of a network can be opened: "packet denied raw denied ping ok", a line each. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

static void try_socket(const char *name, int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		printf("%s denied\n", name);
	else
		printf("%s %s\n", name, fd < 0 ? "failed" : "ok");
}

int main(void)
{
	try_socket("packet", AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	try_socket("raw", AF_INET, SOCK_RAW, IPPROTO_ICMP);
	try_socket("ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	return 0;
}
