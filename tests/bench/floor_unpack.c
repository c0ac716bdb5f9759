/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor under `ctnr-unpack` of a gzip layer, synced: a program that does what no unpacking can do
 * without, in as few calls as it takes, and nothing else. The tree comes from memory, so that nothing
 * waits for the inflater and no archive is parsed; names are not resolved beneath a root, nothing is
 * confined, no store is locked or published. What is missing here is what ctnr-unpack adds, and the
 * bench prints how many times the floor it takes.
 *
 *	floor_unpack BLOB DIFF_ID ARCHIVE PLAN DIR
 *
 * BLOB is the layer, in a file that is named by its SHA-256; DIFF_ID the SHA-256 of what it inflates
 * to, as 64 digits. ARCHIVE is that, and PLAN says what is to be made of it, ready to be read: for each
 * entry a struct record, its path and the target of its link, each with a NUL (inputs.py writes it). Both
 * are mapped, and hot in the page cache: the memory that the tree comes from. DIR is there and empty.
 *
 * Side by side, as both processors allow:
 *  1. One thread hashes BLOB.
 *  2. One inflates it (ISA-L) and hashes (libcrypto) what comes out, in pieces that stay in the cache.
 *  3. The first thread makes the tree: content, owner where it is not the one that a new file has, mode
 *     where open(2) has not made it, time; directories get theirs at the end, because every entry in
 *     them changes it. Large files are sent to the disk at once, as ctnr-unpack does.
 * Then the digests are compared, and the filesystem is synced once.
 *
 * Owners other than 0:0 want a user namespace, which the caller gives: `unshare --map-root-user
 * --map-auto floor_unpack ...`.
 */
#include <isa-l/igzip_lib.h>
#include <openssl/evp.h>

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS 64 /* of a SHA-256 */
#define PIECE_SIZE (256U << 10) /* bytes: the inflater's output stays in the second-level cache */
#define WRITE_OUT_MIN (1U << 20) /* bytes: files that large are sent to the disk at once */

struct record {
	uint32_t
		type; /* as tar has it: '0' file, '1' hardlink, '2' symlink, '5' directory, '6' FIFO */
	uint32_t mode; /* with set-ID and sticky bits */
	uint32_t uid;
	uint32_t gid;
	int64_t mtime; /* seconds */
	uint64_t offset; /* of the content in the archive */
	uint64_t size;
};

struct memory {
	const unsigned char *bytes;
	size_t len;
};

static void check(long result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
}

static struct memory map_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *bytes;

	check(fd, path);
	check(fstat(fd, &st), path);
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	return (struct memory) { bytes, (size_t)st.st_size };
}

/* Hashes. */

static EVP_MD_CTX *start_hash(void)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();

	if (!hash || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		errx(1, "libcrypto");
	return hash;
}

static void verify_hash(EVP_MD_CTX *hash, const char *digits, const char *what)
{
	unsigned char raw[EVP_MAX_MD_SIZE] = { 0 };
	char text[DIGITS + 1];

	EVP_DigestFinal_ex(hash, raw, NULL);
	for (int i = 0; i < DIGITS / 2; i++)
		snprintf(text + 2 * i, 3, "%02x", raw[i]);
	if (strcmp(text, digits) != 0)
		errx(1, "%s is sha256:%s, not sha256:%s", what, text, digits);
	EVP_MD_CTX_free(hash);
}

struct layer {
	struct memory blob;
	const char *digest; /* 64 digits */
	const char *diff_id;
};

static void *hash_blob(void *data)
{
	const struct layer *layer = data;
	EVP_MD_CTX *hash = start_hash();

	EVP_DigestUpdate(hash, layer->blob.bytes, layer->blob.len);
	verify_hash(hash, layer->digest, "the blob");
	return NULL;
}

/* One member, as the bench's layers have. */
static void *inflate_blob(void *data)
{
	static unsigned char piece[PIECE_SIZE];
	static struct inflate_state state;
	const struct layer *layer = data;
	EVP_MD_CTX *hash = start_hash();

	isal_inflate_init(&state);
	state.crc_flag = ISAL_GZIP;
	state.next_in = (unsigned char *)(uintptr_t)layer->blob.bytes;
	state.avail_in = (uint32_t)layer->blob.len;
	do {
		state.next_out = piece;
		state.avail_out = PIECE_SIZE;
		if (isal_inflate(&state) != ISAL_DECOMP_OK)
			errx(1, "damaged data");
		EVP_DigestUpdate(hash, piece, PIECE_SIZE - state.avail_out);
	} while (state.block_state != ISAL_BLOCK_FINISH);
	verify_hash(hash, layer->diff_id, "the archive");
	return NULL;
}

/* The tree. The working directory is its root. */

static void set_time(const char *path, int64_t seconds)
{
	const struct timespec times[2] = { { seconds, 0 }, { seconds, 0 } };

	check(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), path);
}

static void make_file(const struct record *record, const char *path, const unsigned char *content)
{
	const struct timespec times[2] = { { record->mtime, 0 }, { record->mtime, 0 } };
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, record->mode & 0777);
	ssize_t len;

	check(fd, path);
	for (uint64_t done = 0; done < record->size; done += (uint64_t)len) {
		len = write(fd, content + done, record->size - done);
		check(len, path);
	}
	if (record->size >= WRITE_OUT_MIN)
		sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	if (record->uid || record->gid)
		check(fchown(fd, record->uid, record->gid), path);
	if (record->mode & 07000)
		check(fchmod(fd, record->mode), path);
	check(futimens(fd, times), path);
	close(fd);
}

static void make_directory(const struct record *record, const char *path)
{
	if (mkdir(path, record->mode & 0777) < 0 && strcmp(path, ".") != 0)
		err(1, "%s", path);
	if (record->uid || record->gid)
		check(chown(path, record->uid, record->gid), path);
	if (record->mode & 07000 || strcmp(path, ".") == 0)
		check(chmod(path, record->mode), path);
}

/* A device cannot be made in a user namespace: an empty file stands for it, as ctnr-unpack leaves one. */
static void make_special(const struct record *record, const char *path, const char *link)
{
	if (record->type == '2')
		check(symlink(link, path), path);
	else
		check(mknod(path, (record->type == '6' ? S_IFIFO : S_IFREG) | (record->mode & 0777),
			    0),
		      path);
	if (record->uid || record->gid)
		check(lchown(path, record->uid, record->gid), path);
	set_time(path, record->mtime);
}

static void make_tree(struct memory plan, struct memory archive)
{
	size_t n_directories = 0;
	const char **paths = calloc(plan.len / sizeof(struct record), sizeof(*paths));
	int64_t *times = calloc(plan.len / sizeof(struct record), sizeof(*times));

	for (size_t at = 0; at < plan.len;) {
		const char *path = (const char *)plan.bytes + at + sizeof(struct record);
		const char *link = path + strlen(path) + 1;
		struct record record;

		memcpy(&record, plan.bytes + at, sizeof(record));
		at = (size_t)(link + strlen(link) + 1 - (const char *)plan.bytes);
		if (record.type == '0') {
			make_file(&record, path, archive.bytes + record.offset);
		} else if (record.type == '1') {
			check(linkat(AT_FDCWD, link, AT_FDCWD, path, 0), path);
		} else if (record.type == '5') {
			make_directory(&record, path);
			paths[n_directories] = path;
			times[n_directories++] = record.mtime;
		} else {
			make_special(&record, path, link);
		}
	}
	while (n_directories-- > 0)
		set_time(paths[n_directories], times[n_directories]);
	free(paths);
	free(times);
}

static pthread_t start_thread(void *(*work)(void *data), void *data)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, data) != 0)
		errx(1, "cannot start a thread");
	return thread;
}

int main(int argc, char **argv)
{
	struct layer layer;
	struct memory archive, plan;
	pthread_t threads[2];
	int dir;

	if (argc != 6)
		errx(2, "usage: floor_unpack BLOB DIFF_ID ARCHIVE PLAN DIR");
	layer = (struct layer) { map_file(argv[1]), strrchr(argv[1], '/') + 1, argv[2] };
	archive = map_file(argv[3]);
	plan = map_file(argv[4]);
	dir = open(argv[5], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(dir, argv[5]);
	check(fchdir(dir), argv[5]);
	umask(0);
	threads[0] = start_thread(hash_blob, &layer);
	threads[1] = start_thread(inflate_blob, &layer);
	make_tree(plan, archive);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	check(syncfs(dir), argv[5]);
	return 0;
}
