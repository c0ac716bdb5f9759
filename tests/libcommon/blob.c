/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "oci/blob.h"
#include "oci/blob_part.h"
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
	char part[BLOB_PART_PATH_MAX];

	return faccessat(layout.dirfd, blob_part_path(digest, part), F_OK, 0) == 0;
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

/* Leave a part with the first bytes of a content, as a killed writer does. */
static void leave_part(const struct digest *digest, const unsigned char *content, size_t len)
{
	char path[BLOB_PART_PATH_MAX];
	autoclose int fd = openat(layout.dirfd, blob_part_path(digest, path),
				  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, content, len) < 0)
		exit(99);
}

/* Continue the part with the rest of content. ret_kept: the bytes that were there. */
static int continue_blob(const struct digest *digest, const unsigned char *content, size_t len,
			 uint64_t *ret_kept, struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;

	*ret_kept = UINT64_MAX;
	if (blob_try_continue(&layout, digest, len, &writer, err) != BLOB_READY)
		return -1;
	*ret_kept = writer.written;
	for (size_t at = writer.written; at < len; at += 1000)
		if (blob_write(&writer, content + at, len - at < 1000 ? len - at : 1000, err) < 0)
			return -1;
	return blob_finish(&writer, err);
}

static void forget_blob(const struct digest *digest)
{
	char path[LAYOUT_BLOB_PATH_MAX];

	unlinkat(layout.dirfd, layout_blob_path(digest, path), 0);
}

static void test_continue(void)
{
	static const size_t lengths[] = { 1, 4096, 131072, 299999, 300000 };
	const size_t len = 300000;
	autofree unsigned char *content = make_content(len);
	struct digest digest;
	uint64_t kept;

	if (hash_buffer(DIGEST_SHA256, content, len, &digest, NULL) < 0)
		exit(99);
	for (size_t i = 0; i < array_size(lengths); i++) {
		autofree char *title = xasprintf("a part of %zu bytes is continued", lengths[i]);

		leave_part(&digest, content, lengths[i]);
		ok(continue_blob(&digest, content, len, &kept, NULL) == 0, title);
		is_int((intmax_t)kept, (intmax_t)lengths[i], "... from its end on");
		ok(!has_part(&digest), "... and is gone then");
		forget_blob(&digest);
	}
}

static void test_wrong_part(void)
{
	const size_t len = 300000;
	autofree unsigned char *content = make_content(len);
	autofree unsigned char *other = make_content(len + 1);
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	struct digest digest;
	struct error err = { 0 };
	uint64_t kept;

	if (hash_buffer(DIGEST_SHA256, content, len, &digest, NULL) < 0)
		exit(99);
	leave_part(&digest, other, len + 1);
	ok(continue_blob(&digest, content, len, &kept, NULL) == 0 && kept == 0,
	   "a part that is larger than the blob is not continued");
	forget_blob(&digest);
	other[0] ^= 1;
	leave_part(&digest, other, 150000);
	ok(continue_blob(&digest, content, len, &kept, &err) < 0 && err.code == ERROR_VERIFY,
	   "what is continued behind wrong bytes is refused");
	ok(!has_part(&digest) && !layout_has_blob(&layout, &digest, UINT64_MAX),
	   "... and nothing of it stays");
	leave_part(&digest, other, len);
	if (blob_try_continue(&layout, &digest, len, &writer, NULL) != BLOB_READY)
		exit(99);
	ok(blob_verify_written(&writer, &err) < 0 && writer.written == 0,
	   "a whole part with another content begins anew");
	ok(blob_write(&writer, content, len, NULL) == 0 && blob_finish(&writer, NULL) == 0,
	   "... and can become the blob");
	forget_blob(&digest);
}

static void test_odd_parts(void)
{
	const size_t len = 300000;
	autofree unsigned char *content = make_content(len);
	char path[BLOB_PART_PATH_MAX];
	struct digest digest;
	struct error err = { 0 };
	struct stat st;
	uint64_t kept;

	if (hash_buffer(DIGEST_SHA256, content, len, &digest, NULL) < 0)
		exit(99);
	blob_part_path(&digest, path);
	leave_part(&digest, content, 100);
	ok(linkat(layout.dirfd, path, layout.dirfd, "other-name", 0) == 0 &&
		   continue_blob(&digest, content, len, &kept, NULL) == 0 && kept == 0,
	   "a part that is another file too is replaced");
	ok(fstatat(layout.dirfd, "other-name", &st, 0) == 0 && st.st_size == 100,
	   "... and that file is as it was");
	forget_blob(&digest);
	ok(mkfifoat(layout.dirfd, path, 0600) == 0 &&
		   continue_blob(&digest, content, len, &kept, NULL) == 0 && kept == 0,
	   "a FIFO is replaced");
	forget_blob(&digest);
	leave_part(&digest, content, 100);
	ok(fchmodat(layout.dirfd, path, 0666, 0) == 0 &&
		   continue_blob(&digest, content, len, &kept, NULL) == 0 && kept == 0,
	   "a part that others can write to is not continued");
	forget_blob(&digest);
	ok(symlinkat("other-name", layout.dirfd, path) == 0 &&
		   continue_blob(&digest, content, len, &kept, &err) < 0 && err.message[0],
	   "a symbolic link is an error");
	ok(fstatat(layout.dirfd, "other-name", &st, 0) == 0 && st.st_size == 100,
	   "... and where it leads nothing changes");
	unlinkat(layout.dirfd, path, 0);
}

/* A hole in a part, where a filesystem has them. */
static void test_hole(void)
{
	const size_t len = 2U << 20;
	autofree unsigned char *content = make_content(len);
	char path[BLOB_PART_PATH_MAX];
	struct digest digest;
	uint64_t kept;
	autoclose int fd = -EBADF;

	if (hash_buffer(DIGEST_SHA256, content, len, &digest, NULL) < 0)
		exit(99);
	leave_part(&digest, content, 1U << 20);
	fd = openat(layout.dirfd, blob_part_path(&digest, path), O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)len) < 0)
		exit(99);
	ok(blob_part_bytes(&layout, &digest, len) < len, "a hole is no byte that is there");
	ok(continue_blob(&digest, content, len, &kept, NULL) == 0,
	   "a part with a hole is continued");
	is_int((intmax_t)kept, 1U << 20, "... from the hole on");
	forget_blob(&digest);
}

/* What stays when the writer is released. */
static void test_leaving(void)
{
	const size_t len = 300000;
	autofree unsigned char *content = make_content(len);
	struct blob_writer writer = BLOB_WRITER_INIT;
	struct digest digest;
	uint64_t kept;

	if (hash_buffer(DIGEST_SHA256, content, len, &digest, NULL) < 0 ||
	    blob_try_continue(&layout, &digest, len, &writer, NULL) != BLOB_READY)
		exit(99);
	blob_writer_release(&writer);
	ok(!has_part(&digest), "a writer that got nothing leaves nothing");
	writer = (struct blob_writer)BLOB_WRITER_INIT;
	if (blob_try_continue(&layout, &digest, len, &writer, NULL) != BLOB_READY)
		exit(99);
	ok(blob_write(&writer, content, 200001, NULL) == 0, "one that got some bytes");
	blob_writer_release(&writer);
	ok(has_part(&digest), "... leaves them");
	is_int((intmax_t)blob_part_bytes(&layout, &digest, len), 200001, "... all of them");
	ok(continue_blob(&digest, content, len, &kept, NULL) == 0 && kept == 200001,
	   "... for the next one");
	forget_blob(&digest);
	writer = (struct blob_writer)BLOB_WRITER_INIT;
	if (blob_try_start(&layout, &digest, len, &writer, NULL) != BLOB_READY)
		exit(99);
	ok(blob_write(&writer, content, 200001, NULL) == 0, "one that was not asked to continue");
	blob_writer_release(&writer);
	ok(!has_part(&digest), "... leaves nothing");
}

/* Write content as a new blob, and what is done between that and its end. Returns blob_finish_new()'s result. */
static int write_new(const char *content, void (*meanwhile)(void), struct descriptor *ret,
		     struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;

	if (blob_start_new(&layout, DIGEST_SHA256, &writer, err) != BLOB_READY ||
	    blob_write(&writer, content, strlen(content), err) < 0)
		return -1;
	if (meanwhile)
		meanwhile();
	return blob_finish_new(&writer, ret, err);
}

/* What a collector does before it deletes a blob. */
static void move_aside(void)
{
	struct digest digest = digest_of(SHA256);
	char aside[LAYOUT_BLOB_PATH_MAX];
	char path[LAYOUT_BLOB_PATH_MAX];

	if (renameat(layout.dirfd, layout_blob_path(&digest, path), layout.dirfd,
		     layout_aside_path(&digest, aside)) < 0)
		exit(99);
}

static void cut_blob(void)
{
	struct digest digest = digest_of(SHA256);
	char path[LAYOUT_BLOB_PATH_MAX];
	autoclose int fd =
		openat(layout.dirfd, layout_blob_path(&digest, path), O_WRONLY | O_CLOEXEC);

	if (ftruncate(fd, 3) < 0)
		exit(99);
}

static ino_t inode_of(const struct digest *digest)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	struct stat st = { 0 };

	fstatat(layout.dirfd, layout_blob_path(digest, path), &st, 0);
	return st.st_ino;
}

static bool is_in_lease(const struct digest *digest)
{
	autostr struct str text = STR_INIT;

	return file_read_at(layout.lease.dirfd, layout.lease.name, 1 << 20, &text, NULL) == 0 &&
	       strstr(text.data, digest->text);
}

static void test_new(void)
{
	struct digest digest = digest_of(SHA256);
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	ino_t inode;

	forget_blob(&digest);
	is_int(write_new(CONTENT, NULL, &descriptor, NULL), BLOB_READY,
	       "a blob whose digest nobody knows is made");
	is_str(descriptor.digest.text, SHA256, "... and has the digest of its content");
	is_int((intmax_t)descriptor.size, 6, "... and its size");
	ok(blob_verify(&layout, &descriptor, NULL) == 0, "... and is there");
	ok(is_in_lease(&digest), "... and stays while the layout is open");
	inode = inode_of(&digest);
	is_int(write_new(CONTENT, NULL, &descriptor, NULL), BLOB_PRESENT,
	       "made again, it is there already");
	ok(inode_of(&digest) == inode, "... and is not written anew");
	is_int(write_new(CONTENT, move_aside, &descriptor, NULL), BLOB_PRESENT,
	       "one that a collector has moved aside is taken back");
	ok(inode_of(&digest) == inode, "... as it is");
	is_int(write_new(CONTENT, cut_blob, &descriptor, NULL), BLOB_READY,
	       "one of another size is replaced");
	ok(blob_verify(&layout, &descriptor, NULL) == 0, "... by the right one");
}

/* The name of the only part of a new blob; new, or NULL. */
static char *find_new_part(void)
{
	autostrlist struct strlist names = STRLIST_INIT;
	char *found = NULL;

	dir_list_at(layout.dirfd, "blobs/sha256", &names, NULL);
	for (size_t i = 0; i < names.len; i++)
		if (blob_part_is_new(names.items[i]))
			found = xasprintf("blobs/sha256/%s", names.items[i]);
	return found;
}

static void test_new_part(void)
{
	struct blob_writer writer = BLOB_WRITER_INIT;
	autofree char *part = NULL;
	autofree char *left = NULL;

	ok(blob_start_new(&layout, DIGEST_SHA256, &writer, NULL) == BLOB_READY &&
		   blob_write(&writer, CONTENT, 6, NULL) == 0,
	   "a new blob is begun");
	part = find_new_part();
	ok(part && lock_is_held_at(layout.dirfd, part), "... in a part that is held");
	/* What SIGKILL does. */
	fd_close(&writer.part.fd);
	blob_writer_release(&writer);
	ok(part && !lock_is_held_at(layout.dirfd, part), "killed, its writer leaves it, not held");
	if (part)
		unlinkat(layout.dirfd, part, 0);
	ok(blob_start_new(&layout, DIGEST_SHA256, &writer, NULL) == BLOB_READY &&
		   blob_write(&writer, CONTENT, 6, NULL) == 0,
	   "another one is begun");
	blob_writer_release(&writer);
	left = find_new_part();
	ok(!left, "... and leaves nothing when it is not finished");
	ok(!blob_part_is_new("new-.part") && !blob_part_is_new("new-0123456789abcdef") &&
		   !blob_part_is_new("new-0123456789abcdef.part.part") &&
		   !blob_part_is_new("0123456789abcdef.part"),
	   "other names are none of a new blob's part");
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
	test_continue();
	test_wrong_part();
	test_odd_parts();
	test_hole();
	test_leaving();
	test_new();
	test_new_part();
	layout_release(&layout);
	tree_remove_at(AT_FDCWD, root, NULL);
	return done_testing();
}
