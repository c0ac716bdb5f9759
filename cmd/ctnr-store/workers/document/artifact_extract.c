/* SPDX-License-Identifier: Apache-2.0 */
/*
 * artifact extract, in this order:
 *
 *  1. read the manifest, which is hashed, and choose the files; strangers wrote what they are called (title.h)
 *  2. in a directory: is no name taken?
 *  3. one file after the other: copy it to a file of a name of ours, hashing it; when it is what its digest says, give
 *     it its name, which must be free still
 * For standard output the one file is hashed before the first byte is written.
 */
#include "artifact_opts.h"
#include "workers/document/artifact.h"
#include "workers/document/title.h"

#include "base/alloc.h"
#include "base/output.h"
#include "format/hash.h"
#include "oci/blob.h"
#include "oci/image_config.h"
#include "store/image_resolve.h"
#include "system/interrupt.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES (256U << 10) /* at a time */
#define PART_NAME "artifact" /* of what is in the making, file_part_name() */

/* One call. */
struct extraction {
	const struct artifact_opts *opts; /* borrowed */
	struct interrupt interrupt;
	struct layout layout;
	struct manifest manifest;
	const struct descriptor **files; /* those that were chosen, borrowed from the manifest */
	size_t n_files;
};

#define EXTRACTION_INIT(opts_) \
	{ \
		.opts = (opts_), .interrupt = INTERRUPT_INIT, .layout = LAYOUT_INIT, \
		.manifest = MANIFEST_INIT \
	}

static void extraction_release(struct extraction *extraction)
{
	layout_release(&extraction->layout);
	manifest_release(&extraction->manifest);
	free(extraction->files);
	interrupt_release(&extraction->interrupt);
}
#define autoextraction autocleanup(extraction_release)

/* Read the manifest of what a word means. */
static int find_artifact(struct extraction *extraction, const char *word, struct error *err)
{
	autostore struct store store = STORE_INIT;
	autoimage struct image image = IMAGE_INIT;
	struct manifest *manifest = &extraction->manifest;
	int is_there = opts_open_store(&extraction->opts->common, &store, err);

	if (is_there < 0 || image_resolve(is_there ? &store : NULL, word, NULL, &image, err) < 0 ||
	    layout_open(image.layout, LAYOUT_READ, &extraction->layout, err) < 0)
		return -1;
	extraction->layout.check = blob_check;
	if (layout_read_manifest(&extraction->layout, &image.descriptor, manifest, err) < 0)
		return image_found_unfit(err);
	if (!image_config_is_type(manifest->config.media_type))
		return 0;
	error_set(err, ERROR_FAILED, "'%s' is no artifact but an image", word);
	return error_hint(err, "'ctnr run' and 'ctnr unshare' show the files of an image");
}

/* What a file is called in a directory, new. By its digest it can be had whatever its title is. */
static char *file_name(const struct extraction *extraction, const struct descriptor *file,
		       struct error *err)
{
	return extraction->opts->digest ? title_of_digest(&file->digest) : title_of(file, err);
}

/* Is the file one that the options want? */
static int is_wanted(const struct artifact_opts *opts, const struct descriptor *file,
		     struct error *err)
{
	autofree char *title = NULL;

	if (opts->digest)
		return strcmp(opts->digest, file->digest.text) == 0;
	title = title_of(file, err);
	if (!title)
		return -1;
	return !opts->title || strcmp(opts->title, title) == 0;
}

static int choose_files(struct extraction *extraction, struct error *err)
{
	const struct manifest *manifest = &extraction->manifest;

	if (!extraction->opts->digest && titles_check(manifest, err) < 0)
		return -1;
	extraction->files = xcalloc(manifest->n_layers + 1, sizeof(const void *));
	for (size_t i = 0; i < manifest->n_layers; i++) {
		int wanted = is_wanted(extraction->opts, &manifest->layers[i], err);

		if (wanted < 0)
			return -1;
		if (!wanted)
			continue;
		extraction->files[extraction->n_files++] = &manifest->layers[i];
		if (extraction->opts->digest)
			break;
	}
	if (extraction->n_files)
		return 0;
	error_set(err, ERROR_NOT_FOUND, "the artifact has no such file");
	return error_hint(err, "'ctnr artifact inspect' lists its files");
}

/* Copy the blob to out, and fail when it was not what its digest says. */
static int copy_blob(const struct extraction *extraction, const struct descriptor *file, int out,
		     struct error *err)
{
	autoclose int in = layout_open_blob(&extraction->layout, file, err);
	autofree char *buffer = xmalloc(COPY_BYTES);
	autohash struct hash hash = HASH_INIT;
	struct digest digest;
	ssize_t n;

	if (in < 0 || hash_start(&hash, file->digest.algorithm, err) < 0)
		return -1;
	while ((n = fd_read_full(in, buffer, COPY_BYTES)) > 0) {
		if (interrupt_wait(&extraction->interrupt, 0))
			return interrupt_error(err);
		hash_update(&hash, buffer, (size_t)n);
		if (fd_write_all(out, buffer, (size_t)n) < 0)
			return error_errno(err, "cannot write");
	}
	if (n < 0)
		return error_errno(err, "cannot read blob %s", file->digest.text);
	hash_finish(&hash, &digest);
	if (digest_equal(&digest, &file->digest))
		return 0;
	error_set(err, ERROR_VERIFY, "blob %s has the digest %s", file->digest.text, digest.text);
	return store_damaged(err);
}

/* Give what was made its name, which must be free. Not every filesystem can rename so. */
static int publish_file(int dirfd, const char *part, const char *name, struct error *err)
{
	if (renameat2(dirfd, part, dirfd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if ((errno == EINVAL || errno == ENOSYS) && linkat(dirfd, part, dirfd, name, 0) == 0)
		return unlinkat(dirfd, part, 0) == 0 ? 0 : error_errno(err, "cannot remove a link");
	return error_errno(err, "cannot create it");
}

static int write_part(const struct extraction *extraction, const struct descriptor *file, int dirfd,
		      const char *part, const char *name, struct error *err)
{
	autoclose int out =
		openat(dirfd, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	int result;

	if (out < 0)
		return error_errno(err, "cannot create it");
	result = copy_blob(extraction, file, out, err);
	if (result == 0)
		result = publish_file(dirfd, part, name, err);
	if (result < 0)
		unlinkat(dirfd, part, 0);
	return result;
}

static int write_file(const struct extraction *extraction, const struct descriptor *file, int dirfd,
		      const char *name, struct error *err)
{
	autofree char *part = file_part_name(PART_NAME);

	if (write_part(extraction, file, dirfd, part, name, err) < 0)
		return error_prefix(err, "'%s'", name);
	return 0;
}

static int there_already(const char *name, struct error *err)
{
	error_set(err, ERROR_FAILED, "'%s' is there already", name);
	return error_hint(err, "nothing is overwritten: choose another directory, or remove it");
}

/* A directory gets all or nothing, as far as that is known before. */
static int check_free(const struct extraction *extraction, int dirfd, struct error *err)
{
	struct stat st;

	for (size_t i = 0; i < extraction->n_files; i++) {
		autofree char *name = file_name(extraction, extraction->files[i], err);

		if (!name)
			return -1;
		if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return there_already(name, err);
	}
	return 0;
}

static int write_directory(const struct extraction *extraction, const char *path, struct error *err)
{
	autofree char *inside = xasprintf("%s/.", path);
	autofree char *last = NULL;
	autoclose int dirfd = output_open_directory(inside, &last, err);

	if (dirfd < 0)
		return error_prefix(err, "'%s'", path);
	if (check_free(extraction, dirfd, err) < 0)
		return error_prefix(err, "'%s'", path);
	for (size_t i = 0; i < extraction->n_files; i++) {
		autofree char *name = file_name(extraction, extraction->files[i], err);

		if (!name || write_file(extraction, extraction->files[i], dirfd, name, err) < 0)
			return error_prefix(err, "'%s'", path);
	}
	return 0;
}

/* A path that is not there: the one file gets it. */
static int write_path(const struct extraction *extraction, const char *path, struct error *err)
{
	autofree char *name = NULL;
	autoclose int dirfd = output_open_directory(path, &name, err);

	if (dirfd < 0)
		return error_prefix(err, "'%s'", path);
	return write_file(extraction, extraction->files[0], dirfd, name, err);
}

static int write_stdout(const struct extraction *extraction, struct error *err)
{
	const struct descriptor *file = extraction->files[0];

	if (blob_verify(&extraction->layout, file, err) < 0)
		return store_damaged(err);
	return copy_blob(extraction, file, STDOUT_FILENO, err);
}

static int write_target(const struct extraction *extraction, const char *target, struct error *err)
{
	bool is_stdout = strcmp(target, "-") == 0;
	struct stat st;

	if (!is_stdout && stat(target, &st) == 0 && S_ISDIR(st.st_mode))
		return write_directory(extraction, target, err);
	if (extraction->n_files > 1) {
		error_set(err, ERROR_USAGE, "the artifact has %zu files, and '%s' is no directory",
			  extraction->n_files, target);
		return error_hint(
			err,
			"name a directory that is there, or choose one file with --title or --digest");
	}
	return is_stdout ? write_stdout(extraction, err) : write_path(extraction, target, err);
}

int artifact_extract(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct artifact_opts *opts = opts_;
	autoextraction struct extraction extraction = EXTRACTION_INIT(opts);

	if (operands->len != 2 || !*operands->items[1])
		return error_set(err, ERROR_USAGE,
				 "expected an artifact, and a directory, a file or '-'");
	if (opts->title && opts->digest)
		return error_set(err, ERROR_USAGE, "--title and --digest choose differently");
	if (interrupt_init(&extraction.interrupt, err) < 0 ||
	    find_artifact(&extraction, operands->items[0], err) < 0)
		return -1;
	if (choose_files(&extraction, err) < 0 ||
	    write_target(&extraction, operands->items[1], err) < 0)
		return error_prefix(err, "artifact '%s'", operands->items[0]);
	return 0;
}
