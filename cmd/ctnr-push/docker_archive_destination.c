/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker-archive:FILE[:REF]: what 'docker load' reads. Configs are HEX.json, layers HEX.tar or HEX.tar.gz as they
 * are in the layout, by the digests of these blobs; manifest.json comes last and says which belong to which image:
 *
 *	[{"Config":"HEX.json","RepoTags":["docker.io/library/app:1"],"Layers":["HEX.tar.gz"]}]
 *
 * Layers stay compressed, because the header of a file has its size and nothing is written twice.
 */
#include "archive_file.h"
#include "destination.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "oci/reference.h"

#include <string.h>

struct docker_archive {
	struct archive_file file;
	json_t *images; /* of manifest.json */
};

static void close_docker_archive(void *state)
{
	struct docker_archive *archive = state;

	archive_file_release(&archive->file);
	json_decref(archive->images);
	free(archive);
}

static void *open_docker_archive(const struct destination_request *request, struct error *err)
{
	struct docker_archive *archive = xcalloc(1, sizeof(*archive));

	archive->file = (struct archive_file)ARCHIVE_FILE_INIT;
	archive->images = json_array();
	if (archive_file_open(request->address, request->interrupt, &archive->file, err) == 0)
		return archive;
	close_docker_archive(archive);
	return NULL;
}

/* The name of a blob's file, new; NULL with err for what Docker has no file for. */
static char *blob_file_name(const struct descriptor *blob, struct error *err)
{
	const char *type = media_type_to_docker(blob->media_type);
	const char *suffix = NULL;

	if (media_type_kind(blob->media_type) == MEDIA_CONFIG)
		suffix = "json";
	else if (type && strcmp(type, MEDIA_TYPE_DOCKER_LAYER) == 0)
		suffix = "tar";
	else if (type && strcmp(type, MEDIA_TYPE_DOCKER_LAYER_GZIP) == 0)
		suffix = "tar.gz";
	if (suffix)
		return xasprintf("%s.%s", digest_hex(&blob->digest), suffix);
	error_set(err, ERROR_FAILED, "blob %s: Docker loads no '%s' from an archive",
		  blob->digest.text, blob->media_type);
	error_hint(err, "oci-archive:FILE takes it, which podman and skopeo read");
	return NULL;
}

static int put_docker_blob(void *state, void *connection, const struct layout *from,
			   const struct descriptor *blob, struct progress *progress, size_t task,
			   struct error *err)
{
	struct docker_archive *archive = state;
	const struct blob_stream stream = { from, blob, archive->file.interrupt, progress, task };
	autofree char *name = blob_file_name(blob, err);

	(void)connection;
	if (!name)
		return -1;
	if (archive_file_has(&archive->file, name))
		return DESTINATION_PRESENT;
	if (archive_file_add_blob(&archive->file, name, &stream, err) < 0)
		return -1;
	return DESTINATION_WRITTEN;
}

/* What manifest.json says of an image, new, but its names. */
static json_t *describe_image(const struct manifest *manifest, struct error *err)
{
	autofree char *config = blob_file_name(&manifest->config, err);
	autojson json_t *layers = json_array();

	if (!config)
		return NULL;
	for (size_t i = 0; i < manifest->n_layers; i++) {
		autofree char *layer = blob_file_name(&manifest->layers[i], err);

		if (!layer)
			return NULL;
		json_array_append_new(layers, json_string(layer));
	}
	return json_pack("{s:s, s:n, s:O}", "Config", config, "RepoTags", "Layers", layers);
}

/* The same image under another name is one image with two names: config and layers decide. */
static json_t *find_image(const struct docker_archive *archive, const json_t *image)
{
	size_t i;
	json_t *other;

	json_array_foreach (archive->images, i, other)
		if (json_equal(json_object_get(other, "Config"),
			       json_object_get(image, "Config")) &&
		    json_equal(json_object_get(other, "Layers"), json_object_get(image, "Layers")))
			return other;
	return NULL;
}

/* Docker wants a name with a tag: what was called by its digest alone has none there. */
static int add_name(json_t *image, const char *name, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	json_t *names = json_object_get(image, "RepoTags");
	autofree char *text = NULL;

	if (reference_parse(name, &reference, err) < 0)
		return error_default_hint(err, "give it a name with docker-archive:FILE:NAME");
	if (!reference.tag)
		return 0;
	text = xasprintf("%s/%s:%s", reference.registry, reference.repository, reference.tag);
	if (!json_is_array(names))
		json_object_set_new(image, "RepoTags", names = json_array());
	json_array_append_new(names, json_string(text));
	return 0;
}

static int put_docker_named(void *state, void *connection, const struct document *document,
			    const char *name, struct error *err)
{
	struct docker_archive *archive = state;
	automanifest struct manifest manifest = MANIFEST_INIT;
	autojson json_t *image = NULL;
	json_t *known;

	(void)connection;
	if (document_parse_manifest(document, &manifest, err) < 0 ||
	    !(image = describe_image(&manifest, err)))
		return -1;
	known = find_image(archive, image);
	if (!known)
		json_array_append(archive->images, known = image);
	return name ? add_name(known, name, err) : 0;
}

static int finish_docker_archive(void *state, struct error *err)
{
	struct docker_archive *archive = state;
	autofree char *text = json_format(archive->images);

	if (archive_file_add(&archive->file, "manifest.json", text, strlen(text), err) < 0)
		return -1;
	return archive_file_finish(&archive->file, err);
}

const struct destination_type docker_archive_destination = {
	.transport = TRANSPORT_DOCKER_ARCHIVE,
	.takes_several_images = true,
	.takes_docker_only = true,
	.takes_nameless = true,
	.open = open_docker_archive,
	.close = close_docker_archive,
	.put_blob = put_docker_blob,
	.put_named = put_docker_named,
	.finish = finish_docker_archive,
};
