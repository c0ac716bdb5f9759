/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of TOML 1.0 that configuration files of containers use (registries.conf, containers.conf), read
 * into a tree of struct config_node.
 *
 *	autoconfignode struct config_node root = CONFIG_NODE_INIT;
 *
 *	if (toml_read(text.data, text.len, "/etc/containers/registries.conf", &root, err) < 0) ...
 *	... error: /etc/containers/registries.conf:7: a string without an end
 *
 *  - Read are tables, arrays of tables, dotted and quoted keys, strings of all four kinds, integers,
 *    booleans, arrays, inline tables and comments. Floating-point numbers, dates and times are refused.
 *  - What TOML refuses is refused: a key or table that is there already, a table that opens an inline one
 *    again, control characters, bytes that are not UTF-8. So is NUL in a string.
 *  - Nesting, the number of values and the bytes of a file have limits.
 */
#ifndef FORMAT_TOML_H
#define FORMAT_TOML_H

#include "format/config_node.h"

#define TOML_SIZE_MAX (4U << 20) /* bytes of a file */
#define TOML_NODES_MAX (1U << 17) /* values and tables: 20 for each of 6,000 registries */
#define TOML_DEPTH_MAX 16 /* parts of a key; and arrays and inline tables within each other */

/* Read a text of len bytes into ret, which becomes the table of the whole file, new. file stands in its
 * nodes and in messages: it is borrowed, and must outlive ret. */
int toml_read(const char *text, size_t len, const char *file, struct config_node *ret,
	      struct error *err);

#endif
