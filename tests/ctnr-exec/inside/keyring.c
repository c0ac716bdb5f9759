/* SPDX-License-Identifier: Apache-2.0 */
/* keyring: print what the session keyring is called. keyring NAME COMMAND...: run it with a new one of that name. */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define JOIN_SESSION_KEYRING 1
#define DESCRIBE 6
#define SESSION_KEYRING (-3)

int main(int argc, char **argv)
{
	char text[256] = "";

	if (argc > 2) {
		if (syscall(SYS_keyctl, JOIN_SESSION_KEYRING, argv[1]) < 0)
			return 1;
		execvp(argv[2], argv + 2);
		return 127;
	}
	if (syscall(SYS_keyctl, DESCRIBE, SESSION_KEYRING, text, sizeof(text) - 1) < 0)
		return 1;
	/* type;uid;gid;permissions;name */
	puts(strrchr(text, ';') ? strrchr(text, ';') + 1 : text);
	return 0;
}
