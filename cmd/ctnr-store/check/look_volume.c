/* SPDX-License-Identifier: Apache-2.0 */
#include "check/look.h"

#include "base/alloc.h"
#include "store/bundle.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* What is wrong with a volume, new; NULL: nothing. Its files are anybody's, and nobody's to check. */
static char *find_volume_problem(const struct scope *scope, const char *name)
{
	autofree char *path = xasprintf("volumes/%s", name);
	autofree char *owners = xasprintf("volumes/.%s:owners", name);
	struct stat st;

	if (fstatat(scope->store->dirfd, path, &st, 0) < 0)
		return errno == ENOENT ? NULL : xasprintf("cannot be read: %s", strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return xstrdup("is not a directory");
	return look_at_owners(scope, owners);
}

void look_at_volumes(struct look *look)
{
	autostrlist struct strlist names = STRLIST_INIT;

	dir_list_at(look->scope->store->dirfd, "volumes", &names, NULL);
	strlist_sort(&names);
	for (size_t i = 0; i < names.len; i++) {
		const char *name = names.items[i];
		autofree char *problem = NULL;
		autofree char *path = xasprintf("volumes/%s", name);

		/* Others are of commands that make one (store/leftover.h). */
		if (!bundle_id_is_valid(name) || !scope_has_volume(look->scope, name))
			continue;
		look->counts.volumes++;
		problem = find_volume_problem(look->scope, name);
		if (problem)
			finding_describe(findings_add(&look->findings, FINDING_VOLUME, name, path),
					 "%s", problem);
	}
}
