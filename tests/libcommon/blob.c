/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "oci/blob.h"
#include "system/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTENT "hello\n"
#define SHA256 "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define SHA512 \
	"sha512:e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1" \
	"c3b7f931f94aae41edda2c2b207a36e10f8bcb8d45223e54878f5b316e7ce3b6bc019629"

static struct layout layout = LAYOUT_INIT;

static bool has_part(const struct digest *digest)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	char part[LAYOUT_BLOB_PATH_MAX + 8];

	snprintf(part, sizeof(part), "%s.part", layout_blob_path(digest, path));
	return faccessat(layout.dirfd, part, F_OK, 0) == 0;
}

static struct digest digest_of(const char *text)
{
	struct digest digest = { 0 };

	if (digest_parse(text, &digest, NULL) < 0)
		exit(99);
	return digest;
}

/* Write content as that blob. Returns blob_finish()'s result. */
static int write_blob(const struct digest *digest, uint64_t size, const char *content,
		      struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;

	if (blob_start(&layout, digest, size, &writer, err) != BLOB_READY ||
	    blob_write(&writer, content, strlen(content), err) < 0)
		return -1;
	return blob_finish(&writer, err);
}

static void test_refusals(const struct digest *digest)
{
	static const struct {
		const char *content;
		uint64_t size;
		const char *title;
	} cases[] = {
		{ "hellO\n", 6, "another content is refused" },
		{ "hello", 6, "a short content is refused" },
		{ "hello\n\n", 6, "a long content is refused" },
		{ "", UINT64_MAX, "without a size the digest decides" },
	};

	for (size_t i = 0; i < array_size(cases); i++) {
		struct error err = { 0 };

		ok(write_blob(digest, cases[i].size, cases[i].content, &err) < 0, cases[i].title);
		is_int(err.code, ERROR_VERIFY, "... as a failed verification");
		ok(!layout_has_blob(&layout, digest, UINT64_MAX), "... and is not there");
		ok(!has_part(digest), "... nor half of it");
	}
}

static void test_locking(const struct digest *digest)
{
	struct blob_writer first = BLOB_WRITER_INIT;
	struct blob_writer second = BLOB_WRITER_INIT;

	is_int(blob_try_start(&layout, digest, 6, &first, NULL), BLOB_READY, "the first begins");
	is_int(blob_try_start(&layout, digest, 6, &second, NULL), BLOB_BUSY,
	       "the second finds it busy");
	ok(blob_write(&first, "hel", 3, NULL) == 0, "the first writes a part");
	/* What SIGKILL does: the descriptor is closed and nothing is cleaned up. */
	fd_close(&first.part.fd);
	blob_writer_release(&first);
	ok(has_part(digest), "killed, it leaves the part");
	ok(write_blob(digest, 6, CONTENT, NULL) == 0, "... which the next takes over");
	ok(!has_part(digest), "... and then it is gone");
	is_int(blob_try_start(&layout, digest, 6, &second, NULL), BLOB_PRESENT,
	       "what is there is not made again");
}

static void test_put(void)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	struct digest digest = digest_of(SHA256);
	char path[LAYOUT_BLOB_PATH_MAX];
	struct error err = { 0 };
	autoclose int fd = -EBADF;

	ok(blob_put(&layout, "text/plain", CONTENT, 6, &descriptor, NULL) == 0,
	   "a blob of ours is put");
	is_str(descriptor.digest.text, SHA256, "... and described");
	is_int((intmax_t)descriptor.size, 6, "... with its size");
	ok(blob_verify(&layout, &descriptor, NULL) == 0, "a blob is verified");
	fd = openat(layout.dirfd, layout_blob_path(&digest, path), O_WRONLY | O_CLOEXEC);
	ok(fd >= 0 && pwrite(fd, "H", 1, 0) == 1, "when somebody changes it");
	ok(blob_verify(&layout, &descriptor, &err) < 0, "... verifying fails");
	is_int(err.code, ERROR_VERIFY, "... and says so");
}

/* A content of that many bytes, none like its neighbours; new. */
static unsigned char *make_content(size_t len)
{
	unsigned char *content = xmalloc(len);

	for (size_t i = 0; i < len; i++)
		content[i] = (unsigned char)(i * 7 + i / 251);
	return content;
}

/* Write content in pieces of that length, read it back, and compare. */
static bool is_kept_in_pieces(const unsigned char *content, size_t len, size_t piece)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	struct descriptor descriptor = { .size = len };
	autostr struct str back = STR_INIT;
	char path[LAYOUT_BLOB_PATH_MAX];

	if (hash_buffer(DIGEST_SHA256, content, len, &descriptor.digest, NULL) < 0 ||
	    blob_start(&layout, &descriptor.digest, len, &writer, NULL) != BLOB_READY)
		return false;
	for (size_t at = 0; at < len; at += piece)
		if (blob_write(&writer, content + at, len - at < piece ? len - at : piece, NULL) <
		    0)
			return false;
	if (writer.written != len || blob_finish(&writer, NULL) < 0 ||
	    layout_read_blob(&layout, &descriptor, len, &back, NULL) < 0)
		return false;
	unlinkat(layout.dirfd, layout_blob_path(&descriptor.digest, path), 0);
	return memcmp(back.data, content, len) == 0;
}

static void test_pieces(void)
{
	static const size_t pieces[] = { 1021, 16384, 131071, 131072, 131073, 200000, 300000 };
	const size_t len = 300000;
	autofree unsigned char *content = make_content(len);

	for (size_t i = 0; i < array_size(pieces); i++) {
		autofree char *title = xasprintf("pieces of %zu bytes become one blob", pieces[i]);

		ok(is_kept_in_pieces(content, len, pieces[i]), title);
	}
}

/* Files may have no more bytes than that; RLIM_INFINITY: as many as before. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* A disk that is full for a while. */
static void test_gap(void)
{
	const size_t len = 300000;
	autofree unsigned char *content = make_content(len);
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	struct digest digest;
	struct error err = { 0 };

	if (hash_buffer(DIGEST_SHA256, content, len, &digest, NULL) < 0 ||
	    blob_start(&layout, &digest, UINT64_MAX, &writer, NULL) != BLOB_READY)
		exit(99);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(100000);
	ok(blob_write(&writer, content, 200000, &err) < 0, "a write that fails is told");
	limit_files(RLIM_INFINITY);
	ok(blob_write(&writer, content + 200000, len - 200000, NULL) == 0, "the next one may not");
	ok(blob_finish(&writer, &err) < 0 && err.code == ERROR_VERIFY,
	   "... and the blob with the gap is refused");
	ok(!layout_has_blob(&layout, &digest, UINT64_MAX), "... and is not there");
}

int main(void)
{
	char root[] = "/tmp/ctnr-blob.XXXXXX";
	struct digest sha256 = digest_of(SHA256);
	struct digest sha512 = digest_of(SHA512);
	struct error err = { 0 };

	if (!mkdtemp(root) || layout_open(root, LAYOUT_CREATE, &layout, &err) < 0) {
		printf("Bail out! cannot make a layout: %s\n", err.message);
		return 1;
	}
	test_refusals(&sha256);
	test_locking(&sha256);
	ok(write_blob(&sha512, 6, CONTENT, NULL) == 0, "sha512 is an algorithm too");
	test_put();
	test_pieces();
	test_gap();
	layout_release(&layout);
	tree_remove_at(AT_FDCWD, root, NULL);
	return done_testing();
}
