// SPDX-License-Identifier: Apache-2.0
// Process 1 with SIGTERM blocked. "moment": unblocks it when it has come, without a handler, and
// stays. "wait": takes it by sigwait(3), works on for a while, exits with 7.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	sigset_t set, pending;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	puts("ready");
	fflush(stdout);
	if (argc > 1 && strcmp(argv[1], "wait") == 0) {
		sigwait(&set, &number);
		usleep(300000);
		return 7;
	}
	do {
		usleep(100);
		sigpending(&pending);
	} while (!sigismember(&pending, SIGTERM));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sleep(60);
	return 0;
}
