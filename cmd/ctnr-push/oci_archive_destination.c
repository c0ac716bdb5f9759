/* SPDX-License-Identifier: Apache-2.0 */
/* oci-archive:FILE[:REF]: a layout in a tar archive. Its index.json comes last, when all images are known. */
#include "archive_file.h"
#include "destination.h"

#include "base/alloc.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "oci/referrer.h"

#define LAYOUT_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"

struct oci_archive {
	struct archive_file file;
	const struct layout *from; /* where the last blob came from; borrowed */
	json_t *entries; /* of index.json */
};

static void close_oci_archive(void *state)
{
	struct oci_archive *archive = state;

	archive_file_release(&archive->file);
	json_decref(archive->entries);
	free(archive);
}

static void *open_oci_archive(const struct destination_request *request, struct error *err)
{
	struct oci_archive *archive = xcalloc(1, sizeof(*archive));

	archive->file = (struct archive_file)ARCHIVE_FILE_INIT;
	archive->entries = json_array();
	if (archive_file_open(request->address, request->interrupt, &archive->file, err) == 0 &&
	    archive_file_add(&archive->file, LAYOUT_FILE, LAYOUT_TEXT, strlen(LAYOUT_TEXT), err) ==
		    0)
		return archive;
	close_oci_archive(archive);
	return NULL;
}

/* Add the folders of a blob. */
static int add_folders(struct archive_file *file, const struct digest *digest, struct error *err)
{
	autofree char *folder = xasprintf("blobs/%s", digest_algorithm_name(digest->algorithm));

	if (archive_file_add_directory(file, "blobs", err) < 0)
		return -1;
	return archive_file_add_directory(file, folder, err);
}

static int put_oci_blob(void *state, void *connection, const struct layout *from,
			const struct descriptor *blob, struct progress *progress, size_t task,
			struct error *err)
{
	struct oci_archive *archive = state;
	const struct blob_stream stream = { from, blob, archive->file.interrupt, progress, task };
	char path[LAYOUT_BLOB_PATH_MAX];

	(void)connection;
	layout_blob_path(&blob->digest, path);
	archive->from = from;
	if (archive_file_has(&archive->file, path))
		return DESTINATION_PRESENT;
	if (add_folders(&archive->file, &blob->digest, err) < 0 ||
	    archive_file_add_blob(&archive->file, path, &stream, err) < 0)
		return -1;
	return DESTINATION_WRITTEN;
}

static int put_oci_document(void *state, void *connection, const struct document *document,
			    struct error *err)
{
	struct oci_archive *archive = state;
	char path[LAYOUT_BLOB_PATH_MAX];

	(void)connection;
	layout_blob_path(&document->digest, path);
	if (add_folders(&archive->file, &document->digest, err) < 0)
		return -1;
	return archive_file_add(&archive->file, path, document->bytes.data, document->bytes.len,
				err);
}

/* The platform of an image, as its config has it: blobs come before documents, from the same layout. */
static void fill_platform(const struct oci_archive *archive, const struct document *document,
			  struct descriptor *ret)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;

	if (archive->from && media_type_kind(document->media_type) == MEDIA_MANIFEST &&
	    document_parse_manifest(document, &manifest, NULL) == 0 &&
	    image_config_read(archive->from, &manifest.config, &config, NULL) == 0)
		ret->platform = config.platform;
}

static int put_oci_named(void *state, void *connection, const struct document *document,
			 const char *name, struct error *err)
{
	struct oci_archive *archive = state;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

	if (put_oci_document(state, connection, document, err) < 0)
		return -1;
	document_describe(document, &descriptor);
	fill_platform(archive, document, &descriptor);
	if (name)
		descriptor_set_annotation(&descriptor, ANNOTATION_REF_NAME, name);
	json_array_append_new(archive->entries, descriptor_to_json(&descriptor));
	return 0;
}

static int put_oci_referrer(void *state, void *connection, const struct document *document,
			    const struct digest *subject, struct error *err)
{
	struct oci_archive *archive = state;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;

	if (put_oci_document(state, connection, document, err) < 0 ||
	    referrer_describe(document, subject, &found, err) < 0)
		return -1;
	referrer_make_entry(&found, subject, &entry);
	json_array_append_new(archive->entries, descriptor_to_json(&entry));
	return 0;
}

static int finish_oci_archive(void *state, struct error *err)
{
	struct oci_archive *archive = state;
	autojson json_t *index = json_pack("{s:i, s:s, s:O}", "schemaVersion", 2, "mediaType",
					   MEDIA_TYPE_INDEX, "manifests", archive->entries);
	autofree char *text = json_format(index);

	if (archive_file_add(&archive->file, LAYOUT_INDEX_FILE, text, strlen(text), err) < 0)
		return -1;
	return archive_file_finish(&archive->file, err);
}

const struct destination_type oci_archive_destination = {
	.transport = TRANSPORT_OCI_ARCHIVE,
	.takes_several_images = true,
	.takes_oci_only = true,
	.takes_nameless = true,
	.open = open_oci_archive,
	.close = close_oci_archive,
	.put_blob = put_oci_blob,
	.put_document = put_oci_document,
	.put_named = put_oci_named,
	.put_referrer = put_oci_referrer,
	.finish = finish_oci_archive,
};
