/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the applying of a layer: the input is a tar archive, applied in both forms over a small
 * finished layer, in a temporary directory. What is outside of that must stay as it is.
 */
#include "workers/layer/changeset.h"
#include "workers/layer/reporter.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Input comes in pieces of odd length, so that headers are split. */
#define PIECE 1000
#define BLOCK 512
/* Not what is looked for here, and slow. */
#define CONTENT_MAX (1U << 20)

void report_warning(const char *format, ...)
{
	(void)format;
}

struct input {
	const uint8_t *data;
	size_t len;
};

static int read_input(void *source, const void **ret_bytes, size_t *ret_len, struct error *err)
{
	struct input *input = source;

	(void)err;
	*ret_bytes = input->data;
	*ret_len = input->len < PIECE ? input->len : PIECE;
	input->data += *ret_len;
	input->len -= *ret_len;
	return *ret_len > 0;
}

/* A mutation should not die of a header's checksum: give every block the right one. */
static void fix_checksums(uint8_t *data, size_t size)
{
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		uint8_t *field = data + at + 148;
		unsigned int sum = 0;
		char text[8];

		if (data[at] == 0)
			continue;
		memset(field, ' ', sizeof(text));
		for (size_t i = 0; i < BLOCK; i++)
			sum += data[at + i];
		snprintf(text, sizeof(text), "%06o", sum & 0777777);
		memcpy(field, text, sizeof(text));
	}
}

static int make_dir(int dirfd, const char *name)
{
	if (mkdirat(dirfd, name, 0755) < 0)
		abort();
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* lower/: d/x, s -> d, f */
static int make_lower(int dirfd)
{
	int lower = make_dir(dirfd, "lower");
	int d = make_dir(lower, "d");

	close(openat(d, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	close(openat(lower, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	if (symlinkat("d", lower, "s") < 0)
		abort();
	close(d);
	return lower;
}

static void apply(int dirfd, enum layer_form form, const int *lowers, size_t n_lowers,
		  const struct identity *identity, struct input input)
{
	static struct layer layer;
	int top = make_dir(dirfd, form == LAYER_OVERLAY ? "overlay" : "plain");
	int owners =
		openat(dirfd, "owners", O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	struct tar_reader *tar = tar_reader_new(read_input, &input);
	const struct layer_target target = { form, top, owners, lowers, n_lowers };
	struct changeset_totals totals = { 0 };
	struct error err = { 0 };

	if (layer_init(&layer, &target, identity, &err) < 0)
		abort();
	if (changeset_apply(&layer, tar, &totals, NULL, NULL, &err) < 0 && !err.message[0])
		abort();
	layer_release(&layer);
	tar_reader_free(tar);
	close(owners);
	close(top);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* One ID: nothing needs privileges. */
	static const struct identity identity = { .rung = IDENTITY_SINGLE };
	char path[] = "/tmp/ctnr-fuzz-layer.XXXXXX";
	struct stat before;
	struct stat after;
	autofree uint8_t *copy = NULL;
	int dirfd;
	int lower;

	if (size > CONTENT_MAX || !mkdtemp(path))
		return 0;
	copy = xmemdup(data, size);
	fix_checksums(copy, size);
	umask(0);
	dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	lower = make_lower(dirfd);
	apply(dirfd, LAYER_PLAIN, NULL, 0, &identity, (struct input) { copy, size });
	fstat(lower, &before);
	apply(dirfd, LAYER_OVERLAY, &lower, 1, &identity, (struct input) { copy, size });
	/* A finished layer is not written to, and the directory beside the trees has no new names.
	 */
	if (fstat(lower, &after) < 0 || before.st_mtim.tv_sec != after.st_mtim.tv_sec ||
	    before.st_mtim.tv_nsec != after.st_mtim.tv_nsec)
		abort();
	if (fstat(dirfd, &after) < 0 || after.st_nlink != 5)
		abort();
	close(lower);
	close(dirfd);
	if (tree_remove_at(AT_FDCWD, path, NULL) < 0)
		abort();
	return 0;
}
