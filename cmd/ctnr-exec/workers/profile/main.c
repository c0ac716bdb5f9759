/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles a seccomp profile for ctnr-exec, which does not want to load libseccomp each time:
 * linux.seccomp on stdin, the filter on stdout (protocol.h).
 *
 *  1. Limit time and memory, read the text, open what the work needs.
 *  2. Confine the process: a profile may come from strangers, and libseccomp and the JSON parser were not
 *     made for that. It can open no file, and can do no more than compute and answer.
 *  3. Parse, compile, make the filter shorter, answer.
 */
#include "workers/profile/compact.h"
#include "workers/profile/profile.h"
#include "workers/profile/profile_facts.h"
#include "workers/profile/protocol.h"

#include "base/str.h"
#include "format/json.h"
#include "oci/runtime.h"
#include "system/confine.h"
#include "system/fd.h"
#include "system/process.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#define FILTER_MAX (8U << 20) /* bytes */
#define MEMORY_MAX (512U << 20) /* bytes; RUNTIME_SECCOMP_MAX of nothing but {} takes 315 MB */

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED true /* the sanitizers map terabytes */
#else
#define IS_SANITIZED false
#endif

static void limit_resource(__rlimit_resource_t resource, rlim_t limit)
{
	const struct rlimit both = { limit, limit };

	/* A limit that is lower already stays. */
	setrlimit(resource, &both);
}

/* libseccomp's time grows with more than the square of the conditions: 300 rules of 6 each take minutes. So
 * the kernel ends the work after WORKER_SECONDS, and when ctnr-exec was killed. */
static void limit_resources(void)
{
	const struct itimerval time = { .it_value = { .tv_sec = WORKER_SECONDS } };

	process_die_with_parent(0);
	setitimer(ITIMER_PROF, &time, NULL);
	limit_resource(RLIMIT_CORE, 0);
	limit_resource(RLIMIT_FSIZE, FILTER_MAX);
	if (!IS_SANITIZED)
		limit_resource(RLIMIT_AS, MEMORY_MAX);
}

/* Append the instructions that libseccomp makes of a profile. file is in memory, empty. */
static int compile_profile(const struct jnode *profile, int file, struct str *ret,
			   struct error *err)
{
	if (profile_compile(profile, file, err) < 0)
		return -1;
	if (lseek(file, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read the filter");
	if (fd_read_rest(file, FILTER_MAX, ret, err) < 0)
		return error_prefix(err, "the filter");
	return 0;
}

static void append_text(struct str *bytes, const char *text, uint32_t *ret_size)
{
	*ret_size = text ? (uint32_t)strlen(text) + 1 : 0;
	if (text)
		str_append_bytes(bytes, text, *ret_size);
}

/* The answer appears on stdout whole or not at all. */
static int write_answer(const struct profile_facts *facts, const struct program *program,
			struct error *err)
{
	autostr struct str texts = STR_INIT;
	autostr struct str bytes = STR_INIT;
	struct worker_answer answer = { .flags = facts->flags,
					.instructions = (uint32_t)program->len };

	append_text(&texts, facts->listener_path, &answer.path_size);
	append_text(&texts, facts->listener_metadata, &answer.metadata_size);
	str_append_bytes(&bytes, &answer, sizeof(answer));
	str_append_bytes(&bytes, program->code, program->len * sizeof(*program->code));
	str_append_bytes(&bytes, texts.data, texts.len);
	if (fd_write_all(STDOUT_FILENO, bytes.data, bytes.len) < 0)
		return error_errno(err, "cannot write the filter");
	return 0;
}

static int compile_and_write(const struct jnode *profile, int file, struct error *err)
{
	autostr struct str bytes = STR_INIT;
	autofree struct sock_filter *shorter = NULL;
	struct profile_facts facts;
	struct program program;

	if (profile_read_facts(profile, &facts, err) < 0 ||
	    compile_profile(profile, file, &bytes, err) < 0)
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
	return write_answer(&facts, &program, err);
}

static int compile_text(const struct str *text, int file, struct error *err)
{
	autojson json_t *document =
		json_parse_last(text->data, text->len, RUNTIME_CONFIG_FILE ": linux.seccomp", err);
	struct jnode root = jnode_root(NULL, RUNTIME_CONFIG_FILE);
	struct jnode parent = jnode_member(&root, "linux");
	struct jnode profile = jnode_member(&parent, "seccomp");

	if (!document)
		return -1;
	/* So that messages tell the place in config.json. */
	profile.value = document;
	return compile_and_write(&profile, file, err);
}

static int compile_stdin(struct error *err)
{
	static const struct confine_profile nothing = { 0 };
	static const struct confine_place nowhere = { -1, -1 };
	autoclose int file = memfd_create("filter", MFD_CLOEXEC);
	autostr struct str text = STR_INIT;

	if (file < 0)
		return error_errno(err, "cannot make a file in memory");
	if (fd_read_rest(STDIN_FILENO, RUNTIME_SECCOMP_MAX, &text, err) < 0)
		return error_prefix(err, RUNTIME_CONFIG_FILE ": linux.seccomp");
	if (confine(&nothing, &nowhere, err) < 0)
		return error_prefix(err, "cannot confine the process");
	return compile_text(&text, file, err);
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
	int status = 0;

	limit_resources();
	if ((wants_words ? write_vocabulary(&err) : compile_stdin(&err)) < 0)
		status = fd_write_all(STDOUT_FILENO, &err, sizeof(err)) < 0 ? 1 : WORKER_FAILED;
	/* Nothing is buffered, and what runs at the end of a sanitized process opens files. */
	_exit(status);
}
