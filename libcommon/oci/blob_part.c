/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/blob_part.h"

#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

const char *blob_part_path(const struct digest *digest, char path[BLOB_PART_PATH_MAX])
{
	char blob[LAYOUT_BLOB_PATH_MAX];

	snprintf(path, BLOB_PART_PATH_MAX, "%s" FILE_PART_SUFFIX, layout_blob_path(digest, blob));
	return path;
}

#define NEW_PREFIX "new-"
#define NEW_DIGITS 16

static bool is_plain_file(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink == 1;
}

/* Can nobody else have a descriptor to write to it? */
static bool is_ours_alone(const struct stat *st)
{
	return is_plain_file(st) && st->st_uid == geteuid() && !(st->st_mode & 0022);
}

/* Lock what has that name, ret_is_ours: and its bytes may be taken over. What is not ours is replaced once:
 * on some filesystems even a file that was just made seems to be another user's. */
static int lock_part(const struct layout *layout, const char *path, enum lock_wait wait,
		     struct lock_file *ret, bool *ret_is_ours, struct error *err)
{
	for (int replaced = 0; replaced <= 1; replaced++) {
		autolockfile struct lock_file part = LOCK_FILE_INIT;
		struct stat st;

		if (lock_file_open_at(layout->dirfd, path, LOCK_EXCLUSIVE, wait, &part, err) < 0)
			return -1;
		if (fstat(part.fd, &st) < 0)
			return error_errno(err, "cannot look at '%s'", path);
		*ret_is_ours = is_ours_alone(&st);
		if (*ret_is_ours || (replaced && is_plain_file(&st))) {
			*ret = part;
			part = (struct lock_file)LOCK_FILE_INIT;
			return 0;
		}
		if (unlinkat(layout->dirfd, path, 0) < 0)
			return error_errno(err, "cannot remove '%s'", path);
	}
	return error_set(err, ERROR_FAILED, "'%s' is not a file of ours", path);
}

/* The bytes that can be the beginning of a blob of that size. A hole is what a power cut leaves, and what
 * nobody has written. */
static uint64_t beginning_of(int fd, const struct stat *st, uint64_t size)
{
	uint64_t len = (uint64_t)st->st_size;
	off_t hole;

	if (size == UINT64_MAX || len > size)
		return 0;
	hole = len ? lseek(fd, 0, SEEK_HOLE) : 0;
	return hole >= 0 && (uint64_t)hole < len ? (uint64_t)hole : len;
}

int blob_part_open(const struct layout *layout, const struct digest *digest, uint64_t size,
		   enum blob_part_use use, enum lock_wait wait, struct lock_file *ret,
		   uint64_t *ret_kept, struct error *err)
{
	autolockfile struct lock_file part = LOCK_FILE_INIT;
	char path[BLOB_PART_PATH_MAX];
	uint64_t kept = 0;
	bool is_ours;
	struct stat st;

	blob_part_path(digest, path);
	if (lock_part(layout, path, wait, &part, &is_ours, err) < 0)
		return -1;
	if (fstat(part.fd, &st) < 0)
		return error_errno(err, "cannot look at '%s'", path);
	if (use == BLOB_PART_CONTINUE && is_ours)
		kept = beginning_of(part.fd, &st, size);
	if (ftruncate(part.fd, (off_t)kept) < 0 || lseek(part.fd, (off_t)kept, SEEK_SET) < 0)
		return error_errno(err, "cannot truncate '%s'", path);
	*ret = part;
	part = (struct lock_file)LOCK_FILE_INIT;
	*ret_kept = kept;
	return 0;
}

int blob_part_open_new(const struct layout *layout, enum digest_algorithm algorithm,
		       char path[BLOB_PART_PATH_MAX], struct lock_file *ret, struct error *err)
{
	uint64_t number;
	bool is_ours;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_errno(err, "cannot get random bytes");
	snprintf(path, BLOB_PART_PATH_MAX, "blobs/%s/" NEW_PREFIX "%0*" PRIx64 FILE_PART_SUFFIX,
		 digest_algorithm_name(algorithm), NEW_DIGITS, number);
	return lock_part(layout, path, LOCK_WAIT, ret, &is_ours, err);
}

bool blob_part_is_new(const char *name)
{
	const size_t prefix = strlen(NEW_PREFIX);

	return str_starts_with(name, NEW_PREFIX) &&
	       strspn(name + prefix, "0123456789abcdef") == NEW_DIGITS &&
	       strcmp(name + prefix + NEW_DIGITS, FILE_PART_SUFFIX) == 0;
}

uint64_t blob_part_bytes(const struct layout *layout, const struct digest *digest, uint64_t size)
{
	char path[BLOB_PART_PATH_MAX];
	struct stat st;

	if (fstatat(layout->dirfd, blob_part_path(digest, path), &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !is_ours_alone(&st) || (uint64_t)st.st_size > size)
		return 0;
	/* Holes take no room yet. */
	return (uint64_t)st.st_blocks * 512 < (uint64_t)st.st_size ? (uint64_t)st.st_blocks * 512
								   : (uint64_t)st.st_size;
}
