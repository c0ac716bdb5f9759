/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a configuration file says, as a tree in which every value knows its line, so that each mistake is
 * told with the place where somebody can mend it. Readers of formats make it (format/toml.h,
 * format/yaml.h); who understands the file takes it apart by the functions here.
 *
 *	autoconfignode struct config_node root = CONFIG_NODE_INIT;
 *	const struct config_node *registries;
 *
 *	if (toml_read(text, len, "/etc/x.conf", &root, err) < 0 ||
 *	    config_node_array(&root, "registry", &registries, err) < 0) ...
 *	... error: /etc/x.conf:12: registry: expected an array, got a string
 *
 * A key stands once in its table. Nothing is converted: a number is no string.
 */
#ifndef FORMAT_CONFIG_NODE_H
#define FORMAT_CONFIG_NODE_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_kind {
	CONFIG_NULL, /* a key with nothing behind it (YAML) */
	CONFIG_STRING,
	CONFIG_INTEGER,
	CONFIG_BOOL,
	CONFIG_ARRAY,
	CONFIG_TABLE,
	CONFIG_KIND_MAX,
};

struct config_node {
	enum config_kind kind;
	const char *file; /* for messages; borrowed */
	unsigned line; /* of its key, in an array of the value itself; from 1 on */
	char *key; /* in a table, else NULL */
	char *text; /* of a string; it may not hold NUL */
	int64_t integer;
	bool boolean;
	struct config_node *children; /* of an array or table, in the order of the file */
	size_t n_children;
};

#define CONFIG_NODE_INIT \
	{ \
		.kind = CONFIG_NULL \
	}

void config_node_release(struct config_node *node);
#define autoconfignode autocleanup(config_node_release)

/* Add a child, which is taken; borrowed until the next one is added. */
struct config_node *config_node_add(struct config_node *parent, struct config_node *child);

/* The member of a table by its key, borrowed, or NULL. */
const struct config_node *config_node_find(const struct config_node *table, const char *key);

/* Set err to "FILE:LINE: KEY: ..." and return -1. */
int config_node_error(const struct config_node *node, struct error *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The value of an optional member: *ret is written when it is there (borrowed), and stays otherwise. -1
 * when it is of another kind. */
int config_node_string(const struct config_node *table, const char *key, const char **ret,
		       struct error *err);
int config_node_bool(const struct config_node *table, const char *key, bool *ret,
		     struct error *err);
int config_node_array(const struct config_node *table, const char *key,
		      const struct config_node **ret, struct error *err);
int config_node_table(const struct config_node *table, const char *key,
		      const struct config_node **ret, struct error *err);

/* Is a key or a value one of this list (NULL-terminated)? */
bool config_text_is_one_of(const char *text, const char *const *list);

/* Does a table hold keys of this list (NULL-terminated) alone? The first other one is an error, whose hint
 * is the key that was probably meant. */
int config_node_check_keys(const struct config_node *table, const char *const *keys,
			   struct error *err);

#endif
