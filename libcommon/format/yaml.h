/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file in YAML (libyaml) as the tree in which every value knows its line
 * (format/config_node.h).
 *
 *	autoconfignode struct config_node root = CONFIG_NODE_INIT;
 *
 *	if (yaml_read(text, len, "/etc/x.yaml", &root, err) < 0 ||
 *	    config_node_table(&root, "docker", &docker, err) < 0) ...
 *
 *  - What is not quoted is a boolean when it is true or false, a number when it is decimal digits, nothing
 *    when it is null, ~ or empty, else a string: yes, no, on and off are strings.
 *  - A file has one document, and one that is empty is CONFIG_NULL. A key stands once in its table, and is a
 *    scalar.
 *  - Anchors, aliases and tags are refused: they make much of little, and what is read with them depends on
 *    the reader.
 */
#ifndef FORMAT_YAML_H
#define FORMAT_YAML_H

#include "format/config_node.h"

#define YAML_DEPTH_MAX 64 /* tables and arrays within each other */

/* Read a whole text. file names it in messages, and is borrowed by the tree. */
int yaml_read(const char *text, size_t len, const char *file, struct config_node *ret,
	      struct error *err);

#endif
