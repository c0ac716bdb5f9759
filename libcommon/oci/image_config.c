/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/image_config.h"

#include "base/alloc.h"
#include "oci/manifest.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

void image_config_release(struct image_config *config)
{
	if (!config)
		return;
	strlist_release(&config->env);
	strlist_release(&config->entrypoint);
	strlist_release(&config->cmd);
	strlist_release(&config->exposed_ports);
	strlist_release(&config->volumes);
	free(config->diff_ids);
	json_free(&config->json);
	*config = (struct image_config)IMAGE_CONFIG_INIT;
}

/* The keys of an object that is used as a set ("ExposedPorts": {"80/tcp": {}}), sorted. */
static int read_keys(const struct jnode *parent, const char *key, struct strlist *ret,
		     struct error *err)
{
	struct jnode node = jnode_member(parent, key);
	const char *name;
	json_t *value;

	if (jnode_object(&node, err) < 0)
		return -1;
	json_object_foreach ((json_t *)node.value, name, value) {
		if (jnode_check_key(&node, name, err) < 0)
			return -1;
		strlist_append(ret, name);
	}
	strlist_sort(ret);
	return 0;
}

static int read_labels(const struct jnode *parent, const json_t **ret, struct error *err)
{
	struct jnode node = jnode_member(parent, "Labels");
	const char *name;
	json_t *value;

	if (jnode_object(&node, err) < 0)
		return -1;
	json_object_foreach ((json_t *)node.value, name, value) {
		struct jnode label = jnode_member(&node, name);

		if (jnode_is_present(&label) && jnode_check_string(&label, err) < 0)
			return -1;
	}
	*ret = node.value;
	return 0;
}

static int read_strings(const struct jnode *parent, const char *key, struct strlist *ret,
			struct error *err)
{
	struct jnode node = jnode_member(parent, key);

	return jnode_strings(&node, ret, err);
}

static int read_string(const struct jnode *parent, const char *key, const char **ret,
		       struct error *err)
{
	struct jnode node = jnode_member(parent, key);

	return jnode_string_opt(&node, ret, err);
}

static int read_execution(const struct jnode *root, struct image_config *c, struct error *err)
{
	struct jnode config = jnode_member(root, "config");

	c->user = "";
	c->working_dir = "";
	if (jnode_object(&config, err) < 0 || read_string(&config, "User", &c->user, err) < 0 ||
	    read_string(&config, "WorkingDir", &c->working_dir, err) < 0 ||
	    read_string(&config, "StopSignal", &c->stop_signal, err) < 0 ||
	    read_strings(&config, "Env", &c->env, err) < 0 ||
	    read_strings(&config, "Entrypoint", &c->entrypoint, err) < 0 ||
	    read_strings(&config, "Cmd", &c->cmd, err) < 0 ||
	    read_keys(&config, "ExposedPorts", &c->exposed_ports, err) < 0 ||
	    read_keys(&config, "Volumes", &c->volumes, err) < 0 ||
	    read_labels(&config, &c->labels, err) < 0)
		return -1;
	return 0;
}

static int read_rootfs(const struct jnode *root, struct image_config *c, struct error *err)
{
	struct jnode rootfs = jnode_member(root, "rootfs");
	struct jnode type_node = jnode_member(&rootfs, "type");
	struct jnode diff_ids = jnode_member(&rootfs, "diff_ids");
	const char *type = "layers";
	size_t len = 0;

	if (!jnode_is_present(&rootfs))
		return jnode_error(&rootfs, err, "missing, expected object");
	if (jnode_object(&rootfs, err) < 0 || jnode_string_opt(&type_node, &type, err) < 0 ||
	    jnode_array(&diff_ids, &len, err) < 0)
		return -1;
	if (*type && strcmp(type, "layers") != 0)
		return jnode_error(&type_node, err, "expected 'layers', got '%s'", type);
	if (len > MANIFEST_LAYERS_MAX)
		return jnode_error(&diff_ids, err, "%zu layers are too many (at most %d)", len,
				   MANIFEST_LAYERS_MAX);
	c->diff_ids = xcalloc(len ? len : 1, sizeof(*c->diff_ids));
	c->n_diff_ids = len;
	for (size_t i = 0; i < len; i++) {
		struct jnode element = jnode_element(&diff_ids, i);
		const char *text;

		if (jnode_string(&element, &text, err) < 0)
			return -1;
		if (digest_parse(text, &c->diff_ids[i], NULL) == 0)
			continue;
		jnode_error(&element, err, "invalid digest '%s'", text);
		return error_recode(err, ERROR_VERIFY);
	}
	return 0;
}

/* Read the whole document; json is taken, also on failure. */
static int read_config(json_t *json, struct image_config *ret, struct error *err)
{
	autoimageconfig struct image_config c = { .json = json };
	struct jnode root = jnode_root(c.json, "image config");

	if (!json_is_object(c.json))
		return jnode_error(&root, err, "expected object");
	if (platform_from_json(&root, &c.platform, err) < 0 || read_execution(&root, &c, err) < 0 ||
	    read_rootfs(&root, &c, err) < 0)
		return -1;
	*ret = c;
	c = (struct image_config)IMAGE_CONFIG_INIT;
	return 0;
}

/* Parse the text of a config, new. */
static json_t *parse_text(const char *text, size_t len, struct error *err)
{
	static const char name[] = "image config";

	if (json_check_values(text, len, IMAGE_CONFIG_VALUES_MAX, name, err) < 0)
		return NULL;
	return json_parse(text, len, name, err);
}

int image_config_parse(const char *text, size_t len, struct image_config *ret, struct error *err)
{
	json_t *json;

	if (len > IMAGE_CONFIG_MAX)
		return error_set(err, ERROR_VERIFY, "image config: larger than %u bytes",
				 IMAGE_CONFIG_MAX);
	json = parse_text(text, len, err);
	return json ? read_config(json, ret, err) : -1;
}

static int config_failed(const struct descriptor *descriptor, struct error *err)
{
	return error_prefix(err, "image config %s", descriptor->digest.text);
}

json_t *image_config_read_json(const struct layout *layout, const struct descriptor *descriptor,
			       struct error *err)
{
	autostr struct str text = STR_INIT;
	json_t *json = NULL;

	if (layout_read_blob(layout, descriptor, IMAGE_CONFIG_MAX, &text, err) == 0)
		json = parse_text(text.data, text.len, err);
	if (!json)
		config_failed(descriptor, err);
	return json;
}

/* Types that old registries gave configs (docker/distribution 1621), and what no type means. */
bool image_config_is_type(const char *media_type)
{
	static const char *const vague[] = { "", "application/octet-stream", "application/json",
					     "text/html" };

	for (size_t i = 0; i < array_size(vague); i++)
		if (strcmp(media_type, vague[i]) == 0)
			return true;
	return media_type_kind(media_type) == MEDIA_CONFIG;
}

int image_config_read(const struct layout *layout, const struct descriptor *descriptor,
		      struct image_config *ret, struct error *err)
{
	json_t *json;

	if (!image_config_is_type(descriptor->media_type)) {
		error_set(err, ERROR_FAILED, "this is no image but %s: its config is '%s'",
			  media_type_artifact(descriptor->media_type), descriptor->media_type);
		return error_hint(err, "'ctnr artifact extract' gets its files");
	}
	json = image_config_read_json(layout, descriptor, err);
	if (!json)
		return -1;
	return read_config(json, ret, err) < 0 ? config_failed(descriptor, err) : 0;
}
