/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A volume is made as .NAME.part under a lock, seeded, synced, then renamed, so that a volume is whole. Its
 * folder is synced last.
 */
#include "volume.h"

#include "opts.h"
#include "volume_seed.h"

#include "base/alloc.h"
#include "store/store.h"
#include "store/volume_file.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/sync.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define VOLUME_NAME_MAX 200 /* characters */

/* What would be the name of a file beside another volume: its dot is written as a sign. name is taken. */
static char *escape_reserved(char *name)
{
	autofree char *given = name;
	enum volume_file file;
	autofree char *other = volume_file_parse(given, &file);

	return other ? xasprintf("\\x%02x%s", given[0], given + 1) : steal(&given);
}

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
	return escape_reserved(str_steal(&name));
}

/* A volume that is wanted: DIR/volumes/NAME. */
struct wanted_volume {
	int dirfd; /* of DIR */
	const char *dir;
	const char *name;
	const char *destination; /* its place in the container */
	enum file_sync sync; /* FILE_NO_SYNC: it goes with a bundle that is for one run */
};

/* Let .NAME.part, which is whole, be NAME. volumes was opened before anything was written to it. */
static int publish_volume(int volumes, const char *part, const struct wanted_volume *wanted,
			  struct error *err)
{
	bool is_synced = wanted->sync == FILE_SYNC;

	if (is_synced && sync_filesystem(volumes) < 0)
		return error_errno(err, "cannot sync '%s'", part);
	if (renameat(volumes, part, volumes, wanted->name) < 0)
		return error_errno(err, "cannot rename '%s'", part);
	if (is_synced && sync_folder(volumes) < 0)
		return error_errno(err, "cannot sync '%s/volumes'", wanted->dir);
	return 0;
}

/* In the directory of volumes: lock, look again, make, seed, publish. */
static int make_volume(int volumes, const struct wanted_volume *wanted, struct spec *spec,
		       struct error *err)
{
	const char *name = wanted->name;
	autofree char *part = volume_file_name(VOLUME_FILE_PART, name);
	autofree char *lock_name = volume_file_name(VOLUME_FILE_LOCK, name);
	autolockfile struct lock_file lock = LOCK_FILE_INIT;
	const struct volume_seed seed = {
		.root = &spec->root,
		.has_owners = spec->bundle != NULL,
		.place = wanted->destination,
		.volumes = volumes,
		.name = name,
		.identity = &spec->identity,
	};
	struct stat st;
	int status;

	if (lock_file_open_at(volumes, lock_name, LOCK_EXCLUSIVE, LOCK_WAIT, &lock, err) < 0)
		return -1;
	if (fstatat(volumes, name, &st, 0) == 0)
		return unlinkat(volumes, lock_name, 0), 0;
	status = volume_seed(&seed, err);
	if (status == 0)
		status = publish_volume(volumes, part, wanted, err);
	unlinkat(volumes, lock_name, 0);
	return status;
}

/* Open DIR/volumes, which is made when it is not there. */
static int open_volumes(const struct wanted_volume *wanted, struct error *err)
{
	int n_made = dir_make_inner_at(wanted->dirfd, "volumes", 0700, err);

	if (n_made < 0 ||
	    (wanted->sync == FILE_SYNC && sync_parents(wanted->dirfd, "volumes", n_made, err) < 0))
		return -1;
	return dir_open_at(wanted->dirfd, "volumes", err);
}

/* The path of the volume, which is made when it is not there. */
static char *ensure_volume(const struct wanted_volume *wanted, struct spec *spec, struct error *err)
{
	autoclose int volumes = open_volumes(wanted, err);
	struct stat st;

	if (volumes < 0)
		return NULL;
	if (fstatat(volumes, wanted->name, &st, 0) < 0 &&
	    make_volume(volumes, wanted, spec, err) < 0) {
		error_prefix(err, "cannot make volume '%s'", wanted->name);
		return NULL;
	}
	return xasprintf("%s/volumes/%s", wanted->dir, wanted->name);
}

static char *ensure_anonymous_volume(struct spec *spec, const char *destination, struct error *err)
{
	autofree char *name = name_of_place(destination);
	const struct bundle *bundle = spec->bundle;
	struct wanted_volume wanted;

	if (!bundle) {
		error_set(err, ERROR_USAGE, "'%s': an anonymous volume needs a bundle",
			  destination);
		return NULL;
	}
	if (strlen(name) > VOLUME_NAME_MAX) {
		error_set(err, ERROR_USAGE, "'%s' is too long for a volume", destination);
		return NULL;
	}
	wanted = (struct wanted_volume) { bundle->dirfd, bundle->path, name, destination,
					  spec->sync };
	return ensure_volume(&wanted, spec, err);
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
	struct wanted_volume wanted;

	if (!name)
		return ensure_anonymous_volume(spec, destination, err);
	if (volume_check_name(name, err) < 0 ||
	    store_open(spec->opts->store, STORE_WRITE, &store, err) < 0)
		return NULL;
	wanted = (struct wanted_volume) { store.dirfd, store.path, name, destination, FILE_SYNC };
	return ensure_volume(&wanted, spec, err);
}
