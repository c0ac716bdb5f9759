/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bundle_stack.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/manifest.h"
#include "store/layer.h"
#include "system/descriptor_limit.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOWER "lower"
#define STORE_FROM_LOWER "../../../" /* of a bundle in the store */
#define LAYERS_FOLDER "/layers/" /* before the name of a layer in the text of a link, */
#define LAYER_DIFF "/diff" /* and behind it */
#define PATH_SIZE 32 /* bytes: "lower/" and a number */

static void format_name(size_t index, char name[BUNDLE_STACK_NAME_MAX])
{
	snprintf(name, BUNDLE_STACK_NAME_MAX, "%zu", index);
}

/* "lower/N", in a buffer that is given back. */
static const char *path_of_layer(size_t index, char path[PATH_SIZE])
{
	snprintf(path, PATH_SIZE, LOWER "/%zu", index);
	return path;
}

/* The overlay needs a directory below. */
static int make_empty_layer(const struct bundle *bundle, struct error *err)
{
	if (mkdirat(bundle->dirfd, BUNDLE_STACK_TOP, 0755) < 0 && errno != EEXIST)
		return error_errno(err, "cannot create '%s/" BUNDLE_STACK_TOP "'", bundle->path);
	return 0;
}

/* Is it a symlink, and does it say that? */
static bool link_says(int dirfd, const char *link, const char *wanted)
{
	char text[PATH_MAX];
	ssize_t len = readlinkat(dirfd, link, text, sizeof(text) - 1);

	if (len < 0)
		return false;
	text[len] = '\0';
	return strcmp(text, wanted) == 0;
}

/* What the link of a bundle says, new. */
static char *link_text(const struct bundle *bundle, const struct store *store, const char *layer)
{
	return bundle_is_inside(bundle, store) ? xasprintf(STORE_FROM_LOWER "%s" LAYER_DIFF, layer)
					       : xasprintf("%s/%s" LAYER_DIFF, store->path, layer);
}

static int cannot_create(const struct bundle *bundle, const char *path, struct error *err)
{
	return error_errno(err, "cannot create '%s/%s'", bundle->path, path);
}

/* What is at path already says something else: a link of a store that was moved gives way. */
static int replace_link(const struct bundle *bundle, const char *text, const char *path,
			struct error *err)
{
	autofree char *part = file_part_name(LOWER);

	if (link_says(bundle->dirfd, path, text))
		return 0;
	if (symlinkat(text, bundle->dirfd, part) == 0 &&
	    renameat(bundle->dirfd, part, bundle->dirfd, path) == 0)
		return 0;
	cannot_create(bundle, path, err);
	unlinkat(bundle->dirfd, part, 0);
	return -1;
}

/* Make lower/N, called path, which says text. Returns 1 when it is new, 0 when it was there. */
static int make_link(const struct bundle *bundle, const char *text, const char *path,
		     struct error *err)
{
	if (symlinkat(text, bundle->dirfd, path) == 0)
		return 1;
	return errno == EEXIST ? replace_link(bundle, text, path, err)
			       : cannot_create(bundle, path, err);
}

/* The same of a bundle in the store: another name of the layer's link, which costs no inode. Where that
 * cannot be, a new symlink is made, which becomes the layer's link when there is none, or one that says
 * something else, or one that has as many names as it can. */
static int share_link(const struct bundle *bundle, const struct store *store, const char *layer,
		      const char *text, const char *path, struct error *err)
{
	autofree char *link = xasprintf("%s/" LAYER_LINK, layer);
	bool is_replaced = !link_says(store->dirfd, link, text);
	int made;

	if (!is_replaced) {
		if (linkat(store->dirfd, link, bundle->dirfd, path, 0) == 0)
			return 0;
		is_replaced = errno == EMLINK;
	}
	made = make_link(bundle, text, path, err);
	if (made <= 0 || !is_replaced)
		return made < 0 ? -1 : 0;
	/* That the link cannot be replaced is no failure. */
	unlinkat(store->dirfd, link, 0);
	if (linkat(bundle->dirfd, path, store->dirfd, link, 0) < 0)
		return 0; /* The next bundle makes a symlink of its own. */
	return 0;
}

static int link_layer(const struct bundle *bundle, const struct store *store, const char *layer,
		      const char *path, struct error *err)
{
	autofree char *text = link_text(bundle, store, layer);

	if (bundle_is_inside(bundle, store))
		return share_link(bundle, store, layer, text, path, err);
	return make_link(bundle, text, path, err) < 0 ? -1 : 0;
}

int bundle_stack_write(const struct bundle *bundle, const struct store *store, const char *idmap,
		       const struct digest *chain_ids, size_t n_chain_ids, struct error *err)
{
	if (mkdirat(bundle->dirfd, LOWER, 0755) < 0 && errno != EEXIST)
		return error_errno(err, "cannot create '%s/" LOWER "'", bundle->path);
	for (size_t i = 0; i < n_chain_ids; i++) {
		autofree char *layer = layer_path(idmap, &chain_ids[n_chain_ids - 1 - i]);
		char path[PATH_SIZE];

		if (link_layer(bundle, store, layer, path_of_layer(i, path), err) < 0)
			return -1;
	}
	return n_chain_ids ? 0 : make_empty_layer(bundle, err);
}

/* Take the layer back that a link names and a collector keeps aside. */
static bool take_layer_back(int lower, const char *name)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(lower, name, target, sizeof(target) - 1);

	if (len < 0)
		return false;
	target[len] = '\0';
	if (!str_ends_with(target, LAYER_DIFF))
		return false;
	target[strlen(target) - strlen(LAYER_DIFF)] = '\0';
	return layer_take_back(lower, target);
}

int bundle_stack_check(const struct bundle *bundle, struct error *err)
{
	for (size_t i = 0; i < MANIFEST_LAYERS_MAX; i++) {
		autoclose int lower = -EBADF;
		char path[PATH_SIZE];

		if (faccessat(bundle->dirfd, path_of_layer(i, path), F_OK, 0) == 0)
			continue;
		if (faccessat(bundle->dirfd, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			return 0;
		lower = bundle_stack_open_lower(bundle->dirfd, NULL);
		if (lower >= 0 && take_layer_back(lower, path + strlen(LOWER "/")))
			continue;
		error_set(err, ERROR_TEMPORARY, "%s '%s': a layer was removed meanwhile",
			  bundle_word(), bundle->id);
		return error_hint(err, "make the %s again", bundle_word());
	}
	return 0;
}

bool bundle_stack_take_back(int lower)
{
	bool was_any = false;

	for (size_t i = 0; i < MANIFEST_LAYERS_MAX; i++) {
		char name[BUNDLE_STACK_NAME_MAX];

		format_name(i, name);
		if (faccessat(lower, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
			break;
		if (faccessat(lower, name, F_OK, 0) < 0 && errno == ENOENT)
			was_any |= take_layer_back(lower, name);
	}
	return was_any;
}

int bundle_stack_open_lower(int bundlefd, struct error *err)
{
	int fd = openat(bundlefd, LOWER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? error_errno(err, "cannot open '" LOWER "'") : fd;
}

int bundle_stack_layer(int lower, size_t index, char ret_name[BUNDLE_STACK_NAME_MAX],
		       struct stat *ret, struct error *err)
{
	format_name(index, ret_name);
	if (fstatat(lower, ret_name, ret, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : error_errno(err, "cannot read '" LOWER "/%s'", ret_name);
}

/* Does text begin with the name of an ID mapping, and which length has that? 0: it does not. */
static size_t idmap_name_length(const char *text)
{
	size_t len = strspn(text, "0123456789abcdef");

	return len < IDMAP_NAME_MAX ? len : 0;
}

/* "IDMAP/ALG/HEX/diff": the same without "/diff". */
static bool parse_layer_name(const char *text, char ret[BUNDLE_STACK_LAYER_MAX])
{
	size_t idmap = idmap_name_length(text);
	size_t len = strlen(text);
	char digest_text[BUNDLE_STACK_LAYER_MAX];
	struct digest digest;
	char *slash;

	if (!idmap || text[idmap] != '/' || !str_ends_with(text, LAYER_DIFF) ||
	    len - strlen(LAYER_DIFF) >= BUNDLE_STACK_LAYER_MAX)
		return false;
	len -= strlen(LAYER_DIFF);
	snprintf(ret, BUNDLE_STACK_LAYER_MAX, "%.*s", (int)len, text);
	/* A digest is written with a colon. */
	snprintf(digest_text, sizeof(digest_text), "%s", ret + idmap + 1);
	slash = strchr(digest_text, '/');
	if (!slash)
		return false;
	*slash = ':';
	return digest_parse(digest_text, &digest, NULL) == 0;
}

bool bundle_stack_layer_name(int lower, const char *name, char ret[BUNDLE_STACK_LAYER_MAX])
{
	char text[PATH_MAX];
	ssize_t len = readlinkat(lower, name, text, sizeof(text) - 1);
	const char *layers = NULL;

	if (len < 0) {
		errno = errno == EINVAL ? 0 : errno;
		return false;
	}
	errno = 0;
	text[len] = '\0';
	/* The last one: a store may be in a directory of the same name. */
	for (const char *at = text; (at = strstr(at, LAYERS_FOLDER)); at++)
		layers = at;
	return layers && parse_layer_name(layers + strlen(LAYERS_FOLDER), ret);
}

/* Put the directory of that name below the others. Returns 0 when it is not there. It may be another
 * user's, with any mode: O_PATH needs no permission in the directory itself. */
static int push_directory(int dirfd, const char *name, struct stack *stack, struct error *err)
{
	int fd = openat(dirfd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", name);
	stack_push(stack, fd);
	return 1;
}

static int push_layers(int bundlefd, int lower, struct stack *stack, struct error *err)
{
	int found = push_directory(bundlefd, "upper", stack, err);

	for (size_t i = 0; found >= 0 && i < MANIFEST_LAYERS_MAX; i++) {
		char name[BUNDLE_STACK_NAME_MAX];

		/* A stack has an open directory for each layer, and looking something up another. */
		if (i == DESCRIPTOR_LIMIT_FREE)
			descriptor_limit_raise();
		format_name(i, name);
		found = push_directory(lower, name, stack, err);
		if (found == 0)
			break;
	}
	return found < 0 ? -1 : 0;
}

/* A directory that is a root filesystem. */
struct plain_root {
	int dirfd;
	const char *path;
};

static int open_plain_root(void *data, struct error *err)
{
	const struct plain_root *root = data;
	int fd = openat(root->dirfd, root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? error_errno(err, "root filesystem '%s'", root->path) : fd;
}

int bundle_stack_open_plain(int dirfd, const char *path, const struct identity *identity,
			    struct stack *ret, struct error *err)
{
	struct plain_root root = { dirfd, path };
	int fd = identity_open(identity, open_plain_root, &root, err);

	if (fd < 0)
		return -1;
	*ret = (struct stack)STACK_INIT;
	stack_push(ret, fd);
	return 0;
}

int bundle_stack_open(int bundlefd, const char *path, const struct identity *identity,
		      struct stack *ret, struct error *err)
{
	autostack struct stack stack = STACK_INIT;
	struct error cause = { 0 };
	autoclose int lower = bundle_stack_open_lower(bundlefd, &cause);

	if (lower < 0 && cause.saved_errno == ENOENT)
		return bundle_stack_open_plain(bundlefd, path, identity, ret, err);
	if (lower < 0)
		return error_move(err, &cause);
	if (push_layers(bundlefd, lower, &stack, err) < 0)
		return -1;
	*ret = stack;
	stack = (struct stack)STACK_INIT;
	return 0;
}

void bundle_stack_list_layers(int bundlefd, struct strlist *ret)
{
	autoclose int lower = bundle_stack_open_lower(bundlefd, NULL);
	char name[BUNDLE_STACK_NAME_MAX];
	struct stat st;

	for (size_t i = 0; lower >= 0 && bundle_stack_layer(lower, i, name, &st, NULL) > 0; i++) {
		char layer[BUNDLE_STACK_LAYER_MAX];

		if (bundle_stack_layer_name(lower, name, layer))
			strlist_append(ret, layer);
	}
}
