/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "layer/archive.h"
#include "layer/stream.h"
#include "oci/media_type.h"
#include "system/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct layout layout = LAYOUT_INIT;

static unsigned char *make_content(size_t len)
{
	unsigned char *content = xmalloc(len ? len : 1);

	for (size_t i = 0; i < len; i++)
		content[i] = (unsigned char)(i * 7 + i / 251);
	return content;
}

/* Make a blob of content, given in pieces of step bytes. Returns what blob_finish_new() does. */
static int make_blob(const struct compress_options *options, const unsigned char *content,
		     size_t len, size_t step, struct digest *ret_diff_id, struct descriptor *ret,
		     struct error *err)
{
	autoblobwriter struct blob_writer blob = BLOB_WRITER_INIT;
	autoarchive struct archive *archive = NULL;

	if (blob_start_new(&layout, DIGEST_SHA256, &blob, err) < 0)
		return -1;
	archive = archive_new(options, &blob, err);
	if (!archive)
		return -1;
	for (size_t at = 0; at < len; at += step)
		if (archive_write(archive, content + at, len - at < step ? len - at : step, err) <
		    0)
			return -1;
	if (archive_finish(archive, ret_diff_id, err) < 0)
		return -1;
	return blob_finish_new(&blob, ret, err);
}

/* The files in blobs/sha256 whose names begin so. */
static int count_blobs(const char *prefix)
{
	DIR *folder = fdopendir(openat(layout.dirfd, "blobs/sha256", O_RDONLY | O_CLOEXEC));
	int count = 0;

	for (struct dirent *entry; (entry = readdir(folder));)
		count += entry->d_name[0] != '.' &&
			 strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(folder);
	return count;
}

/* Read a blob by the inverse, whose digests are both compared. */
static int read_blob(const struct descriptor *descriptor, const struct digest *diff_id,
		     const unsigned char *content, size_t len)
{
	autoclose int fd = layout_open_blob(&layout, descriptor, NULL);
	struct stream stream;
	const void *bytes;
	size_t part;
	size_t done = 0;
	int result = 0;

	if (fd < 0 ||
	    stream_start(&stream, fd, descriptor->size, &descriptor->digest, diff_id, NULL) < 0)
		return -1;
	while (stream_read(&stream, &bytes, &part, NULL) > 0) {
		if (part > len - done || memcmp(content + done, bytes, part) != 0)
			result = -1;
		done += part;
	}
	return stream_finish(&stream, result, &descriptor->digest, diff_id, NULL) < 0 || done != len
		       ? -1
		       : 0;
}

static void test_round_trip(const struct compress_options *options, size_t len, size_t step)
{
	autofree unsigned char *content = make_content(len);
	autofree char *title = xasprintf("an archive of %zu bytes becomes a blob (%s)", len,
					 compression_names[options->compression]);
	autodescriptor struct descriptor first = DESCRIPTOR_INIT;
	autodescriptor struct descriptor second = DESCRIPTOR_INIT;
	struct digest diff_id;
	struct digest wanted;

	hash_buffer(DIGEST_SHA256, content, len, &wanted, NULL);
	is_int(make_blob(options, content, len, step, &diff_id, &first, NULL), BLOB_READY, title);
	is_str(diff_id.text, wanted.text, "... whose diff ID is the digest of the archive");
	ok(blob_verify(&layout, &first, NULL) == 0, "... whose digest and size are known");
	ok(read_blob(&first, &diff_id, content, len) == 0, "... and which is read back");
	is_int(make_blob(options, content, len, len + 1, &diff_id, &second, NULL), BLOB_PRESENT,
	       "... and which is there the second time");
	is_str(second.digest.text, first.digest.text, "... as the same one");
	is_int(count_blobs("new-"), 0, "... and no part is left");
}

static void test_full_disk(void)
{
	const struct compress_options options = { COMPRESSION_NONE, 0, 2 };
	const size_t len = 3 * COMPRESS_PIECE;
	autofree unsigned char *content = make_content(len);
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	struct rlimit limit;
	struct rlimit before;
	struct digest diff_id;
	struct error err = { 0 };
	int blobs = count_blobs("");

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = before;
	limit.rlim_cur = 1000000;
	setrlimit(RLIMIT_FSIZE, &limit);
	ok(make_blob(&options, content, len, 100000, &diff_id, &descriptor, &err) < 0,
	   "a disk without room is told");
	setrlimit(RLIMIT_FSIZE, &before);
	ok(strstr(err.message, "cannot write blob new-") && strstr(err.message, layout.path),
	   "... with what could not be written where");
	is_int(count_blobs(""), blobs, "... and leaves nothing");
}

static void test_left(void)
{
	const struct compress_options options = { COMPRESSION_GZIP, 0, 2 };
	autofree unsigned char *content = make_content(3 * COMPRESS_PIECE + 1);
	int blobs = count_blobs("");

	{
		autoblobwriter struct blob_writer blob = BLOB_WRITER_INIT;
		autoarchive struct archive *archive = NULL;

		ok(blob_start_new(&layout, DIGEST_SHA256, &blob, NULL) == BLOB_READY &&
			   (archive = archive_new(&options, &blob, NULL)) &&
			   archive_write(archive, content, 3 * COMPRESS_PIECE + 1, NULL) == 0,
		   "an archive may be left in the middle");
		is_int(count_blobs("new-"), 1, "... of a file that is there meanwhile");
	}
	is_int(count_blobs(""), blobs, "... and leaves nothing");
}

int main(void)
{
	char root[] = "/tmp/ctnr-archive.XXXXXX";
	struct error err = { 0 };

	if (!mkdtemp(root) || layout_open(root, LAYOUT_CREATE, &layout, &err) < 0) {
		printf("Bail out! cannot make a layout: %s\n", err.message);
		return 1;
	}
	for (int i = 0; i < COMPRESSION_MAX; i++) {
		const struct compress_options options = { (enum compression)i, 0, 2 };

		test_round_trip(&options, 10240, 512);
		test_round_trip(&options, 5 * COMPRESS_PIECE + 1, 70000);
	}
	test_full_disk();
	test_left();
	is_str(archive_media_type(COMPRESSION_GZIP), MEDIA_TYPE_LAYER_GZIP, "gzip has its type");
	is_str(archive_media_type(COMPRESSION_ZSTD), MEDIA_TYPE_LAYER_ZSTD, "zstd has its type");
	is_str(archive_media_type(COMPRESSION_NONE), MEDIA_TYPE_LAYER,
	       "a plain layer has its type");
	layout_release(&layout);
	tree_remove_at(AT_FDCWD, root, NULL);
	return done_testing();
}
