/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges each of some paths with what is beside it by the name PATH.other, again and again, until it is
 * killed. Says "ready" when it has begun. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char other[4096];

	for (unsigned long round = 0;; round++) {
		for (int i = 1; i < argc; i++) {
			snprintf(other, sizeof(other), "%s.other", argv[i]);
			renameat2(AT_FDCWD, argv[i], AT_FDCWD, other, RENAME_EXCHANGE);
		}
		if (round == 100) {
			puts("ready");
			fflush(stdout);
		}
	}
}
