/* SPDX-License-Identifier: Apache-2.0 */
#include "config/devices.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "system/idmap.h"

#include <string.h>
#include <sys/stat.h>

#define MODE_DEFAULT 0666

/* The kernel's numbers have 12 and 20 bits, and mknod(2) cuts longer ones without a word. */
#define MAJOR_MAX 0xfff
#define MINOR_MAX 0xfffff

static const struct {
	const char *letter;
	mode_t type;
} types[] = {
	{ "b", S_IFBLK },
	{ "c", S_IFCHR },
	{ "u", S_IFCHR }, /* unbuffered */
	{ "p", S_IFIFO },
};

void devices_config_release(struct devices_config *devices)
{
	free(steal(&devices->items));
	devices->len = 0;
}

static int read_type(const struct jnode *node, mode_t *ret, struct error *err)
{
	const char *letter;

	if (jnode_string(node, &letter, err) < 0)
		return -1;
	for (size_t i = 0; i < array_size(types); i++) {
		if (strcmp(letter, types[i].letter) != 0)
			continue;
		*ret = types[i].type;
		return 0;
	}
	return jnode_error(node, err, "unknown device type '%s'", letter);
}

/* Both numbers are required, but of a FIFO, which has none (0 is what some tools write there). */
static int read_numbers(const struct jnode *entry, struct device_config *ret, struct error *err)
{
	struct jnode major_node = jnode_member(entry, "major");
	struct jnode minor_node = jnode_member(entry, "minor");
	int64_t major = 0, minor = 0;

	if (ret->type == S_IFIFO) {
		if (jnode_integer_opt(&major_node, 0, 0, &major, err) < 0 ||
		    jnode_integer_opt(&minor_node, 0, 0, &minor, err) < 0)
			return -1;
	} else if (jnode_integer(&major_node, 0, MAJOR_MAX, &major, err) < 0 ||
		   jnode_integer(&minor_node, 0, MINOR_MAX, &minor, err) < 0) {
		return -1;
	}
	ret->major = (unsigned)major;
	ret->minor = (unsigned)minor;
	return 0;
}

static int read_device(const struct jnode *entry, struct device_config *ret, struct error *err)
{
	struct jnode path = jnode_member(entry, "path");
	struct jnode type = jnode_member(entry, "type");
	struct jnode mode_node = jnode_member(entry, "fileMode");
	struct jnode uid_node = jnode_member(entry, "uid");
	struct jnode gid_node = jnode_member(entry, "gid");
	int64_t mode = MODE_DEFAULT, uid = 0, gid = 0;

	if (jnode_string(&path, &ret->path, err) < 0 || read_type(&type, &ret->type, err) < 0 ||
	    read_numbers(entry, ret, err) < 0 ||
	    jnode_integer_opt(&mode_node, 0, UINT32_MAX, &mode, err) < 0 ||
	    jnode_integer_opt(&uid_node, 0, IDMAP_ID_MAX, &uid, err) < 0 ||
	    jnode_integer_opt(&gid_node, 0, IDMAP_ID_MAX, &gid, err) < 0)
		return -1;
	if (ret->path[0] != '/')
		return jnode_error(&path, err, "'%s' is not absolute", ret->path);
	/* Some tools write the type's bits too. */
	ret->mode = (mode_t)mode & 07777;
	ret->has_mode = jnode_is_present(&mode_node);
	ret->uid = (uid_t)uid;
	ret->gid = (gid_t)gid;
	return 0;
}

int devices_config_read(const struct jnode *linux_node, struct devices_config *ret,
			struct error *err)
{
	struct jnode list = jnode_member(linux_node, "devices");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	if (len > RUNTIME_DEVICES_MAX)
		return jnode_error(&list, err, "more than %d devices", RUNTIME_DEVICES_MAX);
	ret->items = len ? xcalloc(len, sizeof(*ret->items)) : NULL;
	for (; ret->len < len; ret->len++) {
		struct jnode entry = jnode_element(&list, ret->len);

		if (read_device(&entry, &ret->items[ret->len], err) < 0)
			return -1;
	}
	return 0;
}
