/* SPDX-License-Identifier: Apache-2.0 */
#include "process/seccomp.h"

#include "process/executable.h"
#include "workers/profile/protocol.h"

#include "base/alloc.h"
#include "base/fnv.h"
#include "base/message.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The number rises when the worker writes other filters. Those of before answer alike, but load slower:
 * they are compiled again. */
#define CACHE_MAGIC "ctnr-seccomp 4 " CTNR_VERSION "\n"
#define CACHE_MAX (8U << 20)
#define VOCABULARY_MAX (64U << 10)
#define CACHE_SPARE 16384 /* room for the read that finds the end */

/* A cache file: this, the profile's text, padding to 8 bytes, and what follows the answer of the worker
 * (protocol.h). The file is not synced, and a power cut can make zeros of its end or its middle, which
 * are instructions as well: the sum tells. */
struct cache_header {
	char magic[24];
	struct worker_answer answer;
	uint64_t text_len;
	uint64_t sum; /* fnv_words() of what is behind the padding */
};

static size_t padded_len(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

void seccomp_filter_release(struct seccomp_filter *filter)
{
	free(steal(&filter->data));
	*filter = (struct seccomp_filter)SECCOMP_FILTER_INIT;
}

/* How many bytes follow an answer; 0: it is none that a worker gives. */
static size_t answer_size(const struct worker_answer *answer)
{
	bool notifies = answer->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER;

	if (answer->instructions > BPF_MAXINSNS || answer->path_size > CACHE_MAX ||
	    answer->metadata_size > CACHE_MAX || notifies != (answer->path_size > 0))
		return 0;
	return answer->instructions * sizeof(struct sock_filter) + answer->path_size +
	       answer->metadata_size;
}

/* The text of that size at an offset of data; NULL: there is none, or it does not end there. */
static const char *text_at(const char *data, size_t at, size_t size)
{
	return size && memchr(data + at, '\0', size) == data + at + size - 1 ? data + at : NULL;
}

/* Take a file's content as filter when it is whole and of that very text. */
static bool adopt_cache_file(struct str *file, const char *text, size_t len,
			     struct seccomp_filter *ret)
{
	struct cache_header header;
	const struct worker_answer *answer = &header.answer;
	size_t at = sizeof(header) + padded_len(len);
	size_t behind;

	if (file->len < sizeof(header))
		return false;
	memcpy(&header, file->data, sizeof(header));
	if (strncmp(header.magic, CACHE_MAGIC, sizeof(header.magic)) != 0 ||
	    header.text_len != len || !answer_size(answer) ||
	    file->len != at + answer_size(answer) ||
	    memcmp(file->data + sizeof(header), text, len) != 0 ||
	    header.sum != fnv_words(file->data + at, answer_size(answer)))
		return false;
	behind = at + answer->instructions * sizeof(struct sock_filter);
	ret->data = str_steal(file);
	ret->flags = answer->flags;
	ret->instructions = ret->data + at;
	ret->len = answer->instructions;
	ret->listener_path = text_at(ret->data, behind, answer->path_size);
	ret->listener_metadata =
		text_at(ret->data, behind + answer->path_size, answer->metadata_size);
	return true;
}

/* In a store that others share with us, a filter must come from us or from root: another user could
 * have put one there that allows everything. */
static int read_cache(const struct store *store, const char *path, struct str *ret)
{
	autoclose int fd = openat(store->dirfd, path,
				  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_mode & 022 ||
	    (st.st_uid != geteuid() && st.st_uid != 0) || st.st_size > CACHE_MAX)
		return -1;
	str_reserve(ret, (size_t)st.st_size + CACHE_SPARE);
	return fd_read_rest(fd, CACHE_MAX, ret, NULL);
}

static int run_worker(const char *text, size_t len, struct str *answer, struct error *err)
{
	autofree char *path = executable_libexec("ctnr-exec-profile", err);
	char *argv[] = { path, NULL };
	struct process_exchange x = {
		.argv = argv, .in = text, .in_len = len, .out_max = CACHE_MAX
	};
	struct error theirs;
	int status;

	if (!path)
		return -1;
	message_debug("executing '%s' for a profile that has not been compiled before", path);
	status = process_exchange(&x, answer, err);
	if (status < 0)
		return -1;
	if (status == WORKER_FAILED && answer->len == sizeof(theirs)) {
		memcpy(&theirs, answer->data, sizeof(theirs));
		return error_move(err, &theirs);
	}
	if (status == 128 + SIGPROF)
		return error_set(err, ERROR_FAILED,
				 "config.json: linux.seccomp: compiling it takes more than %d s",
				 WORKER_SECONDS);
	if (status != 0 || answer->len < sizeof(struct worker_answer))
		return error_set(err, ERROR_FAILED, "ctnr-exec-profile failed with status %d",
				 status);
	return 0;
}

json_t *seccomp_vocabulary(struct error *err)
{
	autofree char *path = executable_libexec("ctnr-exec-profile", err);
	char word[] = WORKER_VOCABULARY;
	char *argv[] = { path, word, NULL };
	struct process_exchange x = { .argv = argv, .out_max = VOCABULARY_MAX };
	autostr struct str answer = STR_INIT;
	int status;

	if (!path)
		return NULL;
	status = process_exchange(&x, &answer, err);
	if (status == 0)
		return json_parse(answer.data, answer.len, "ctnr-exec-profile", err);
	if (status > 0)
		error_set(err, ERROR_FAILED, "ctnr-exec-profile failed with status %d", status);
	return NULL;
}

static int compile_filter(const char *text, size_t len, struct str *file, struct error *err)
{
	static const char zeros[8];
	autostr struct str answer = STR_INIT;
	struct cache_header header = { .magic = CACHE_MAGIC, .text_len = len };
	size_t size;

	if (run_worker(text, len, &answer, err) < 0)
		return -1;
	memcpy(&header.answer, answer.data, sizeof(header.answer));
	size = answer.len - sizeof(header.answer);
	if (!size || size != answer_size(&header.answer))
		return error_set(err, ERROR_FAILED, "ctnr-exec-profile wrote no filter");
	header.sum = fnv_words(answer.data + sizeof(header.answer), size);
	str_append_bytes(file, &header, sizeof(header));
	str_append_bytes(file, text, len);
	str_append_bytes(file, zeros, padded_len(len) - len);
	str_append_bytes(file, answer.data + sizeof(header.answer), size);
	return 0;
}

/* Flags of a notification are newer than what else this runtime needs of a kernel. Of flags that it knows,
 * the kernel goes on to say that there are no instructions. */
static int check_flags(const struct seccomp_filter *filter, struct error *err)
{
	if (!filter->listener_path)
		return 0;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter->flags, NULL) == 0 ||
	    errno == EFAULT)
		return 0;
	return error_errno(err, "config.json: linux.seccomp.flags: the kernel does not take them");
}

/* From the cache, or else compiled and kept there. */
static int find_filter(const struct store *store, const char *text, size_t len,
		       struct seccomp_filter *ret, struct error *err)
{
	autostr struct str file = STR_INIT;
	char path[64];

	/* The hash only names the file: whether it is the right one, its content decides. Two versions of
	 * ctnr on one store have a file each. */
	snprintf(path, sizeof(path), "cache/seccomp/%016llx",
		 (unsigned long long)fnv_add_words(fnv_words(CACHE_MAGIC, strlen(CACHE_MAGIC)),
						   text, len));
	if (store->path && read_cache(store, path, &file) == 0 &&
	    adopt_cache_file(&file, text, len, ret))
		return 0;
	str_clear(&file);
	if (compile_filter(text, len, &file, err) < 0)
		return -1;
	/* A filter that cannot be kept costs time at the next start, and nothing else. */
	if (store->path && store->writable)
		file_remember_at(store->dirfd, path, file.data, file.len);
	if (!adopt_cache_file(&file, text, len, ret))
		return error_set(err, ERROR_FAILED,
				 "config.json: linux.seccomp: the compiled filter is not whole");
	return 0;
}

int seccomp_filter_prepare(const struct store *store, const char *text, size_t len,
			   struct seccomp_filter *ret, struct error *err)
{
	return find_filter(store, text, len, ret, err) < 0 ? -1 : check_flags(ret, err);
}

int seccomp_filter_load(const struct seccomp_filter *filter, struct error *err)
{
	/* The kernel copies the instructions. */
	struct sock_fprog program = {
		.len = (unsigned short)filter->len,
		.filter = (struct sock_filter *)(uintptr_t)filter->instructions,
	};
	long fd;

	if (!filter->data)
		return 0;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter->flags, &program);
	if (fd >= 0)
		return (int)fd;
	error_errno(err, "cannot load the seccomp filter");
	if (filter->listener_path && error_errno_is(err, EBUSY))
		error_hint(err, "an agent is notified of this process's calls already");
	return -1;
}
