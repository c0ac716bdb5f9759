/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/xattr_difference.h"

#include "base/alloc.h"
#include "base/str.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#define VALUE_COMMON 1024 /* bytes that need no memory of their own */

/* An attribute, by its name here and in an image. */
struct xattr_pair {
	const char *here; /* in the list's names */
	char *there;
};

struct xattr_list {
	char *names; /* as flistxattr(2) gives them */
	struct xattr_pair *pairs; /* sorted by their names in an image */
	size_t n;
};

static void xattr_list_release(struct xattr_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->pairs[i].there);
	free(list->pairs);
	free(list->names);
}
#define autoxattrlist autocleanup(xattr_list_release)

static int compare_pairs(const void *a, const void *b)
{
	const struct xattr_pair *one = a;
	const struct xattr_pair *two = b;

	return strcmp(one->there, two->there);
}

/* The names of fd's attributes: their size, and *ret is new. Most have none. */
static ssize_t read_names(int fd, char **ret, struct error *err)
{
	ssize_t size = flistxattr(fd, NULL, 0);

	if (size > 0) {
		*ret = xmalloc(XATTR_LIST_MAX);
		size = flistxattr(fd, *ret, XATTR_LIST_MAX);
	}
	if (size < 0 && errno == ENOTSUP)
		return 0;
	return size < 0 ? error_errno(err, "cannot list extended attributes") : size;
}

static void add_pair(struct xattr_list *list, const char *here, const char *there)
{
	if ((list->n & (list->n - 1)) == 0)
		list->pairs =
			xrealloc(list->pairs, list->n ? list->n * 2 : 1, sizeof(list->pairs[0]));
	list->pairs[list->n++] = (struct xattr_pair) { here, xstrdup(there) };
}

static int list_xattrs(const struct xattr_holder *holder, enum xattr_owner_counts owner,
		       struct xattr_list *ret, struct error *err)
{
	ssize_t size = read_names(holder->fd, &ret->names, err);

	for (const char *name = ret->names; size > 0 && name < ret->names + size;
	     name += strlen(name) + 1) {
		char buffer[XATTR_BUFFER_SIZE];
		const char *there = xattr_name_there(holder->route, name, buffer);

		if (there && (owner == XATTR_OWNER_COUNTS || xattr_kind(name) != XATTR_OWNER))
			add_pair(ret, name, there);
	}
	if (ret->n)
		qsort(ret->pairs, ret->n, sizeof(ret->pairs[0]), compare_pairs);
	return size < 0 ? -1 : 0;
}

/* A value: in common, or in *ret_large, which is new. One that is gone has no bytes. */
static ssize_t read_xattr(int fd, const char *name, char common[VALUE_COMMON], char **ret_large,
			  struct error *err)
{
	ssize_t len = fgetxattr(fd, name, common, VALUE_COMMON);

	if (len < 0 && errno == ERANGE) {
		*ret_large = xmalloc(XATTR_SIZE_MAX);
		len = fgetxattr(fd, name, *ret_large, XATTR_SIZE_MAX);
	}
	if (len < 0 && errno == ENODATA)
		return 0;
	return len < 0 ? error_errno(err, "cannot read extended attribute '%s'", name) : len;
}

static int do_values_differ(int a, const char *a_name, int b, const char *b_name, struct error *err)
{
	char a_common[VALUE_COMMON];
	char b_common[VALUE_COMMON];
	autofree char *a_large = NULL;
	autofree char *b_large = NULL;
	ssize_t a_len = read_xattr(a, a_name, a_common, &a_large, err);
	ssize_t b_len = a_len < 0 ? -1 : read_xattr(b, b_name, b_common, &b_large, err);

	if (b_len < 0)
		return -1;
	return a_len != b_len || memcmp(a_large ? a_large : a_common, b_large ? b_large : b_common,
					(size_t)a_len) != 0;
}

int xattr_differ(const struct xattr_holder *a, const struct xattr_holder *b,
		 enum xattr_owner_counts owner, struct error *err)
{
	autoxattrlist struct xattr_list a_list = { 0 };
	autoxattrlist struct xattr_list b_list = { 0 };
	int differ = 0;

	if (list_xattrs(a, owner, &a_list, err) < 0 || list_xattrs(b, owner, &b_list, err) < 0)
		return -1;
	if (a_list.n != b_list.n)
		return 1;
	for (size_t i = 0; i < a_list.n; i++)
		if (strcmp(a_list.pairs[i].there, b_list.pairs[i].there) != 0)
			return 1;
	for (size_t i = 0; differ == 0 && i < a_list.n; i++)
		differ = do_values_differ(a->fd, a_list.pairs[i].here, b->fd, b_list.pairs[i].here,
					  err);
	return differ;
}
