/* SPDX-License-Identifier: Apache-2.0 */
#include "store/layer.h"

#include "base/alloc.h"
#include "base/number.h"
#include "layer/owners.h"
#include "oci/layout.h"
#include "oci/manifest.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The last line of a chain's file. */
#define CHAIN_END "end\n"

char *layer_path(const char *idmap, const struct digest *chain_id)
{
	return xasprintf("layers/%s/%s/%s", idmap, digest_algorithm_name(chain_id->algorithm),
			 digest_hex(chain_id));
}

bool layer_take_back(int dirfd, const char *path)
{
	autofree char *aside = xasprintf("%s" ASIDE_SUFFIX, path);

	return renameat2(dirfd, aside, dirfd, path, RENAME_NOREPLACE) == 0 || errno == EEXIST;
}

static bool find_layer(const struct store *store, const char *path, struct stat *ret)
{
	return fstatat(store->dirfd, path, ret, AT_SYMLINK_NOFOLLOW) == 0;
}

bool layer_exists(const struct store *store, const char *idmap, const struct digest *chain_id)
{
	autofree char *path = layer_path(idmap, chain_id);
	struct stat st;

	return (find_layer(store, path, &st) ||
		(errno == ENOENT && layer_take_back(store->dirfd, path) &&
		 find_layer(store, path, &st))) &&
	       S_ISDIR(st.st_mode);
}

char *layer_chain_path(const struct digest *config)
{
	return xasprintf("cache/chains/%s/%s", digest_algorithm_name(config->algorithm),
			 digest_hex(config));
}

char *layer_chain_text(const struct digest *chain_ids, size_t n)
{
	autostr struct str text = STR_INIT;

	for (size_t i = 0; i < n; i++)
		str_appendf(&text, "%s\n", chain_ids[i].text);
	str_append(&text, CHAIN_END);
	return str_steal(&text);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

/* Into chain, which has room for the lines of text. False: the text is not one that was written whole,
 * which bytes that a power cut made zeros are not either. */
static bool parse_chain(char *text, size_t len, struct digest *chain, size_t *ret_n)
{
	const char *end = text + len;
	size_t n = 0;
	char *line_end;

	for (; strcmp(text, CHAIN_END) != 0; text = line_end + 1) {
		line_end = strchr(text, '\n');
		if (!line_end)
			return false;
		*line_end = '\0';
		if (n == MANIFEST_LAYERS_MAX || digest_parse(text, &chain[n++], NULL) < 0)
			return false;
	}
	*ret_n = n;
	return text + strlen(CHAIN_END) == end;
}

int layer_chain_cached(const struct store *store, const struct digest *config, struct digest **ret,
		       size_t *ret_len, struct error *err)
{
	autofree char *path = layer_chain_path(config);
	autofree struct digest *chain = NULL;
	autostr struct str text = STR_INIT;
	struct error cause = { 0 };
	size_t lines;
	size_t n;

	if (file_read_at(store->dirfd, path,
			 (size_t)MANIFEST_LAYERS_MAX * DIGEST_TEXT_MAX + strlen(CHAIN_END), &text,
			 &cause) < 0) {
		if (cause.code == ERROR_NOT_FOUND)
			return 0;
		return error_move(err, &cause);
	}
	/* Derived data that is damaged is as good as absent. */
	lines = count_lines(text.data);
	if (lines > MANIFEST_LAYERS_MAX + 1)
		return 0;
	/* Not for MANIFEST_LAYERS_MAX: 70 kB of new memory took 0.1 ms of each start. */
	chain = xcalloc(lines + 1, sizeof(*chain));
	if (!parse_chain(text.data, text.len, chain, &n))
		return 0;
	*ret = steal(&chain);
	*ret_len = n;
	return 1;
}

#define SIZE_TEXT_MAX 24 /* bytes: a number and a line feed */
#define FILE_PATH_MAX (NAME_MAX + sizeof("/" LAYER_SIZE)) /* bytes; LAYER_LINK is as long */

/* The number in the file of that descriptor. */
static bool read_size(int fd, uint64_t *ret)
{
	char text[SIZE_TEXT_MAX];
	ssize_t len = fd_read_full(fd, text, sizeof(text) - 1);

	/* What a loss of power has cut short has no line feed. */
	if (len <= 0 || text[len - 1] != '\n')
		return false;
	text[len - 1] = '\0';
	return number_parse(text, INT64_MAX, ret, NULL) == 0;
}

bool layer_size_read(int dirfd, const char *name, struct inode_set *seen, uint64_t *ret)
{
	char path[FILE_PATH_MAX];
	autoclose int fd = -EBADF;
	struct stat st;
	uint64_t bytes;

	snprintf(path, sizeof(path), "%s/" LAYER_SIZE, name);
	fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || !read_size(fd, &bytes) || fstat(fd, &st) < 0)
		return false;
	bytes += tree_usage_of(&st, seen);
	snprintf(path, sizeof(path), "%s/" LAYER_LINK, name);
	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		bytes += tree_usage_of(&st, seen);
	*ret = bytes;
	return true;
}

int layer_size_measure(int layerfd, enum tree_usage_state state, uint64_t *ret, struct error *err)
{
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	struct stat st;
	uint64_t bytes;

	if (fstat(layerfd, &st) < 0)
		return error_errno(err, "cannot stat the layer");
	bytes = tree_usage_of(&st, &seen);
	if (tree_usage_add_state(layerfd, "diff", state, &seen, &bytes, err) < 0 ||
	    tree_usage_add_state(layerfd, OWNERS_FILE, state, &seen, &bytes, err) < 0)
		return -1;
	*ret = bytes;
	return 0;
}

void layer_size_write(int layerfd, uint64_t bytes)
{
	char text[SIZE_TEXT_MAX];
	int len = snprintf(text, sizeof(text), "%" PRIu64 "\n", bytes);
	struct stat st;

	if (fstat(layerfd, &st) < 0)
		return;
	file_write_at(layerfd, LAYER_SIZE, text, (size_t)len, 0600, FILE_NO_SYNC, NULL);
	futimens(layerfd, (const struct timespec[2]) { st.st_atim, st.st_mtim });
}
