/* SPDX-License-Identifier: Apache-2.0 */
/* A volume is made as .NAME.part under a lock, seeded, then renamed, so that a volume is whole. */
#include "volume.h"

#include "opts.h"
#include "volume_seed.h"

#include "base/alloc.h"
#include "store/store.h"
#include "system/fd.h"
#include "system/lock.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define VOLUME_NAME_MAX 200 /* characters */

/* A file name for a place in the container: '/' is '-', other signs are \xNN (as systemd-escape
 * does), so that different places never share a name. */
static char *name_of_place(const char *destination)
{
	autostr struct str name = STR_INIT;

	for (const char *p = destination + 1; *p; p++) {
		if (*p == '/')
			str_append_char(&name, '-');
		else if (isalnum((unsigned char)*p) || *p == '_' || (*p == '.' && p[1] != '.'))
			str_append_char(&name, *p);
		else
			str_appendf(&name, "\\x%02x", (unsigned char)*p);
	}
	return str_steal(&name);
}

/* In the directory of volumes: lock, look again, make, seed, publish. */
static int make_volume(int volumes, const char *name, struct spec *spec, const char *destination,
		       struct error *err)
{
	autofree char *part = volume_seed_part(name);
	autofree char *lock_name = xasprintf(".%s.lock", name);
	autoclose int lock = lock_open_at(volumes, lock_name, LOCK_EXCLUSIVE, LOCK_WAIT, err);
	const struct volume_seed seed = {
		.root = &spec->root,
		.has_owners = spec->bundle != NULL,
		.place = destination,
		.volumes = volumes,
		.name = name,
		.identity = &spec->identity,
	};
	struct stat st;
	int status;

	if (lock < 0)
		return -1;
	if (fstatat(volumes, name, &st, 0) == 0)
		return unlinkat(volumes, lock_name, 0), 0;
	status = volume_seed(&seed, err);
	if (status == 0 && renameat(volumes, part, volumes, name) < 0)
		status = error_errno(err, "cannot rename '%s'", part);
	unlinkat(volumes, lock_name, 0);
	return status;
}

/* The path of the volume DIR/volumes/NAME, which is made when it is not there. */
static char *ensure_volume(int dirfd, const char *dir, const char *name, struct spec *spec,
			   const char *destination, struct error *err)
{
	autoclose int volumes = -EBADF;
	struct stat st;

	if (dir_make_inner_at(dirfd, "volumes", 0700, err) < 0)
		return NULL;
	volumes = dir_open_at(dirfd, "volumes", err);
	if (volumes < 0)
		return NULL;
	if (fstatat(volumes, name, &st, 0) < 0 &&
	    make_volume(volumes, name, spec, destination, err) < 0) {
		error_prefix(err, "cannot make volume '%s'", name);
		return NULL;
	}
	return xasprintf("%s/volumes/%s", dir, name);
}

static char *ensure_anonymous_volume(struct spec *spec, const char *destination, struct error *err)
{
	autofree char *name = name_of_place(destination);

	if (!spec->bundle) {
		error_set(err, ERROR_USAGE, "'%s': an anonymous volume needs a bundle",
			  destination);
		return NULL;
	}
	if (strlen(name) > VOLUME_NAME_MAX) {
		error_set(err, ERROR_USAGE, "'%s' is too long for a volume", destination);
		return NULL;
	}
	return ensure_volume(spec->bundle->dirfd, spec->bundle->path, name, spec, destination, err);
}

int volume_check_name(const char *name, struct error *err)
{
	if (bundle_id_is_valid(name))
		return 0;
	error_set(err, ERROR_USAGE, "'%s' is neither a path nor a volume's name", name);
	return error_hint(err, "a path begins with / or ./; a name has letters, digits, _ . -");
}

char *volume_make(struct spec *spec, const char *name, const char *destination, struct error *err)
{
	autostore struct store store = STORE_INIT;

	if (!name)
		return ensure_anonymous_volume(spec, destination, err);
	if (volume_check_name(name, err) < 0 ||
	    store_open(spec->opts->store, STORE_WRITE, &store, err) < 0)
		return NULL;
	return ensure_volume(store.dirfd, store.path, name, spec, destination, err);
}
