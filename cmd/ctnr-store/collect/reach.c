/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reach.h"

#include "collect/links.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void reach_init(struct reach *reach, const struct layout *layout)
{
	*reach = (struct reach) {
		.layout = layout,
		.digests = json_object(),
		.configs = json_object(),
		.documents = json_array(),
		.visited = json_object(),
	};
}

void reach_release(struct reach *reach)
{
	if (!reach)
		return;
	json_free(&reach->digests);
	json_free(&reach->configs);
	json_free(&reach->documents);
	json_free(&reach->visited);
}

bool reach_has(const struct reach *reach, const char *digest)
{
	return json_object_get(reach->digests, digest) != NULL;
}

static int open_path(const struct layout *layout, const char *path)
{
	return openat(layout->dirfd, path,
		      O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

/* Open a blob, which may be aside, and be taken back between two looks: then it is where it was at first. */
static int open_blob(const struct layout *layout, const struct digest *digest)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	int fd = open_path(layout, layout_blob_path(digest, path));

	if (fd < 0 && errno == ENOENT)
		fd = open_path(layout, layout_aside_path(digest, path));
	if (fd < 0 && errno == ENOENT)
		fd = open_path(layout, layout_blob_path(digest, path));
	return fd;
}

/* Returns 1; 0 when there is none, or it is no document; -1 when that is not known. The first byte tells that a
 * layer is none, which is not read then. */
static int read_document_text(const struct layout *layout, const struct digest *digest,
			      struct str *ret, struct error *err)
{
	autoclose int fd = open_blob(layout, digest);
	struct error cause = { 0 };
	struct stat st;
	char first;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT || errno == ENXIO ? 0 : error_errno(err, "cannot open it");
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return 0;
	n = pread(fd, &first, 1, 0);
	if (n < 0)
		return error_errno(err, "cannot read it");
	if (n == 0 || !strchr("{ \t\r\n", first))
		return 0;
	if (fd_read_rest(fd, MANIFEST_MAX, ret, &cause) == 0)
		return 1;
	/* Without a number it is too large for one. */
	return cause.saved_errno ? error_move(err, &cause) : 0;
}

/* The same; a failure is kept. */
static bool read_document(struct reach *reach, const struct digest *digest, struct str *ret)
{
	struct error cause = { 0 };
	int found = read_document_text(reach->layout, digest, ret, &cause);

	if (found < 0 && !reach->failure.code) {
		error_prefix(&cause, "'%s': blob %s", reach->layout->path, digest->text);
		reach->failure = cause;
	}
	return found > 0;
}

/* A document that is being followed. */
struct followed {
	struct digest digest;
	struct strlist children; /* that may be documents: digests */
	size_t next; /* of them */
};

/* The documents on the way from the first one, which name each other. They are no recursion, because a layout's
 * author decides how many there are. */
struct way {
	struct followed *items;
	size_t len;
};

static void way_release(struct way *way)
{
	for (size_t i = 0; i < way->len; i++)
		strlist_release(&way->items[i].children);
	free(way->items);
}

/* Layers or configs, which reach nothing else; also into a set of their kind. */
static void add_leaves(struct reach *reach, const struct strlist *leaves, json_t *set,
		       struct strlist *children)
{
	for (size_t i = 0; i < leaves->len; i++) {
		struct digest digest;

		if (digest_parse(leaves->items[i], &digest, NULL) < 0)
			continue;
		json_object_set_new(reach->digests, leaves->items[i], json_true());
		json_object_set_new(set, leaves->items[i], json_true());
		if (reach->follows_leaves)
			strlist_append(children, leaves->items[i]);
	}
}

/* Follow a digest that was not followed yet, if a document is there. */
static void enter_document(struct reach *reach, struct way *way, const struct digest *digest)
{
	autostr struct str text = STR_INIT;
	autolinks struct links links = LINKS_INIT;
	struct followed document = { .digest = *digest };

	if (json_object_get(reach->visited, digest->text))
		return;
	json_object_set_new(reach->visited, digest->text, json_true());
	json_object_set_new(reach->digests, digest->text, json_true());
	if (!read_document(reach, digest, &text))
		return;
	links_read(&text, &links);
	if (!links.of_document)
		return;
	add_leaves(reach, &links.configs, reach->configs, &document.children);
	add_leaves(reach, &links.layers, reach->digests, &document.children);
	for (size_t i = 0; i < links.manifests.len; i++)
		strlist_append(&document.children, links.manifests.items[i]);
	way->items = xgrow(way->items, way->len, sizeof(*way->items));
	way->items[way->len++] = document;
}

/* Go to the next child of the last document on the way, or back. */
static void follow_last(struct reach *reach, struct way *way)
{
	struct followed *last = &way->items[way->len - 1];
	struct digest child;

	if (last->next == last->children.len) {
		json_array_append_new(reach->documents, json_string(last->digest.text));
		strlist_release(&last->children);
		way->len--;
	} else if (digest_parse(last->children.items[last->next++], &child, NULL) == 0) {
		enter_document(reach, way, &child);
	}
}

void reach_add_digest(struct reach *reach, const struct digest *digest)
{
	autocleanup(way_release) struct way way = { NULL, 0 };

	enter_document(reach, &way, digest);
	while (way.len)
		follow_last(reach, &way);
}

void reach_add(struct reach *reach, const struct descriptor *descriptor)
{
	const char *source = descriptor_annotation(descriptor, ANNOTATION_SOURCE);
	struct digest digest;

	reach_add_digest(reach, &descriptor->digest);
	if (source && digest_parse(source, &digest, NULL) == 0)
		reach_add_digest(reach, &digest);
}
