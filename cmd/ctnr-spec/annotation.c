/* SPDX-License-Identifier: Apache-2.0 */
#include "annotation.h"

#include "base/message.h"

#include <string.h>

#define PREFIX "org.opencontainers.image."

/* Annotations that runtimes obey. An image must not give orders: its labels are data. */
static const char *const obeyed_prefixes[] = { "org.ctnr.", "run.oci.", "org.systemd.",
					       "org.criu." };

static bool is_obeyed(const char *key)
{
	for (size_t i = 0; i < array_size(obeyed_prefixes); i++)
		if (str_starts_with(key, obeyed_prefixes[i]))
			return true;
	return false;
}

static void set_text(json_t *annotations, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(annotations, key, json_string(value));
}

static void set_list(json_t *annotations, const char *key, const struct strlist *items)
{
	autostr struct str joined = STR_INIT;

	for (size_t i = 0; i < items->len; i++)
		str_appendf(&joined, "%s%s", i ? "," : "", items->items[i]);
	set_text(annotations, key, joined.data);
}

/* A text of the image config that nobody here reads, as it stands. */
static int copy_text(json_t *annotations, const char *key, const struct jnode *config,
		     const char *member, struct error *err)
{
	struct jnode node = jnode_member(config, member);

	if (!jnode_is_present(&node))
		return 0;
	if (jnode_check_string(&node, err) < 0)
		return -1;
	if (json_string_length(node.value))
		json_object_set(annotations, key, (json_t *)node.value);
	return 0;
}

static int copy_texts(json_t *annotations, const struct image_config *image,
		      struct strlist *ret_features, struct error *err)
{
	struct jnode root = jnode_root(image->json, "image config");
	struct jnode features = jnode_member(&root, "os.features");

	if (copy_text(annotations, PREFIX "author", &root, "author", err) < 0 ||
	    copy_text(annotations, PREFIX "created", &root, "created", err) < 0)
		return -1;
	return jnode_strings(&features, ret_features, err);
}

/* An annotation needs a name; what a label says need not be text. */
static void copy_label(json_t *annotations, const char *key, json_t *value)
{
	autostr struct str text = STR_INIT;

	if (!*key)
		return;
	json_append_key(key, &text);
	if (is_obeyed(text.data))
		message_warning("the image's label '%s' would give orders to a runtime, ignoring",
				text.data);
	else if (json_is_null(value))
		json_object_set_new(annotations, key, json_string(""));
	else
		json_object_set(annotations, key, value);
}

int annotation_apply(struct spec *spec, struct error *err)
{
	const struct image_config *image = spec->image;
	autostrlist struct strlist features = STRLIST_INIT;
	json_t *annotations;
	const char *key;
	json_t *value;

	if (!image)
		return 0;
	annotations = spec_config_member(spec, "annotations", JSON_OBJECT, err);
	if (!annotations)
		return -1;
	if (copy_texts(annotations, image, &features, err) < 0)
		return -1;
	set_text(annotations, PREFIX "os", image->platform.os);
	set_text(annotations, PREFIX "architecture", image->platform.architecture);
	set_text(annotations, PREFIX "variant", image->platform.variant);
	set_text(annotations, PREFIX "os.version", image->platform.os_version);
	set_list(annotations, PREFIX "os.features", &features);
	set_text(annotations, PREFIX "stopSignal", image->stop_signal);
	set_list(annotations, PREFIX "exposedPorts", &image->exposed_ports);
	/* Labels come last: what they say wins over what the config implies. */
	json_object_foreach ((json_t *)image->labels, key, value)
		copy_label(annotations, key, value);
	if (!json_object_size(annotations))
		json_object_del(spec->config, "annotations");
	return 0;
}
