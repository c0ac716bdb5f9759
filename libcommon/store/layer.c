/* SPDX-License-Identifier: Apache-2.0 */
#include "store/layer.h"

#include "base/alloc.h"
#include "oci/layout.h"
#include "oci/manifest.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
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
