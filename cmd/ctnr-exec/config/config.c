/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "oci/runtime.h"
#include "system/fd.h"

#include <string.h>

/* A range of the text. */
struct span {
	const char *start;
	const char *end;
};

static const char *skip_blank(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return p;
}

/* p is at the opening quote; returns what follows the closing one, or end. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '"')
			return p + 1;
	}
	return end;
}

static const char *skip_value(const char *p, const char *end)
{
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
		} else if (*p == '{' || *p == '[') {
			depth++;
			p++;
		} else if (*p == '}' || *p == ']') {
			if (depth-- == 0)
				return p;
			p++;
		} else if (*p == ',' && depth == 0) {
			return p;
		} else {
			p++;
			continue;
		}
		if (depth == 0)
			return p;
	}
	return end;
}

/* Find the value of a member written literally as key. Broken text finds nothing, and so does a key
 * that is there twice: the parser will say what is wrong. */
static bool find_member(struct span object, const char *key, struct span *ret)
{
	size_t key_len = strlen(key);
	const char *p = skip_blank(object.start, object.end);
	int found = 0;

	if (p == object.end || *p != '{')
		return false;
	for (p = skip_blank(p + 1, object.end); p < object.end && *p == '"';) {
		const char *name = p + 1;
		bool match;

		p = skip_string(p, object.end);
		match = (size_t)(p - name) == key_len + 1 && memcmp(name, key, key_len) == 0;
		p = skip_blank(p, object.end);
		if (p == object.end || *p != ':')
			return false;
		p = skip_blank(p + 1, object.end);
		name = p;
		p = skip_value(p, object.end);
		if (match) {
			*ret = (struct span) { name, p };
			found++;
		}
		p = skip_blank(p, object.end);
		if (p < object.end && *p == ',')
			p = skip_blank(p + 1, object.end);
	}
	return found == 1;
}

/*
 * The seccomp profile is most of a config.json, and is looked at only when its filter has not been
 * compiled before: its text goes to seccomp.c as it is, and is null for the JSON parser.
 */
static void cut_seccomp(struct str *text, struct str *ret)
{
	struct span whole = { text->data, text->data + text->len };
	struct span section, value;
	size_t cut;

	if (!find_member(whole, "linux", &section) || !find_member(section, "seccomp", &value))
		return;
	while (value.end > value.start && strchr(" \t\r\n", value.end[-1]))
		value.end--;
	if (value.end - value.start <= (ptrdiff_t)strlen("null") || *value.start != '{')
		return;
	str_append_bytes(ret, value.start, (size_t)(value.end - value.start));
	cut = (size_t)(value.start - text->data);
	memcpy(text->data + cut, "null", 4);
	cut += 4;
	memmove(text->data + cut, value.end, (size_t)(text->data + text->len - value.end) + 1);
	text->len = cut + (size_t)(whole.end - value.end);
}

static bool is_empty(const json_t *value)
{
	return !value || json_is_null(value) ||
	       (json_is_string(value) && json_string_length(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

static const struct {
	const char *section; /* NULL: the root */
	const char *key;
} unsupported[] = {
	{ NULL, "vm" },
	{ NULL, "windows" },
	{ NULL, "solaris" },
	{ NULL, "zos" },
	{ "linux", "intelRdt" },
	{ "linux", "memoryPolicy" },
	{ "linux", "mountLabel" },
	{ "linux", "netDevices" },
	{ "linux", "personality" },
	{ "linux", "timeOffsets" },
	{ "process", "apparmorProfile" },
	{ "process", "selinuxLabel" },
	{ "process", "execCPUAffinity" },
	{ "process", "ioPriority" },
	{ "process", "scheduler" },
};

static int check_unsupported(const struct jnode *root, struct error *err)
{
	for (size_t i = 0; i < array_size(unsupported); i++) {
		struct jnode section =
			unsupported[i].section ? jnode_member(root, unsupported[i].section) : *root;
		struct jnode node = jnode_member(&section, unsupported[i].key);

		if (!is_empty(node.value))
			return jnode_error(&node, err, "this is not supported");
	}
	return 0;
}

static int check_hooks(const struct jnode *root, struct error *err)
{
	struct jnode hooks = jnode_member(root, "hooks");
	const char *key;
	json_t *value;

	if (jnode_object(&hooks, err) < 0)
		return -1;
	if (!jnode_is_present(&hooks))
		return 0;
	json_object_foreach ((json_t *)(uintptr_t)hooks.value, key, value)
		if (!is_empty(value))
			return jnode_error(&hooks, err, "hooks of '%s' are not supported", key);
	return 0;
}

/* A limit that was asked for and cannot be set is an error. Rules for devices are held in another
 * way: see run.c. */
static int check_resources(struct container *c, const struct jnode *root, struct error *err)
{
	struct jnode linux_node = jnode_member(root, "linux");
	struct jnode resources = jnode_member(&linux_node, "resources");
	struct jnode devices = jnode_member(&resources, "devices");
	const char *key;
	json_t *value;
	size_t i;

	if (jnode_object(&resources, err) < 0)
		return -1;
	if (!jnode_is_present(&resources))
		return 0;
	json_object_foreach ((json_t *)(uintptr_t)resources.value, key, value)
		if (strcmp(key, "devices") != 0 && !is_empty(value))
			return jnode_error(&resources, err, "limits of '%s' cannot be set", key);
	json_array_foreach (devices.value, i, value)
		c->deny_devices |= !json_is_true(json_object_get(value, "allow"));
	return 0;
}

int config_read(struct container *c, struct str *ret_seccomp, struct error *err)
{
	autostr struct str text = STR_INIT;
	struct jnode root, section, process, seccomp;

	if (file_read_at(c->bundle.dirfd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, &text, err) <
	    0) {
		error_prefix(err, "bundle '%s'", c->bundle.path);
		return err->saved_errno != ENOENT
			       ? -1
			       : error_hint(err,
					    "ctnr-spec writes it: ctnr-unpack IMAGE | ctnr-spec -");
	}
	cut_seccomp(&text, ret_seccomp);
	c->config = json_parse(text.data, text.len, "config.json", err);
	if (!c->config)
		return -1;
	root = jnode_root(c->config, "config.json");
	section = jnode_member(&root, "linux");
	process = jnode_member(&root, "process");
	seccomp = jnode_member(&section, "seccomp");
	if (jnode_object(&root, err) < 0 || jnode_object(&section, err) < 0 ||
	    jnode_object(&process, err) < 0)
		return -1;
	if (!jnode_is_present(&process))
		return jnode_error(&process, err, "missing");
	/* Written in a way that was not found in the text ("\u0073eccomp"). */
	if (!is_empty(seccomp.value)) {
		autofree char *rest = json_format(seccomp.value);

		str_append(ret_seccomp, rest);
	}
	if (check_unsupported(&root, err) < 0 || check_hooks(&root, err) < 0)
		return -1;
	return check_resources(c, &root, err);
}
