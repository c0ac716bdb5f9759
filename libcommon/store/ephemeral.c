/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ephemeral.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/random.h>
#include <unistd.h>

#define EPHEMERAL_DIR "bundles/.ephemeral"

static char *entry_path(const char *id)
{
	return xasprintf(EPHEMERAL_DIR "/%s", id);
}

const char *ephemeral_owner(const struct store *home, const char *id, char mark[PROCESS_MARK_MAX])
{
	autofree char *path = entry_path(id);
	ssize_t len = readlinkat(home->dirfd, path, mark, PROCESS_MARK_MAX - 1);

	mark[len < 0 ? 0 : len] = '\0';
	return mark;
}

/* Let the entry at path have that text instead of the one that it has. */
static int replace_entry(const struct store *home, const char *mark, const char *path,
			 struct error *err)
{
	autofree char *part = NULL;
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_errno(err, "cannot get random bytes");
	part = xasprintf(EPHEMERAL_DIR "/.%016" PRIx64, number);
	if (symlinkat(mark, home->dirfd, part) == 0 &&
	    renameat(home->dirfd, part, home->dirfd, path) == 0)
		return 0;
	error_errno(err, "cannot write '%s/%s'", home->path, path);
	unlinkat(home->dirfd, part, 0);
	return -1;
}

int ephemeral_set_owner(const struct store *store, const char *id, pid_t owner, struct error *err)
{
	autostore struct store home = STORE_INIT;
	autofree char *path = entry_path(id);
	autofree char *mark = process_mark(owner, err);

	if (!mark || store_for_writing(store, &home, err) < 0 ||
	    dir_make_at(home.dirfd, EPHEMERAL_DIR, 0700, err) < 0)
		return -1;
	if (symlinkat(mark, home.dirfd, path) == 0)
		return 0;
	if (errno != EEXIST)
		return error_errno(err, "cannot create '%s/%s'", home.path, path);
	return replace_entry(&home, mark, path, err);
}

bool ephemeral_has_owner(const struct store *store, const char *id)
{
	autostore struct store home = STORE_INIT;
	char mark[PROCESS_MARK_MAX];

	return store_for_writing(store, &home, NULL) == 0 && *ephemeral_owner(&home, id, mark);
}

bool ephemeral_is_bundle(int bundlefd, const char *id)
{
	autofree char *path = xasprintf("../.ephemeral/%s", id);
	char mark[2];

	return readlinkat(bundlefd, path, mark, sizeof(mark)) > 0;
}

void ephemeral_clear(const struct store *home, const char *id)
{
	autofree char *path = entry_path(id);

	unlinkat(home->dirfd, path, 0);
}

void ephemeral_list_orphans(const struct store *home, struct strlist *ret)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct process_scope scope = { 0 };
	char mark[PROCESS_MARK_MAX];

	dir_list_at(home->dirfd, EPHEMERAL_DIR, &names, NULL);
	for (size_t i = 0; i < names.len; i++)
		if (names.items[i][0] != '.' &&
		    process_mark_fate(ephemeral_owner(home, names.items[i], mark), &scope, NULL) ==
			    PROCESS_GONE)
			strlist_append(ret, names.items[i]);
}
