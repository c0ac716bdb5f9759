/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LAYOUT_VERSION "1.0.0"
#define LAYOUT_FILE_MAX 4096
#define WRITER_PAUSE_NS 2000000 /* how long another program gets to write a blob, so many times */
#define WRITER_PAUSES 20
#define EMPTY_INDEX \
	"{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_TYPE_INDEX "\",\"manifests\":[]}\n"

void layout_release(struct layout *layout)
{
	if (!layout)
		return;
	free(layout->path);
	fd_close(&layout->dirfd);
	lease_release(&layout->lease);
	*layout = (struct layout)LAYOUT_INIT;
}

/* skopeo and umoci write oci-layout and index.json, and a document that is there already, in place: for an instant the file is too
 * short. Is it worth another look? *tries counts, from 0. */
static bool wait_for_writer(int *tries)
{
	const struct timespec pause = { .tv_nsec = WRITER_PAUSE_NS };

	if (++*tries > WRITER_PAUSES)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

/* Does the text end as an object does? */
static bool is_ended_object(const struct str *text)
{
	size_t len = text->len;

	while (len && strchr(" \t\r\n", text->data[len - 1]))
		len--;
	return len && text->data[len - 1] == '}';
}

/* Read a file that holds one object into ret, which is empty before. */
static int read_object_file(int dirfd, const char *name, size_t max, struct str *ret,
			    struct error *err)
{
	int tries = 0;

	do {
		str_release(ret);
		if (file_read_at(dirfd, name, max, ret, err) < 0)
			return -1;
	} while (!is_ended_object(ret) && wait_for_writer(&tries));
	return 0;
}

/* Only the major number matters: minor versions add what may be ignored. */
int layout_check_version(int dirfd, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct jnode root;
	struct jnode member;
	const char *version;

	if (read_object_file(dirfd, LAYOUT_FILE, LAYOUT_FILE_MAX, &text, err) < 0)
		return -1;
	document = json_parse(text.data, text.len, LAYOUT_FILE, err);
	if (!document)
		return -1;
	root = jnode_root(document, LAYOUT_FILE);
	member = jnode_member(&root, "imageLayoutVersion");
	if (jnode_string(&member, &version, err) < 0)
		return -1;
	if (!str_starts_with(version, "1."))
		return jnode_error(&member, err, "layout version '%s' is not supported", version);
	return 0;
}

/* Make the files that are missing. The lock keeps two creators from emptying each other's
 * index.json; oci-layout comes last and says that the rest is there. */
static int make_files(int dirfd, struct error *err)
{
	autoclose int lock = -EBADF;

	if (faccessat(dirfd, LAYOUT_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	lock = lock_open_at(dirfd, LAYOUT_LOCK_FILE, LOCK_EXCLUSIVE, LOCK_WAIT_HEARING, err);
	if (lock < 0 || dir_make_at(dirfd, "blobs/sha256", 0755, err) < 0 ||
	    sync_folder_at(dirfd, "blobs", err) < 0)
		return -1;
	if (faccessat(dirfd, LAYOUT_INDEX_FILE, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    file_write_locked_at(dirfd, LAYOUT_INDEX_FILE, EMPTY_INDEX, strlen(EMPTY_INDEX), 0644,
				 FILE_SYNC, err) < 0)
		return -1;
	if (faccessat(dirfd, LAYOUT_FILE, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
		static const char text[] = "{\"imageLayoutVersion\":\"" LAYOUT_VERSION "\"}\n";

		return file_write_locked_at(dirfd, LAYOUT_FILE, text, strlen(text), 0644, FILE_SYNC,
					    err);
	}
	return 0;
}

static int open_directory(const char *path, enum layout_mode mode, struct layout *ret,
			  struct error *err)
{
	int n_made;

	if (json_check_text(path, err) < 0)
		return -1;
	n_made = mode == LAYOUT_CREATE ? dir_make_at(AT_FDCWD, path, 0755, err) : 0;
	if (n_made < 0 || sync_parents(AT_FDCWD, path, n_made, err) < 0)
		return -1;
	ret->path = realpath(path, NULL);
	if (!ret->path) {
		error_errno(err, "cannot open '%s'", path);
		if (errno == ENOENT || errno == ENOTDIR)
			error_recode(err, ERROR_NOT_FOUND);
		return -1;
	}
	if (json_check_text(ret->path, err) < 0)
		return -1;
	ret->dirfd = dir_open_at(AT_FDCWD, ret->path, err);
	if (ret->dirfd < 0)
		return -1;
	if (mode == LAYOUT_CREATE) {
		if (make_files(ret->dirfd, err) < 0 || lease_open(ret->dirfd, &ret->lease, err) < 0)
			return -1;
	}
	return layout_check_version(ret->dirfd, err);
}

int layout_open(const char *path, enum layout_mode mode, struct layout *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;

	if (open_directory(path, mode, &layout, err) < 0)
		return error_prefix(err, "OCI layout '%s'", path);
	*ret = layout;
	layout = (struct layout)LAYOUT_INIT;
	return 0;
}

int layout_lease_blob(const struct layout *layout, const struct digest *digest, struct error *err)
{
	if (lease_add(&layout->lease, digest, err) < 0)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	return 0;
}

const char *layout_blob_path(const struct digest *digest, char path[LAYOUT_BLOB_PATH_MAX])
{
	snprintf(path, LAYOUT_BLOB_PATH_MAX, "blobs/%s/%s",
		 digest_algorithm_name(digest->algorithm), digest_hex(digest));
	return path;
}

const char *layout_aside_path(const struct digest *digest, char path[LAYOUT_BLOB_PATH_MAX])
{
	snprintf(path, LAYOUT_BLOB_PATH_MAX, "blobs/%s/%s" ASIDE_SUFFIX,
		 digest_algorithm_name(digest->algorithm), digest_hex(digest));
	return path;
}

/* A blob that was missed is back when a collector keeps it aside. */
static bool take_blob_back(const struct layout *layout, const struct digest *digest)
{
	char aside[LAYOUT_BLOB_PATH_MAX];
	char path[LAYOUT_BLOB_PATH_MAX];

	return renameat2(layout->dirfd, layout_aside_path(digest, aside), layout->dirfd,
			 layout_blob_path(digest, path), RENAME_NOREPLACE) == 0 ||
	       errno == EEXIST;
}

static bool find_blob(const struct layout *layout, const struct digest *digest, struct stat *ret)
{
	char path[LAYOUT_BLOB_PATH_MAX];

	layout_blob_path(digest, path);
	if (fstatat(layout->dirfd, path, ret, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	return errno == ENOENT && take_blob_back(layout, digest) &&
	       fstatat(layout->dirfd, path, ret, AT_SYMLINK_NOFOLLOW) == 0;
}

bool layout_has_blob(const struct layout *layout, const struct digest *digest, uint64_t size)
{
	struct stat st;

	return find_blob(layout, digest, &st) && S_ISREG(st.st_mode) &&
	       (size == UINT64_MAX || (uint64_t)st.st_size == size);
}

static int open_blob_file(const struct layout *layout, const struct digest *digest)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = openat(layout->dirfd, layout_blob_path(digest, path), flags);

	if (fd < 0 && errno == ENOENT && take_blob_back(layout, digest))
		fd = openat(layout->dirfd, path, flags);
	return fd;
}

int layout_sync_blobs(const struct layout *layout, struct error *err)
{
	int n_algorithms = 0;

	for (int i = 0; i < DIGEST_ALGORITHM_MAX; i++) {
		autofree char *folder =
			xasprintf("blobs/%s", digest_algorithm_name((enum digest_algorithm)i));

		if (faccessat(layout->dirfd, folder, F_OK, 0) < 0)
			continue;
		n_algorithms++;
		if (sync_folder_at(layout->dirfd, folder, err) < 0)
			return -1;
	}
	/* The one that each layout has is synced when the layout is made. */
	return n_algorithms > 1 ? sync_folder_at(layout->dirfd, "blobs", err) : 0;
}

/* Returns -1 with errno. */
static int stat_written_blob(int fd, uint64_t size, struct stat *ret)
{
	int tries = 0;

	do {
		if (fstat(fd, ret) < 0)
			return -1;
	} while (S_ISREG(ret->st_mode) && (uint64_t)ret->st_size < size && wait_for_writer(&tries));
	return 0;
}

int layout_open_blob(const struct layout *layout, const struct descriptor *descriptor,
		     struct error *err)
{
	autoclose int fd = open_blob_file(layout, &descriptor->digest);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return error_set(err, ERROR_NOT_FOUND, "blob %s is not in '%s'",
				 descriptor->digest.text, layout->path);
	if (fd < 0 || stat_written_blob(fd, descriptor->size, &st) < 0)
		return error_errno(err, "cannot open blob %s", descriptor->digest.text);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "blob %s is not a regular file",
				 descriptor->digest.text);
	if ((uint64_t)st.st_size != descriptor->size)
		return error_set(err, ERROR_VERIFY,
				 "blob %s has %" PRIu64 " bytes, its descriptor says %" PRIu64,
				 descriptor->digest.text, (uint64_t)st.st_size, descriptor->size);
	return fd_steal(&fd);
}

int layout_read_blob(const struct layout *layout, const struct descriptor *descriptor, size_t max,
		     struct str *ret, struct error *err)
{
	autoclose int fd = layout_open_blob(layout, descriptor, err);

	if (fd < 0)
		return -1;
	if (fd_read_rest(fd, max, ret, err) < 0)
		return error_prefix(err, "blob %s", descriptor->digest.text);
	return layout->check ? layout->check(descriptor, ret->data, ret->len, err) : 0;
}

int layout_read_index_text(const struct layout *layout, struct str *ret, struct error *err)
{
	return read_object_file(layout->dirfd, LAYOUT_INDEX_FILE, LAYOUT_INDEX_MAX, ret, err);
}

int layout_read_index(const struct layout *layout, struct index *ret, struct error *err)
{
	autostr struct str text = STR_INIT;

	if (layout_read_index_text(layout, &text, err) < 0)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	if (index_parse(text.data, text.len, NULL, ret, err) < 0)
		return error_prefix(err, "'%s/" LAYOUT_INDEX_FILE "'", layout->path);
	return 0;
}

int layout_read_manifest(const struct layout *layout, const struct descriptor *descriptor,
			 struct manifest *ret, struct error *err)
{
	autostr struct str text = STR_INIT;

	if (layout_read_blob(layout, descriptor, MANIFEST_MAX, &text, err) < 0 ||
	    manifest_parse(text.data, text.len, descriptor->media_type, ret, err) < 0)
		return error_prefix(err, "manifest %s", descriptor->digest.text);
	return 0;
}

int layout_read_nested_index(const struct layout *layout, const struct descriptor *descriptor,
			     struct index *ret, struct error *err)
{
	autostr struct str text = STR_INIT;

	if (layout_read_blob(layout, descriptor, MANIFEST_MAX, &text, err) < 0 ||
	    index_parse(text.data, text.len, descriptor->media_type, ret, err) < 0)
		return error_prefix(err, "index %s", descriptor->digest.text);
	return 0;
}

static int read_index_of(void *data, const struct descriptor *descriptor, struct index *ret,
			 struct error *err)
{
	return layout_read_nested_index(data, descriptor, ret, err);
}

int layout_resolve(const struct layout *layout, const struct descriptor *descriptor,
		   const struct platform *platform, struct descriptor *ret, struct error *err)
{
	return index_resolve(descriptor, platform, read_index_of, (void *)layout, ret, err);
}
