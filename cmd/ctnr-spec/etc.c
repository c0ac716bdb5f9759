/* SPDX-License-Identifier: Apache-2.0 */
#include "etc.h"

#include "mount.h"
#include "mount_option.h"
#include "opts.h"

#include "base/alloc.h"
#include "oci/runtime_default.h"
#include "system/fd.h"
#include "system/sync.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define ETC_FILE_MAX (1U << 20) /* bytes */

const struct option etc_options[] = {
	{ "hostname", 0, "NAME", "hostname of the container", OPTION_STRING,
	  offsetof(struct etc_opts, hostname) },
	OPTION_END,
};

static bool hostname_is_valid(const char *name)
{
	size_t len = strlen(name);

	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && (p == name || !strchr("._-", *p)))
			return false;
	return len > 0 && len <= HOST_NAME_MAX;
}

int etc_check(const struct etc_opts *opts, struct error *err)
{
	const char *name = opts->hostname;

	if (!name || hostname_is_valid(name))
		return 0;
	error_set(err, ERROR_USAGE, "option --hostname: invalid name '%s'", name);
	return error_hint(err, "up to %d letters, digits, '.', '_' and '-'", HOST_NAME_MAX);
}

int etc_apply_hostname(struct spec *spec, struct error *err)
{
	const char *name = spec->opts->etc.hostname;

	if (etc_check(&spec->opts->etc, err) < 0)
		return -1;
	if (name) {
		json_object_set_new(spec->config, "hostname", json_string(name));
	} else if (spec->image && spec->bundle && spec->bundle->id) {
		json_object_set_new(spec->config, "hostname",
				    json_stringn(spec->bundle->id,
						 strnlen(spec->bundle->id, HOST_NAME_MAX)));
	}
	return 0;
}

/* Append a file of the host's; one that is not there is empty. */
static int read_host_file(const char *path, struct str *ret, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot open '%s'", path);
	if (fd_read_rest(fd, ETC_FILE_MAX, ret, err) < 0)
		return error_prefix(err, "%s", path);
	if (ret->len && ret->data[ret->len - 1] != '\n')
		str_append_char(ret, '\n');
	return 0;
}

/* With the host's network the host's names and its resolver (a local stub too) are right for the
 * container as they stand; without a network there is no resolver to ask. */
static int make_name_files(const struct spec *spec, struct str *hosts, struct str *resolv,
			   struct error *err)
{
	if (!namespace_is_present(spec->config, "network") &&
	    (read_host_file("/etc/hosts", hosts, err) < 0 ||
	     read_host_file("/etc/resolv.conf", resolv, err) < 0))
		return -1;
	if (!hosts->len)
		str_append(hosts, "127.0.0.1\tlocalhost\n"
				  "::1\tlocalhost ip6-localhost ip6-loopback\n"
				  "ff02::1\tip6-allnodes\n"
				  "ff02::2\tip6-allrouters\n");
	return 0;
}

/* Does the file have that text already? Then it is left alone, because replacing a file by rename
 * makes ext4 start writing at once, 0.1 ms for each. */
static bool etc_file_has(int etc, const char *name, const struct str *text)
{
	autostr struct str have = STR_INIT;

	return file_read_at(etc, name, ETC_FILE_MAX, &have, NULL) == 0 && have.len == text->len &&
	       memcmp(have.data, text->data, have.len) == 0;
}

static int add_etc_file(struct spec *spec, int etc, const char *name, const struct str *text,
			json_t *mounts, struct error *err)
{
	autofree char *destination = xasprintf("/etc/%s", name);
	autofree char *source = xasprintf("%s/etc/%s", spec->bundle->path, name);
	bool read_only = spec->opts->read_only == OPTION_TRUE;
	enum file_sync sync = spec->sync == FILE_SYNC ? FILE_SYNC_CONTENT : FILE_NO_SYNC;
	json_t *mount;

	if (!etc_file_has(etc, name, text) &&
	    file_write_at(etc, name, text->data, text->len, 0644, sync, err) < 0)
		return error_prefix(err, "cannot write '%s'", source);
	/* Every user of the container may read the file, whatever our umask is. */
	if (fchmodat(etc, name, 0644, 0) < 0)
		return error_errno(err, "cannot change the mode of '%s'", source);
	mount = runtime_mount_new(destination, "bind", source,
				  read_only ? "bind rprivate ro" : "bind rprivate");
	mount_option_keep_locked(json_object_get(mount, "options"), source, &spec->identity);
	mount_put(mounts, mount);
	return 0;
}

int etc_apply(struct spec *spec, struct error *err)
{
	const char *hostname = json_string_value(json_object_get(spec->config, "hostname"));
	json_t *mounts = spec_config_member(spec, "mounts", JSON_ARRAY, err);
	autostr struct str hosts = STR_INIT;
	autostr struct str name = STR_INIT;
	autostr struct str resolv = STR_INIT;
	autoclose int etc = -EBADF;

	if (!spec->bundle || !spec->image)
		return 0;
	if (!mounts || dir_make_at(spec->bundle->dirfd, "etc", 0755, err) < 0)
		return -1;
	etc = dir_open_at(spec->bundle->dirfd, "etc", err);
	if (etc < 0 || make_name_files(spec, &hosts, &resolv, err) < 0)
		return -1;
	if (hostname) {
		str_appendf(&hosts, "127.0.1.1\t%s\n", hostname);
		str_appendf(&name, "%s\n", hostname);
	}
	if (add_etc_file(spec, etc, "hosts", &hosts, mounts, err) < 0 ||
	    add_etc_file(spec, etc, "hostname", &name, mounts, err) < 0 ||
	    add_etc_file(spec, etc, "resolv.conf", &resolv, mounts, err) < 0)
		return -1;
	if (spec->sync == FILE_SYNC && sync_folder(etc) < 0)
		return error_errno(err, "cannot sync '%s/etc'", spec->bundle->path);
	return 0;
}

void etc_put_last(json_t *mounts)
{
	static const char *const files[] = { "/etc/hosts", "/etc/hostname", "/etc/resolv.conf" };

	for (size_t i = 0; i < array_size(files); i++)
		mount_put_last(mounts, files[i]);
}
