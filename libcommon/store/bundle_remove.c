/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "store/bundle.h"
#include "store/ephemeral.h"
#include "store/trash.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Is the bundle in home under its ID, itself or by the link that registers it? */
static bool is_registered(const struct store *home, const struct bundle *bundle)
{
	autofree char *place = xasprintf("%s/bundles/%s", home->path, bundle->id);
	autofree char *leads_to = NULL;

	if (strcmp(place, bundle->path) == 0)
		return true;
	leads_to = realpath(place, NULL);
	return leads_to && strcmp(leads_to, bundle->path) == 0;
}

static int not_registered(const struct bundle *bundle, struct error *err)
{
	return error_set(err, ERROR_FAILED, "'%s' is not a %s of this store", bundle->path,
			 bundle_word());
}

int bundle_check_registered(const struct store *store, const struct bundle *bundle,
			    struct error *err)
{
	autostore struct store home = STORE_INIT;

	if (store && is_registered(store, bundle))
		return 0;
	if (store_for_writing(store, &home, err) < 0)
		return -1;
	if (is_registered(&home, bundle))
		return 0;
	not_registered(bundle, err);
	return error_prefix(err, "%s '%s'", bundle_word(), bundle->id);
}

/* Whoever can write to the store could register any directory as a bundle, for us to delete. */
static int check_link(const struct store *home, const char *name, const char *place,
		      struct error *err)
{
	struct stat st;

	if (fstatat(home->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot stat '%s'", place);
	if (st.st_uid != geteuid())
		return error_set(err, ERROR_FAILED, "'%s' is a link of another user", place);
	return 0;
}

static int remove_from(const struct store *home, const struct bundle *bundle, enum file_sync sync,
		       struct error *err)
{
	autofree char *name = xasprintf("bundles/%s", bundle->id);
	autofree char *place = xasprintf("%s/%s", home->path, name);

	if (strcmp(place, bundle->path) == 0)
		return trash_discard(home, home->dirfd, name, sync, err);
	if (!is_registered(home, bundle))
		return not_registered(bundle, err);
	if (check_link(home, name, place, err) < 0)
		return -1;
	/* A path may be on another filesystem: it is deleted where it is, and stays registered
	 * until that is done. */
	if (tree_remove_at(AT_FDCWD, bundle->path, err) < 0)
		return -1;
	if (unlinkat(home->dirfd, name, 0) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove '%s'", place);
	return 0;
}

int bundle_remove(const struct store *store, const struct bundle *bundle, struct error *err)
{
	autostore struct store home = STORE_INIT;
	char before[PROCESS_MARK_MAX];
	char after[PROCESS_MARK_MAX];

	if (store_for_writing(store, &home, err) < 0)
		return -1;
	ephemeral_owner(&home, bundle->id, before);
	if (remove_from(&home, bundle, *before ? FILE_NO_SYNC : FILE_SYNC, err) < 0)
		return error_prefix(err, "%s '%s'", bundle_word(), bundle->id);
	/* The name is free again: another mark is a new bundle's. */
	if (*before && strcmp(before, ephemeral_owner(&home, bundle->id, after)) == 0)
		ephemeral_clear(&home, bundle->id);
	return 0;
}
