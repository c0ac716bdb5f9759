/* SPDX-License-Identifier: Apache-2.0 */
/* oci:DIR[:REF]: an image in another layout. Everything is hashed on its way, as if it came from a
 * registry: nobody has vouched for that directory. No connection is needed; the state stands for
 * one. */
#include "workers/copy/source.h"

#include "base/alloc.h"
#include "oci/blob_copy.h"
#include "oci/media_type.h"
#include "oci/referrer.h"
#include "oci/tag.h"
#include "system/path.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct layout_source {
	struct layout layout;
	char *path; /* absolute and without symlinks */
	char *name; /* or NULL */
	const struct platform *platform; /* NULL: all platforms are wanted */
	const struct interrupt *interrupt;
};

static void close_layout(void *state)
{
	struct layout_source *source = state;

	layout_release(&source->layout);
	free(source->path);
	free(source->name);
	free(source);
}

static void *open_layout(const struct source_request *request, struct error *err)
{
	const struct address *address = request->address;
	autolayout struct layout layout = LAYOUT_INIT;
	autofree char *path = NULL;
	struct layout_source *source;

	if (layout_open(address->path, LAYOUT_READ, &layout, err) < 0)
		return NULL;
	path = path_of_fd(layout.dirfd, err);
	if (!path)
		return NULL;
	layout.check = blob_check;
	source = xcalloc(1, sizeof(*source));
	source->path = steal(&path);
	source->layout = layout;
	layout = (struct layout)LAYOUT_INIT;
	source->name = address->reference ? xstrdup(address->reference) : NULL;
	source->platform = request->platform;
	source->interrupt = request->interrupt;
	return source;
}

static void *connect_layout(void *state, struct error *err)
{
	(void)err;
	return state;
}

static void disconnect_layout(void *connection)
{
	(void)connection;
}

/* The entry that the address names. A name may stand for several images, one for each platform:
 * then the platform decides. */
static int find_entry(const struct layout_source *source, struct descriptor *ret, struct error *err)
{
	struct error cause = { 0 };

	if (tag_find_raw(&source->layout, source->name, ret, &cause) == 0)
		return 0;
	if (source->platform && cause.code != ERROR_NOT_FOUND)
		return tag_find(&source->layout, source->name, source->platform, ret, err);
	return error_move(err, &cause);
}

/* Its documents are as near as those of the layout that is copied into. */
static int lookup_layout_document(void *state, void *connection, struct descriptor *ret,
				  struct error *err)
{
	(void)state;
	(void)connection;
	(void)ret;
	(void)err;
	return LOOKUP_UNKNOWN;
}

static void describe_layout(void *state, struct source_origin *ret)
{
	const struct layout_source *source = state;

	ret->path = source->path;
	ret->name = source->name;
}

static int get_layout_document(void *state, void *connection, const struct descriptor *want,
			       struct document *ret, struct error *err)
{
	const struct layout_source *source = state;
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;

	(void)connection;
	if (want)
		descriptor_copy(want, &entry);
	else if (find_entry(source, &entry, err) < 0)
		return -1;
	if (layout_read_blob(&source->layout, &entry, MANIFEST_MAX, &ret->bytes, err) < 0)
		return -1;
	ret->digest = entry.digest;
	ret->media_type = steal(&entry.media_type);
	return 0;
}

static int get_layout_blob(void *state, void *connection, struct blob_writer *writer,
			   struct progress *progress, size_t task, struct error *err)
{
	const struct layout_source *source = state;
	const struct blob_copy copy = { writer->layout, progress, source->interrupt };

	(void)connection;
	return blob_copy_from(&copy, &source->layout, writer, task, err);
}

static int get_layout_bytes(void *state, void *connection, const struct descriptor *blob,
			    size_t max, struct str *ret, struct error *err)
{
	const struct layout_source *source = state;

	(void)connection;
	return layout_read_blob(&source->layout, blob, max, ret, err);
}

/* Does a document refer to the subject? Then ret becomes its descriptor, with its artifact type, as an
 * index of referrers has it. */
static int read_layout_referrer(const struct layout_source *source, const struct descriptor *entry,
				const struct digest *subject, struct descriptor *ret,
				struct error *err)
{
	enum media_kind kind = media_type_kind(entry->media_type);
	autodocument struct document document = DOCUMENT_INIT;

	if (kind != MEDIA_MANIFEST && kind != MEDIA_INDEX)
		return 0;
	if (layout_read_blob(&source->layout, entry, MANIFEST_MAX, &document.bytes, err) < 0)
		return -1;
	document.digest = entry->digest;
	document.media_type = xstrdup(entry->media_type);
	return referrer_describe(&document, subject, ret, err);
}

/* A layout has no list of referrers: they are entries of index.json. */
static int get_layout_referrers(void *state, void *connection, const struct digest *subject,
				const char *artifact_type, struct referrers *ret, struct error *err)
{
	const struct layout_source *source = state;
	autoreferrers struct referrers referrers = REFERRERS_INIT;
	autoindex struct index index = INDEX_INIT;

	(void)connection;
	if (layout_read_index(&source->layout, &index, err) < 0)
		return -1;
	for (size_t i = 0; i < index.n_manifests; i++) {
		autodescriptor struct descriptor found = DESCRIPTOR_INIT;
		int refers =
			read_layout_referrer(source, &index.manifests[i], subject, &found, err);

		if (refers < 0 ||
		    (refers && referrers_add(&referrers, &found, artifact_type, err) < 0))
			return -1;
	}
	*ret = referrers;
	referrers = (struct referrers)REFERRERS_INIT;
	return 0;
}

const struct source_type layout_source = {
	.transport = TRANSPORT_OCI,
	.open = open_layout,
	.close = close_layout,
	.connect = connect_layout,
	.disconnect = disconnect_layout,
	.describe = describe_layout,
	.lookup_document = lookup_layout_document,
	.get_document = get_layout_document,
	.get_blob = get_layout_blob,
	.get_bytes = get_layout_bytes,
	.get_referrers = get_layout_referrers,
};
