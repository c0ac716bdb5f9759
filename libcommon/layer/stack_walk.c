/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/stack_walk.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* A layer's part in a directory: what ".." of that layer's part in a child must be. */
struct part {
	size_t index; /* in walk->parts */
	dev_t device;
	ino_t inode;
};

/* A name in a directory, of one of its layers. */
struct part_name {
	char *name;
	size_t part; /* in the level's parts */
};

/* A directory on the way down. */
struct stack_walk_level {
	struct stat stat;
	size_t index; /* its topmost part */
	size_t name_at; /* where its name begins in walk->path */
	struct part_name *names; /* sorted; of all its layers, top first where several have one */
	size_t n_names;
	size_t next; /* in names */
	struct part *parts; /* top first */
	size_t n_parts;
	bool hides_below; /* STACK_WALK_TOP: it is opaque, or in one that is */
};

static void level_release(struct stack_walk_level *level)
{
	for (size_t i = 0; i < level->n_names; i++)
		free(level->names[i].name);
	free(level->names);
	free(level->parts);
}

void stack_walk_release(struct stack_walk *walk)
{
	if (!walk)
		return;
	for (size_t i = 0; i < walk->n_levels; i++)
		level_release(&walk->levels[i]);
	stack_release(&walk->parts);
	free(steal(&walk->levels));
	free(steal(&walk->depths));
	str_release(&walk->path);
	*walk = (struct stack_walk)STACK_WALK_INIT;
}

int stack_walk_error(const struct stack_walk *walk, struct error *err)
{
	/* A long path leaves room for what is wrong with it. */
	return error_prefix(err, "'%.300s'", walk->path.len ? walk->path.data : ".");
}

static struct stack_walk_level *last_level(const struct stack_walk *walk)
{
	return &walk->levels[walk->n_levels - 1];
}

/* Has that layer a part in the directory where the walk is? */
static bool is_part(const struct stack_walk *walk, size_t index)
{
	return walk->depths[index] == walk->n_levels;
}

/* The names in one of the level's parts. */
static int add_names(struct stack_walk_level *level, size_t part, int dirfd, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (dir_list_at(dirfd, ".", &names, err) < 0)
		return -1;
	level->names =
		xrealloc(level->names, level->n_names + names.len + 1, sizeof(level->names[0]));
	for (size_t i = 0; i < names.len; i++)
		level->names[level->n_names++] =
			(struct part_name) { steal(&names.items[i]), part };
	return 0;
}

static int add_part(struct stack_walk_level *level, size_t index, int dirfd, struct error *err)
{
	struct stat st;

	if (fstat(dirfd, &st) < 0)
		return error_errno(err, "cannot stat directory");
	level->parts = xrealloc(level->parts, level->n_parts + 1, sizeof(level->parts[0]));
	level->parts[level->n_parts++] = (struct part) { index, st.st_dev, st.st_ino };
	return 0;
}

/* Are the names of that part to be visited? */
static bool has_names(const struct stack_walk *walk, const struct stack_walk_level *level,
		      size_t part)
{
	return walk->extent != STACK_WALK_TOP || level->hides_below ||
	       level->parts[part].index == 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct part_name *one = a;
	const struct part_name *two = b;
	int order = strcmp(one->name, two->name);

	return order ? order : (one->part > two->part) - (one->part < two->part);
}

/* The walk has arrived in a directory, the descriptors of its layers with it. */
static int enter_level(struct stack_walk *walk, const struct stat *st, size_t index, size_t name_at,
		       struct error *err)
{
	struct stack_walk_level *level;

	if (walk->n_levels == walk->capacity) {
		walk->capacity = walk->capacity ? 2 * walk->capacity : 16;
		walk->levels = xrealloc(walk->levels, walk->capacity, sizeof(*walk->levels));
	}
	level = &walk->levels[walk->n_levels++];
	*level = (struct stack_walk_level) { .stat = *st, .index = index, .name_at = name_at };
	for (size_t i = 0; i < walk->parts.n_dirfds; i++)
		if (is_part(walk, i) && add_part(level, i, walk->parts.dirfds[i], err) < 0)
			return -1;
	if (walk->extent == STACK_WALK_TOP && walk->n_levels > 1)
		level->hides_below = level[-1].hides_below || mark_is_opaque(walk->parts.dirfds[0]);
	for (size_t i = 0; i < level->n_parts; i++)
		if (has_names(walk, level, i) &&
		    add_names(level, i, walk->parts.dirfds[level->parts[i].index], err) < 0)
			return -1;
	if (level->n_names)
		qsort(level->names, level->n_names, sizeof(level->names[0]), compare_names);
	return 0;
}

/* A layer's descriptor goes up to its part in the level above. */
static int go_up(struct stack_walk *walk, size_t index, const struct stack_walk_level *above,
		 struct error *err)
{
	autoclose int fd = openat(walk->parts.dirfds[index], "..", DIR_FLAGS);
	const struct part *part = above->parts;
	struct stat st;

	while (part->index != index)
		part++;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot go back to the directory above");
	if (st.st_dev != part->device || st.st_ino != part->inode)
		return error_set(err, ERROR_FAILED, "it was moved while it was read");
	fd_close(&walk->parts.dirfds[index]);
	walk->parts.dirfds[index] = fd_steal(&fd);
	walk->depths[index]--;
	return 0;
}

/* Cut the last name off the path. */
static void leave_name(struct stack_walk *walk, size_t name_at)
{
	walk->path.len = name_at ? name_at - 1 : 0;
	walk->path.data[walk->path.len] = '\0';
}

static int leave_level(struct stack_walk *walk, struct error *err)
{
	struct stack_walk_level *level = last_level(walk);

	for (size_t i = 0; walk->n_levels > 1 && i < walk->parts.n_dirfds; i++)
		if (is_part(walk, i) && go_up(walk, i, level - 1, err) < 0)
			return stack_walk_error(walk, err);
	if (walk->n_levels > 1)
		leave_name(walk, level->name_at);
	level_release(level);
	walk->n_levels--;
	return 0;
}

static size_t enter_name(struct stack_walk *walk, const char *name)
{
	if (walk->path.len)
		str_append_char(&walk->path, '/');
	str_append(&walk->path, name);
	return walk->path.len - strlen(name);
}

/* The layers that have a part in the directory where the walk is, and what they have below it. */
struct look {
	size_t n;
	size_t *parts; /* which they are */
	int *dirfds; /* borrowed */
	int *found; /* owned until the walk goes down */
	struct stack_found what;
};

static void look_release(struct look *look)
{
	for (size_t i = 0; i < look->n; i++)
		fd_close(&look->found[i]);
	free(look->parts);
	free(look->dirfds);
	free(look->found);
}
#define autolook autocleanup(look_release)

/* Only the layers that have the name are looked at: those of n entries at names. When not all names were listed:
 * all that have a part in the directory. */
static void look_init(struct look *look, const struct stack_walk *walk,
		      const struct part_name *names, size_t n)
{
	const struct stack_walk_level *level = last_level(walk);
	bool is_whole = walk->extent != STACK_WALK_TOP;

	*look = (struct look) { .n = is_whole ? n : level->n_parts };
	look->parts = xcalloc(look->n, sizeof(look->parts[0]));
	look->dirfds = xcalloc(look->n, sizeof(look->dirfds[0]));
	look->found = xcalloc(look->n, sizeof(look->found[0]));
	for (size_t i = 0; i < look->n; i++) {
		look->parts[i] = level->parts[is_whole ? names[i].part : i].index;
		look->dirfds[i] = walk->parts.dirfds[look->parts[i]];
		look->found[i] = -EBADF;
	}
}

/* A directory was found: its layers' descriptors take the place of their parents'. */
static int enter_directory(struct stack_walk *walk, struct look *look, size_t name_at,
			   struct error *err)
{
	for (size_t i = 0; i < look->n; i++) {
		if (look->found[i] < 0)
			continue;
		fd_close(&walk->parts.dirfds[look->parts[i]]);
		walk->parts.dirfds[look->parts[i]] = fd_steal(&look->found[i]);
		walk->depths[look->parts[i]]++;
	}
	return enter_level(walk, &look->what.stat, look->parts[look->what.index], name_at, err);
}

/* The event is about the directory of the last level. */
static enum stack_event tell_directory(struct stack_walk *walk, enum stack_event event)
{
	const struct stack_walk_level *level = last_level(walk);

	walk->name = walk->path.data + level->name_at;
	walk->stat = &level->stat;
	walk->n_names = level->n_names;
	walk->layer = stack_layer(&walk->parts, level->index);
	walk->dirfd = walk->parts.dirfds[level->index];
	walk->last = event;
	return event;
}

/* The event is about what has the name at that place of the path, which no directory that is gone into has. */
static enum stack_event tell_object(struct stack_walk *walk, const struct look *look,
				    const struct stack_found *what, size_t name_at,
				    enum stack_event event)
{
	walk->name = walk->path.data + name_at;
	walk->object = what->stat;
	walk->stat = &walk->object;
	walk->layer = stack_layer(&walk->parts, look->parts[what->index]);
	walk->dirfd = look->dirfds[what->index];
	walk->last = STACK_WALK_OBJECT;
	return event;
}

/* Look at a name in all layers. */
static int visit_in_all(struct stack_walk *walk, struct look *look, size_t name_at,
			struct error *err)
{
	const char *name = walk->path.data + name_at;

	if (stack_find(look->dirfds, look->n, name, &look->what, look->found, err) < 0)
		return -1;
	if (look->what.kind == STACK_ABSENT && look->what.is_deleted &&
	    walk->extent == STACK_WALK_MARKS)
		return tell_object(walk, look, &look->what, name_at, STACK_WALK_WHITEOUT);
	if (look->what.kind == STACK_ABSENT)
		return STACK_WALK_END;
	if (look->what.kind == STACK_OTHER)
		return tell_object(walk, look, &look->what, name_at, STACK_WALK_OBJECT);
	if (enter_directory(walk, look, name_at, err) < 0)
		return -1;
	return tell_directory(walk, STACK_WALK_ENTER);
}

/* Look at a name on top, and apart from that in the layers below. */
static int visit_on_top(struct stack_walk *walk, struct look *look, size_t name_at,
			struct error *err)
{
	const char *name = walk->path.data + name_at;
	struct stack_found below;

	if (stack_find(look->dirfds + 1, look->n - 1, name, &below, look->found + 1, err) < 0 ||
	    stack_find(look->dirfds, 1, name, &look->what, look->found, err) < 0)
		return -1;
	below.index++;
	walk->below = below.kind;
	if (look->what.kind == STACK_DIRECTORY) {
		if (enter_directory(walk, look, name_at, err) < 0)
			return -1;
		return tell_directory(walk, STACK_WALK_ENTER);
	}
	if (look->what.kind == STACK_OTHER)
		return tell_object(walk, look, &look->what, name_at, STACK_WALK_OBJECT);
	if (below.kind == STACK_ABSENT)
		return STACK_WALK_END;
	return tell_object(walk, look, &below, name_at, STACK_WALK_DELETED);
}

/* Look at a name of the last level, which n of its layers have. STACK_WALK_END: nothing is there
 * (any more). */
static int visit_name(struct stack_walk *walk, const struct part_name *names, size_t n,
		      struct error *err)
{
	size_t name_at = enter_name(walk, names->name);
	autolook struct look look;
	int event;

	look_init(&look, walk, names, n);
	event = walk->extent != STACK_WALK_TOP ? visit_in_all(walk, &look, name_at, err)
					       : visit_on_top(walk, &look, name_at, err);
	if (event < 0)
		return stack_walk_error(walk, err);
	if (event == STACK_WALK_END)
		leave_name(walk, name_at);
	return event;
}

int stack_walk_start(struct stack_walk *walk, struct stack *dir, struct error *err)
{
	struct stat st;

	if (fstat(dir->dirfds[0], &st) < 0)
		return error_errno(err, "cannot stat directory");
	walk->parts = *dir;
	*dir = (struct stack)STACK_INIT;
	walk->depths = xcalloc(walk->parts.n_dirfds, sizeof(walk->depths[0]));
	for (size_t i = 0; i < walk->parts.n_dirfds; i++)
		walk->depths[i] = 1;
	if (enter_level(walk, &st, 0, 0, err) < 0)
		return -1;
	tell_directory(walk, STACK_WALK_ENTER);
	return 0;
}

void stack_walk_skip(struct stack_walk *walk)
{
	struct stack_walk_level *level = last_level(walk);

	level->next = level->n_names;
}

bool stack_walk_is_same(const struct stack_walk *one, const struct stack_walk *two)
{
	const struct stack_walk_level *x = last_level(one);
	const struct stack_walk_level *y = last_level(two);

	if (x->n_parts != y->n_parts)
		return false;
	for (size_t i = 0; i < x->n_parts; i++)
		if (x->parts[i].device != y->parts[i].device ||
		    x->parts[i].inode != y->parts[i].inode)
			return false;
	return true;
}

int stack_walk_next(struct stack_walk *walk, struct error *err)
{
	int event = STACK_WALK_END;

	if (walk->last == STACK_WALK_OBJECT)
		leave_name(walk, (size_t)(walk->name - walk->path.data));
	if (walk->last == STACK_WALK_LEAVE && leave_level(walk, err) < 0)
		return -1;
	walk->last = STACK_WALK_END;
	while (walk->n_levels && event == STACK_WALK_END) {
		struct stack_walk_level *level = last_level(walk);
		const struct part_name *names = level->names + level->next;
		size_t n_left = level->n_names - level->next;
		size_t n = 1;

		if (!n_left)
			return tell_directory(walk, STACK_WALK_LEAVE);
		/* Several layers may have a name: it is seen once. */
		while (n < n_left && strcmp(names[n].name, names->name) == 0)
			n++;
		level->next += n;
		event = visit_name(walk, names, n, err);
	}
	return event;
}
