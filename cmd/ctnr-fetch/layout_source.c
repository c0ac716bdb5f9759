/* SPDX-License-Identifier: Apache-2.0 */
/* oci:DIR[:REF]: an image in another layout. Everything is hashed on its way, as if it came from
 * far: nobody has vouched for that directory. */
#include "source.h"

#include "base/alloc.h"
#include "oci/tag.h"

#define COPY_CHUNK (128U << 10)

struct layout_state {
	struct layout layout;
	char *reference; /* or NULL */
	const struct interrupt *interrupt;
};

static void close_layout(struct source *source)
{
	struct layout_state *state = source->state;

	layout_release(&state->layout);
	free(state->reference);
	free(state);
	source->state = NULL;
}

static int open_layout(struct source *source, const struct address *address,
		       const struct registry_options *options, struct error *err)
{
	struct layout_state *state = source->state = xcalloc(1, sizeof(*state));

	state->layout = (struct layout)LAYOUT_INIT;
	state->interrupt = options->interrupt;
	state->reference = address->reference ? xstrdup(address->reference) : NULL;
	return layout_open(address->path, LAYOUT_READ, &state->layout, err);
}

static void *connect_layout(struct source *source, struct error *err)
{
	(void)err;
	return source;
}

static void disconnect_layout(void *connection)
{
	(void)connection;
}

/* A name may stand for several images, one for each platform. */
static int find(const struct source *source, struct descriptor *ret, struct error *err)
{
	const struct layout_state *state = source->state;
	struct error raw = { 0 };

	if (tag_find_raw(&state->layout, state->reference, ret, &raw) == 0)
		return 0;
	if (source->platform && raw.code != ERROR_NOT_FOUND)
		return tag_find(&state->layout, state->reference, source->platform, ret, err);
	if (err)
		*err = raw;
	return -1;
}

static int get_manifest(struct source *source, void *connection, const struct descriptor *want,
			struct registry_manifest *ret, struct error *err)
{
	const struct layout_state *state = source->state;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	struct digest digest;

	(void)connection;
	if (want)
		descriptor_copy(want, &found);
	else if (find(source, &found, err) < 0)
		return -1;
	if (layout_read_blob(&state->layout, &found, MANIFEST_MAX, &ret->bytes, err) < 0 ||
	    hash_buffer(found.digest.algorithm, ret->bytes.data, ret->bytes.len, &digest, err) < 0)
		return -1;
	if (!digest_equal(&digest, &found.digest))
		return error_set(err, ERROR_VERIFY, "blob %s has the content of %s",
				 found.digest.text, digest.text);
	ret->digest = digest;
	ret->media_type = steal(&found.media_type);
	return 0;
}

static int get_blob(struct source *source, void *connection, struct blob_writer *writer,
		    struct progress *progress, size_t task, struct error *err)
{
	const struct layout_state *state = source->state;
	const struct descriptor wanted = { .digest = writer->digest, .size = writer->size };
	autoclose int fd = layout_open_blob(&state->layout, &wanted, err);
	autofree char *buffer = xmalloc(COPY_CHUNK);
	ssize_t n;

	(void)connection;
	if (fd < 0)
		return -1;
	while ((n = fd_read_full(fd, buffer, COPY_CHUNK)) > 0) {
		if (blob_write(writer, buffer, (size_t)n, err) < 0)
			return -1;
		progress_update(progress, task, writer->written);
		if (interrupt_wait(state->interrupt, 0))
			return interrupt_error(err);
	}
	if (n < 0)
		return error_errno(err, "cannot read blob %s", writer->digest.text);
	return 0;
}

/*
 * Layouts name their images as they like: a whole reference ("docker.io/library/alpine:3.20"), a
 * name ("app:1"), a tag alone ("3.20"), or not at all. Without a registry it is localhost/, and a
 * tag alone follows the name of the directory.
 */
static char *name(const struct address *address, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autofree char *path = xstrdup(address->path);
	autofree char *text = NULL;
	const char *written = address->reference;
	char *end = path + strlen(path);

	while (end > path + 1 && end[-1] == '/')
		*--end = '\0';
	if (written && reference_has_registry(written)) {
		text = xstrdup(written);
	} else if (written && strpbrk(written, "/:@")) {
		text = xasprintf("localhost/%s", written);
	} else {
		const char *slash = strrchr(path, '/');

		text = xasprintf("localhost/%s:%s", slash ? slash + 1 : path,
				 written ? written : "latest");
	}
	if (reference_parse(text, &reference, NULL) < 0) {
		error_set(err, ERROR_USAGE, "'%s' cannot be the name of an image", text);
		error_hint(err, "give it one with --tag NAME");
		return NULL;
	}
	return reference_format(&reference);
}

const struct source_type layout_source = {
	.transport = TRANSPORT_OCI,
	.open = open_layout,
	.close = close_layout,
	.connect = connect_layout,
	.disconnect = disconnect_layout,
	.get_manifest = get_manifest,
	.get_blob = get_blob,
	.name = name,
};
