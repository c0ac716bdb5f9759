/* SPDX-License-Identifier: Apache-2.0 */
/* What the filesystem of the store lacks, and what follows. */
#include "ability.h"
#include "check.h"

#include "base/str.h"

#include <string.h>

struct lack {
	const char *name; /* behind "without" */
	enum check_state state;
	const char *consequence;
};

static const char copies[] = "root filesystems are copies";

static const struct lack lacks[ABILITY_MAX] = {
	[ABILITY_LOCK] = { "locks", CHECK_FAIL, "no store can be there" },
	[ABILITY_FLOCK] = { "locks of files", CHECK_WARN, "directories are locked in their place" },
	[ABILITY_SYMLINK] = { "symlinks", CHECK_FAIL, "images cannot be unpacked" },
	[ABILITY_ATTRIBUTE] = { "user.* attributes", CHECK_WARN, copies },
	[ABILITY_WHITEOUT] = { "whiteouts", CHECK_WARN, copies },
	[ABILITY_LINK] = { "hard links", CHECK_WARN, "copies stand for those of images" },
	[ABILITY_RENAME] = { "renames over open files", CHECK_WARN,
			     "commands wait for programs that have a file open" },
	[ABILITY_UNLINK] = { "removal of open files", CHECK_WARN,
			     "what is deleted may stay in trash/ for a while" },
	[ABILITY_MAPPING] = { "shared mappings", CHECK_WARN,
			      "some programs in containers will fail" },
	[ABILITY_REFLINK] = { "shared content (reflink)", CHECK_OK, NULL },
};

/* "without A, B and C", and ": what follows". */
static enum check_state describe_lacks(const struct abilities *abilities, struct str *text)
{
	autostr struct str consequences = STR_INIT;
	enum check_state worst = CHECK_OK;
	size_t n = 0;

	for (size_t i = 0; i < ABILITY_MAX; i++) {
		const struct lack *lack = &lacks[i];

		if (abilities->has[i] || lack->state == CHECK_OK ||
		    (i == ABILITY_FLOCK && !abilities->has[ABILITY_LOCK]))
			continue;
		str_appendf(text, "%s%s", n++ ? ", " : ", without ", lack->name);
		if (!strstr(consequences.data, lack->consequence))
			str_appendf(&consequences, "%s%s", consequences.len ? "; " : ": ",
				    lack->consequence);
		if (lack->state > worst)
			worst = lack->state;
	}
	str_append(text, consequences.data);
	if (!n)
		str_append(text,
			   abilities->has[ABILITY_REFLINK]
				   ? ", has all that a store wants, and copies that share content"
				   : ", has all that a store wants");
	return worst;
}

void check_store_filesystem(struct host *host, struct checklist *list)
{
	struct abilities *abilities = &host->abilities;
	autostr struct str text = STR_INIT;
	enum check_state state = CHECK_OK;

	/* A place that cannot be written is another check's. */
	abilities_try(host->store_parent, abilities, NULL);
	str_append(&text, abilities->fs.name);
	if (abilities->are_known)
		state = describe_lacks(abilities, &text);
	if (abilities->fs.kind == FILESYSTEM_NETWORK) {
		str_append(&text, "; other machines may share it: a store is for one at a time");
		if (state == CHECK_OK)
			state = CHECK_WARN;
	}
	check_add(list, "store filesystem", state, "%s", text.data);
	if (state != CHECK_OK)
		check_hint(list,
			   "better: a store on a local ext4, xfs or btrfs (--store, CTNR_STORE)");
}
