/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests, indexes, image configs and records, as a registry or another program gives them. No
 * text may be accepted both as a manifest and as an index. */
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "oci/media_type.h"
#include "store/image.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int descriptor_reader(const struct jnode *node, struct descriptor *ret, struct error *err);

/* What is written is read again by the reader that read it: that of an index takes platforms that make
 * no sense, and they are kept as they stood. */
static void check_descriptor(const struct descriptor *descriptor, descriptor_reader *read)
{
	autodescriptor struct descriptor copy = DESCRIPTOR_INIT;
	autodescriptor struct descriptor again = DESCRIPTOR_INIT;
	autojson json_t *written = NULL;
	struct jnode root;
	struct error err;

	descriptor_copy(descriptor, &copy);
	descriptor_set_annotation(&copy, ANNOTATION_REF_NAME, "x");
	written = descriptor_to_json(&copy);
	root = jnode_root(written, "descriptor");
	if (read(&root, &again, &err) < 0 || !digest_equal(&again.digest, &descriptor->digest) ||
	    again.size != descriptor->size)
		abort();
	media_type_to_oci(descriptor->media_type);
}

static int check_index(const char *text, size_t size)
{
	autoindex struct index index = INDEX_INIT;
	struct error err;

	if (index_parse(text, size, NULL, &index, &err) < 0)
		return -1;
	for (size_t i = 0; i < index.n_manifests; i++)
		check_descriptor(&index.manifests[i], descriptor_from_index);
	index_choose(&index, NULL, &err);
	return 0;
}

static int check_manifest(const char *text, size_t size)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct error err;

	if (manifest_parse(text, size, NULL, &manifest, &err) < 0)
		return -1;
	check_descriptor(&manifest.config, descriptor_from_json);
	for (size_t i = 0; i < manifest.n_layers; i++)
		check_descriptor(&manifest.layers[i], descriptor_from_json);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;
	autoimage struct image image = IMAGE_INIT;
	autojson json_t *document = NULL;
	struct jnode root;
	struct error err;

	if (check_index(text, size) == 0 && check_manifest(text, size) == 0)
		abort();
	image_config_parse(text, size, &config, &err);
	document = json_parse(text, size, "record", &err);
	root = jnode_root(document, "record");
	image_from_json(&root, &image, &err);
	return 0;
}
