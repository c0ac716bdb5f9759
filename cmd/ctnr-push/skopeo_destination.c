/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transports that skopeo speaks and we do not (containers-storage:, docker-daemon:, ostree:): skopeo copies the image
 * from a layout of its own, a temporary directory whose blobs are symlinks to those of the layout that the image is
 * in. So nothing is copied twice, and what skopeo reads is this image, whatever the name stands for meanwhile.
 *
 * Signatures are not asked for: as with every destination, what may be in the store was decided when it came there.
 */
#include "destination.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "system/fd.h"
#include "system/process.h"
#include "system/tree.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LAYOUT_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"

struct skopeo {
	char *program; /* its path */
	const char *address; /* that skopeo writes to; borrowed */
	const struct interrupt *interrupt; /* borrowed */
	char *path; /* of the temporary directory; NULL: it is not there */
	int fd;
};

static void close_skopeo(void *state)
{
	struct skopeo *skopeo = state;

	fd_close(&skopeo->fd);
	if (skopeo->path)
		tree_remove_at(AT_FDCWD, skopeo->path, NULL);
	free(skopeo->path);
	free(skopeo->program);
	free(skopeo);
}

static int missing_program(const char *address, struct error *err)
{
	error_set(err, ERROR_FAILED, "'%.*s:' is written by skopeo, which is not installed",
		  (int)strcspn(address, ":"), address);
	return error_hint(err, "install it, or write an archive: docker-archive:FILE");
}

/* Make the temporary directory. */
static int make_layout(struct skopeo *skopeo, struct error *err)
{
	const char *place = getenv("TMPDIR");
	char *path = xasprintf("%s/ctnr-push.XXXXXX", place && *place ? place : "/tmp");

	if (!mkdtemp(path)) {
		error_errno(err, "cannot create '%s'", path);
		free(path);
		return -1;
	}
	skopeo->path = path;
	skopeo->fd = dir_open_at(AT_FDCWD, path, err);
	if (skopeo->fd < 0)
		return -1;
	return file_write_at(skopeo->fd, LAYOUT_FILE, LAYOUT_TEXT, strlen(LAYOUT_TEXT), 0600,
			     FILE_NO_SYNC, err);
}

static void *open_skopeo(const struct destination_request *request, struct error *err)
{
	struct skopeo *skopeo = xcalloc(1, sizeof(*skopeo));
	int result;

	skopeo->fd = -EBADF;
	skopeo->address = request->address->path;
	skopeo->interrupt = request->interrupt;
	skopeo->program = process_find("skopeo");
	result = skopeo->program ? make_layout(skopeo, err) : missing_program(skopeo->address, err);
	if (result == 0)
		return skopeo;
	close_skopeo(skopeo);
	return NULL;
}

/* The path of a blob in the temporary directory, whose folder is made. */
static int place_blob(const struct skopeo *skopeo, const struct digest *digest,
		      char path[LAYOUT_BLOB_PATH_MAX], struct error *err)
{
	autofree char *folder = xasprintf("blobs/%s", digest_algorithm_name(digest->algorithm));

	layout_blob_path(digest, path);
	return dir_make_at(skopeo->fd, folder, 0700, err) < 0 ? -1 : 0;
}

static int link_blob(void *state, void *connection, const struct layout *from,
		     const struct descriptor *blob, struct progress *progress, size_t task,
		     struct error *err)
{
	const struct skopeo *skopeo = state;
	char path[LAYOUT_BLOB_PATH_MAX];
	autofree char *target = NULL;

	(void)connection;
	(void)progress;
	(void)task;
	if (place_blob(skopeo, &blob->digest, path, err) < 0)
		return -1;
	target = xasprintf("%s/%s", from->path, path);
	if (symlinkat(target, skopeo->fd, path) < 0 && errno != EEXIST)
		return error_errno(err, "cannot create '%s/%s'", skopeo->path, path);
	return DESTINATION_PRESENT;
}

static int write_document(void *state, void *connection, const struct document *document,
			  struct error *err)
{
	const struct skopeo *skopeo = state;
	char path[LAYOUT_BLOB_PATH_MAX];

	(void)connection;
	if (place_blob(skopeo, &document->digest, path, err) < 0)
		return -1;
	return file_write_at(skopeo->fd, path, document->bytes.data, document->bytes.len, 0600,
			     FILE_NO_SYNC, err);
}

/* The only image of that layout needs no name. */
static int write_top_document(void *state, void *connection, const struct document *document,
			      const char *name, struct error *err)
{
	const struct skopeo *skopeo = state;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	autojson json_t *index = NULL;
	autofree char *text = NULL;

	(void)name;
	if (write_document(state, connection, document, err) < 0)
		return -1;
	document_describe(document, &descriptor);
	index = json_pack("{s:i, s:[o]}", "schemaVersion", 2, "manifests",
			  descriptor_to_json(&descriptor));
	text = json_format(index);
	return file_write_at(skopeo->fd, LAYOUT_INDEX_FILE, text, strlen(text), 0600, FILE_NO_SYNC,
			     err);
}

/* What skopeo says about its progress is for nobody, and what it complains of is for the person who reads our
 * messages. */
static int run_skopeo(void *state, struct error *err)
{
	struct skopeo *skopeo = state;
	autofree char *source = xasprintf("oci:%s", skopeo->path);
	const char *const argv[] = { "skopeo", "--insecure-policy", "copy", "--quiet", "--all",
				     source,   skopeo->address,     NULL };
	const struct process_exchange exchange = {
		.path = skopeo->program,
		.argv = (char *const *)argv,
		.stop = &skopeo->interrupt->fd,
	};
	int status = process_exchange(&exchange, NULL, err);

	if (status < 0)
		return error_prefix(err, "skopeo");
	if (status > 0)
		return error_set(err, ERROR_FAILED, "skopeo could not write to '%s' (status %d)",
				 skopeo->address, status);
	return 0;
}

const struct destination_type skopeo_destination = {
	.transport = TRANSPORT_FOREIGN,
	.takes_oci_only = true,
	.takes_nameless = true,
	.open = open_skopeo,
	.close = close_skopeo,
	.put_blob = link_blob,
	.put_document = write_document,
	.put_named = write_top_document,
	.finish = run_skopeo,
};
