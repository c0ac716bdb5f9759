/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/blob_file.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "oci/layout.h"
#include "system/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_SIZE (256U << 10) /* bytes: what the processor keeps near */

const char *blob_fault_name(enum blob_fault fault)
{
	static const char *const names[BLOB_FAULT_MAX] = {
		[BLOB_FAULT_NONE] = "none", [BLOB_FAULT_MISSING] = "missing",
		[BLOB_FAULT_SIZE] = "size", [BLOB_FAULT_DIGEST] = "digest",
		[BLOB_FAULT_READ] = "read", [BLOB_FAULT_DIFF_ID] = "diff-id",
	};

	return names[fault];
}

int blob_file_open(int layout, const struct digest *digest, uint64_t size,
		   enum blob_fault *ret_fault, struct error *err)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	autoclose int fd = openat(layout, layout_blob_path(digest, path),
				  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	*ret_fault = BLOB_FAULT_READ;
	if (fd < 0 && errno == ENOENT) {
		*ret_fault = BLOB_FAULT_MISSING;
		return error_set(err, ERROR_NOT_FOUND, "it is not there");
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open it");
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_VERIFY, "it is not a regular file");
	if ((uint64_t)st.st_size != size) {
		*ret_fault = BLOB_FAULT_SIZE;
		return error_set(err, ERROR_VERIFY, "it has %lld bytes, not %llu",
				 (long long)st.st_size, (unsigned long long)size);
	}
	*ret_fault = BLOB_FAULT_NONE;
	return fd_steal(&fd);
}

enum blob_fault blob_file_hash(int fd, const struct digest *digest, struct error *err)
{
	autofree unsigned char *piece = xmalloc(PIECE_SIZE);
	autohash struct hash hash = HASH_INIT;
	struct digest computed;
	ssize_t len;

	if (hash_start(&hash, digest->algorithm, err) < 0)
		return BLOB_FAULT_READ;
	while ((len = fd_read_full(fd, piece, PIECE_SIZE)) > 0)
		hash_update(&hash, piece, (size_t)len);
	if (len < 0) {
		error_errno(err, "cannot read it");
		return BLOB_FAULT_READ;
	}
	hash_finish(&hash, &computed);
	if (digest_equal(&computed, digest))
		return BLOB_FAULT_NONE;
	error_set(err, ERROR_VERIFY, "its digest is %s", computed.text);
	return BLOB_FAULT_DIGEST;
}
