/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "system/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void image_release(struct image *image)
{
	if (!image)
		return;
	free(image->layout);
	free(image->ref);
	descriptor_release(&image->descriptor);
	*image = (struct image)IMAGE_INIT;
}

json_t *record_read_stdin(struct error *err)
{
	autostr struct str text = STR_INIT;

	if (fd_read_rest(STDIN_FILENO, RECORD_MAX, &text, err) < 0) {
		error_prefix(err, "standard input");
		return NULL;
	}
	if (text.data[strspn(text.data, " \t\r\n")] == '\0') {
		/* The command before this one in the pipe failed, and has said why. */
		error_silent(err, ERROR_FAILED);
		return NULL;
	}
	return json_parse(text.data, text.len, "record on standard input", err);
}

int image_from_json(const struct jnode *node, struct image *ret, struct error *err)
{
	autoimage struct image image = IMAGE_INIT;
	struct jnode layout_node = jnode_member(node, "layout");
	struct jnode ref_node = jnode_member(node, "ref");
	struct jnode descriptor_node = jnode_member(node, "descriptor");
	struct jnode bundle_node = jnode_member(node, "bundle");
	const char *layout;
	const char *ref = NULL;

	if (!jnode_is_present(node) || jnode_object(node, err) < 0)
		return jnode_error(node, err, "expected an image record");
	if (jnode_is_present(&bundle_node) && !jnode_is_present(&layout_node))
		return jnode_error(node, err, "expected an image record, got a bundle record");
	if (jnode_string(&layout_node, &layout, err) < 0 ||
	    jnode_string_opt(&ref_node, &ref, err) < 0 ||
	    descriptor_from_json(&descriptor_node, &image.descriptor, err) < 0)
		return -1;
	if (*layout != '/')
		return jnode_error(&layout_node, err, "expected an absolute path");
	image.layout = xstrdup(layout);
	image.ref = ref ? xstrdup(ref) : NULL;
	*ret = image;
	image = (struct image)IMAGE_INIT;
	return 0;
}

json_t *image_to_json(const struct image *image)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	json_t *record = json_object();

	descriptor_copy(&image->descriptor, &descriptor);
	/* The record says it one level higher. */
	descriptor_remove_annotation(&descriptor, ANNOTATION_REF_NAME);
	if (image->layout)
		json_object_set_new(record, "layout", json_string(image->layout));
	if (image->ref)
		json_object_set_new(record, "ref", json_string(image->ref));
	json_object_set_new(record, "descriptor", descriptor_to_json(&descriptor));
	return record;
}

const char *image_name(const struct image *image)
{
	return image->ref ? image->ref : image->descriptor.digest.text;
}

int image_open(const struct image *image, struct layout *ret_layout, struct manifest *ret_manifest,
	       struct error *err)
{
	if (layout_open(image->layout, LAYOUT_READ, ret_layout, err) < 0)
		return -1;
	return layout_read_manifest(ret_layout, &image->descriptor, ret_manifest, err);
}

void image_note_use(const struct image *image)
{
	char blob[LAYOUT_BLOB_PATH_MAX];
	autofree char *path = xasprintf("%s/%s", image->layout,
					layout_blob_path(&image->descriptor.digest, blob));
	struct stat st;

	if (stat(path, &st) == 0 && st.st_mtime + IMAGE_USE_RENEWED <= clock_wall_ns() / CLOCK_NS)
		utimensat(AT_FDCWD, path, NULL, 0);
}

int image_found_unfit(struct error *err)
{
	if (!error_is(err, ERROR_NOT_FOUND))
		return error_is(err, ERROR_VERIFY) ? store_damaged(err) : -1;
	error_recode(err, ERROR_FAILED);
	return error_default_hint(err, "'ctnr pull' gets the image anew");
}

void image_fill_platform(const struct layout *layout, struct descriptor *descriptor)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;

	if (descriptor->platform.os[0] || media_type_kind(descriptor->media_type) != MEDIA_MANIFEST)
		return;
	if (layout_read_manifest(layout, descriptor, &manifest, NULL) == 0 &&
	    image_config_read(layout, &manifest.config, &config, NULL) == 0)
		descriptor->platform = config.platform;
}
