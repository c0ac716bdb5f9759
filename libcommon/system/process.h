/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes: other programs, started without a shell, and work of our own apart from us. */
#ifndef SYSTEM_PROCESS_H
#define SYSTEM_PROCESS_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Start argv[0] (an absolute path) with our environment. stdio[i] becomes fd i; -1 keeps ours.
 * Returns the pid, -1 on failure (ERROR_NOT_FOUND when the program does not exist). */
pid_t process_spawn(char *const *argv, const int stdio[3], struct error *err);

/* Wait for a child. Returns its exit status, or 128 + N when signal N ended it. */
int process_wait(pid_t pid, struct error *err);

/*
 * Another program as a question and an answer: its stdin, whole, and its stdout, whole.
 *
 *	char *argv[] = { path, "get", NULL };
 *	struct process_exchange x = { .argv = argv, .in = host, .in_len = strlen(host),
 *				      .out_max = ANSWER_MAX, .timeout_ms = 10000 };
 *	autostr struct str answer = STR_INIT;
 *	int status = process_exchange(&x, &answer, err);
 *
 * Neither side can block on the other: stdin is a file in memory, which the program may leave
 * unread, and what it writes is read as it comes. The answer is over when the program has ended, even
 * when a child of it holds stdout open. The program gets no blocked signals, and of our other descriptors
 * none that is marked to close: those that our own caller has left open for us are not.
 */
struct process_exchange {
	const char *path; /* absolute; NULL: argv[0] */
	char *const *argv;
	char *const *env; /* NULL: ours */
	const void *in; /* its stdin, then end of file */
	size_t in_len;
	size_t out_max; /* bytes of stdout; a program that writes more is killed */
	struct str *tail; /* borrowed; NULL: stderr is ours */
	unsigned timeout_ms; /* a program that takes longer is killed; 0: as long as it likes */
	const int *
		stop; /* a descriptor that is readable, or at its end, when the program is to be killed;
			  * NULL: none */
	bool leads_group; /* it leads a process group, and is killed with all of that */
};

#define PROCESS_TAIL_MAX 4096 /* bytes */

/* Append the program's stdout to out (NULL: it is read and dropped, however much it is), and the last
 * PROCESS_TAIL_MAX bytes of its stderr to x->tail. Returns its exit status, or 128 + N when signal N
 * ended it; -1 when it could not be started (ERROR_NOT_FOUND when it does not exist), was killed for its
 * time (ERROR_TEMPORARY), for its length or by x->stop. In any case it has ended and was waited for; what
 * it started itself may live on, unless it was killed as a group. */
int process_exchange(const struct process_exchange *x, struct str *out, struct error *err);

/* Call work(data) in a child of this process, which ends with it: what it enters, mounts or changes
 * in memory is gone afterwards. Its result and error come back. Only while single-threaded. */
int process_call(int (*work)(void *data, struct error *err), void *data, struct error *err);

/* Let the kernel kill this process when its parent dies; to be repeated after a change of IDs and in
 * a child. A parent that died before this call is noticed here, and ends the process: getppid() is another
 * process than parent, or, where parent is 0, the other end of stdout, a pipe of the parent's, is closed. */
void process_die_with_parent(pid_t parent);

/* The path of one of our helper programs, new: ../libexec/ctnr/NAME beside the directory of the
 * running executable (/proc/self/exe), or beside the executable itself. */
char *process_libexec(const char *name, struct error *err);

/* Start the helper program of that name with a text on its stdin, which ends there; stderr is ours. Returns the
 * pid, -1 on failure; *ret_output is its stdout. A program that ends before it has read the text says why by its
 * status: SIGPIPE is the caller's to ignore. */
pid_t process_spawn_helper(const char *name, const char *text, int *ret_output, struct error *err);

/* The path of a file of ours that other programs read, new: ../share/ctnr/NAME beside the directory of
 * the running executable. */
char *process_share(const char *name, struct error *err);

/* The full path of a program found in PATH, new; NULL when there is none. */
char *process_find(const char *name);

/* The path of a program that answers for the system (newuidmap, getent), new: in /usr/bin when there is
 * one of that name, else found in PATH; NULL when there is none. */
char *process_find_system(const char *name);

#endif
