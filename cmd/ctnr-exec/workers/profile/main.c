/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles a seccomp profile for ctnr-exec, which does not want to load libseccomp each time:
 * linux.seccomp on stdin, the filter on stdout (protocol.h).
 */
#include "workers/profile/compact.h"
#include "workers/profile/profile.h"
#include "workers/profile/protocol.h"

#include "base/str.h"
#include "format/json.h"
#include "oci/runtime.h"
#include "system/fd.h"
#include "system/process.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define FILTER_MAX (8U << 20) /* bytes */

/* libseccomp's time grows with more than the square of the conditions: 300 rules of 6 each take minutes. So
 * the kernel ends the work after WORKER_SECONDS, and when ctnr-exec was killed. */
static void limit_time(void)
{
	const struct itimerval time = { .it_value = { .tv_sec = WORKER_SECONDS } };

	process_die_with_parent(0);
	setitimer(ITIMER_PROF, &time, NULL);
}

/* Append the instructions that libseccomp makes of a profile. */
static int compile_profile(const struct jnode *profile, struct str *ret, struct error *err)
{
	autoclose int file = memfd_create("filter", MFD_CLOEXEC);

	if (file < 0)
		return error_errno(err, "cannot make a file in memory");
	if (profile_compile(profile, file, err) < 0)
		return -1;
	if (lseek(file, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read the filter");
	if (fd_read_rest(file, FILTER_MAX, ret, err) < 0)
		return error_prefix(err, "the filter");
	return 0;
}

/* The answer appears on stdout whole or not at all. */
static int write_answer(const struct worker_answer *answer, const struct program *program,
			struct error *err)
{
	autostr struct str bytes = STR_INIT;

	str_append_bytes(&bytes, answer, sizeof(*answer));
	str_append_bytes(&bytes, program->code, program->len * sizeof(*program->code));
	if (fd_write_all(STDOUT_FILENO, bytes.data, bytes.len) < 0)
		return error_errno(err, "cannot write the filter");
	return 0;
}

static int compile_and_write(const struct jnode *profile, struct error *err)
{
	autostr struct str bytes = STR_INIT;
	autofree struct sock_filter *shorter = NULL;
	struct worker_answer answer = { 0 };
	struct program program;

	if (profile_flags(profile, &answer.flags, err) < 0 ||
	    compile_profile(profile, &bytes, err) < 0)
		return -1;
	program.code = (const struct sock_filter *)(const void *)bytes.data;
	program.len = bytes.len / sizeof(*program.code);
	shorter = compact_program(&program, &program.len);
	if (shorter)
		program.code = shorter;
	if (program.len > BPF_MAXINSNS)
		return jnode_error(profile, err,
				   "the filter has %zu instructions, and the kernel takes %d",
				   program.len, BPF_MAXINSNS);
	return write_answer(&answer, &program, err);
}

static int compile_stdin(struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct jnode root = jnode_root(NULL, RUNTIME_CONFIG_FILE);
	struct jnode parent = jnode_member(&root, "linux");
	struct jnode profile = jnode_member(&parent, "seccomp");

	if (fd_read_rest(STDIN_FILENO, RUNTIME_SECCOMP_MAX, &text, err) < 0)
		return -1;
	document = json_parse(text.data, text.len, RUNTIME_CONFIG_FILE ": linux.seccomp", err);
	if (!document)
		return -1;
	/* So that messages tell the place in config.json. */
	profile.value = document;
	return compile_and_write(&profile, err);
}

static int write_vocabulary(struct error *err)
{
	autojson json_t *words = profile_vocabulary();
	autofree char *text = json_format(words);

	if (fd_write_all(STDOUT_FILENO, text, strlen(text)) < 0)
		return error_errno(err, "cannot write the words");
	return 0;
}

int main(int argc, char **argv)
{
	bool wants_words = argc == 2 && strcmp(argv[1], WORKER_VOCABULARY) == 0;
	struct error err = { 0 };

	limit_time();
	if ((wants_words ? write_vocabulary(&err) : compile_stdin(&err)) == 0)
		return 0;
	return fd_write_all(STDOUT_FILENO, &err, sizeof(err)) < 0 ? 1 : WORKER_FAILED;
}
