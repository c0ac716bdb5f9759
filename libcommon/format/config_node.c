/* SPDX-License-Identifier: Apache-2.0 */
#include "format/config_node.h"

#include "base/alloc.h"
#include "base/nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[CONFIG_KIND_MAX] = {
	[CONFIG_NULL] = "nothing",   [CONFIG_STRING] = "a string", [CONFIG_INTEGER] = "a number",
	[CONFIG_BOOL] = "a boolean", [CONFIG_ARRAY] = "an array",  [CONFIG_TABLE] = "a table",
};

void config_node_release(struct config_node *node)
{
	if (!node)
		return;
	for (size_t i = 0; i < node->n_children; i++)
		config_node_release(&node->children[i]);
	free(node->children);
	free(node->key);
	free(node->text);
	*node = (struct config_node)CONFIG_NODE_INIT;
}

struct config_node *config_node_add(struct config_node *parent, struct config_node *child)
{
	struct config_node *added;

	/* Room for 2, 4, 8... children: a file has thousands of tables. */
	if ((parent->n_children & (parent->n_children - 1)) == 0)
		parent->children =
			xrealloc(parent->children, parent->n_children ? 2 * parent->n_children : 1,
				 sizeof(*parent->children));
	added = &parent->children[parent->n_children++];
	*added = *child;
	*child = (struct config_node)CONFIG_NODE_INIT;
	return added;
}

const struct config_node *config_node_find(const struct config_node *table, const char *key)
{
	for (size_t i = 0; i < table->n_children; i++)
		if (table->children[i].key && strcmp(table->children[i].key, key) == 0)
			return &table->children[i];
	return NULL;
}

int config_node_error(const struct config_node *node, struct error *err, const char *format, ...)
{
	char reason[512];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return error_set(err, ERROR_FAILED, "%s:%u: %s%s%s", node->file, node->line,
			 node->key ? node->key : "", node->key ? ": " : "", reason);
}

/* The member of that kind, or NULL without an error when there is none. */
static int find_of_kind(const struct config_node *table, const char *key, enum config_kind kind,
			const struct config_node **ret, struct error *err)
{
	const struct config_node *found = config_node_find(table, key);

	*ret = found;
	if (!found || found->kind == kind)
		return 0;
	return config_node_error(found, err, "expected %s, got %s", kind_names[kind],
				 kind_names[found->kind]);
}

int config_node_string(const struct config_node *table, const char *key, const char **ret,
		       struct error *err)
{
	const struct config_node *found;

	if (find_of_kind(table, key, CONFIG_STRING, &found, err) < 0)
		return -1;
	if (found)
		*ret = found->text;
	return 0;
}

int config_node_bool(const struct config_node *table, const char *key, bool *ret, struct error *err)
{
	const struct config_node *found;

	if (find_of_kind(table, key, CONFIG_BOOL, &found, err) < 0)
		return -1;
	if (found)
		*ret = found->boolean;
	return 0;
}

int config_node_array(const struct config_node *table, const char *key,
		      const struct config_node **ret, struct error *err)
{
	const struct config_node *found;

	if (find_of_kind(table, key, CONFIG_ARRAY, &found, err) < 0)
		return -1;
	if (found)
		*ret = found;
	return 0;
}

int config_node_table(const struct config_node *table, const char *key,
		      const struct config_node **ret, struct error *err)
{
	const struct config_node *found;

	if (find_of_kind(table, key, CONFIG_TABLE, &found, err) < 0)
		return -1;
	if (found)
		*ret = found;
	return 0;
}

bool config_text_is_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

static int refuse_key(const struct config_node *node, const char *const *keys, struct error *err)
{
	struct nearest nearest = nearest_to(node->key);

	for (; *keys; keys++)
		nearest_offer(&nearest, *keys);
	config_node_error(node, err, "unknown key");
	return nearest_hint(&nearest, "", err);
}

int config_node_check_keys(const struct config_node *table, const char *const *keys,
			   struct error *err)
{
	for (size_t i = 0; i < table->n_children; i++)
		if (!config_text_is_one_of(table->children[i].key, keys))
			return refuse_key(&table->children[i], keys, err);
	return 0;
}
