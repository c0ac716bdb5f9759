/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file in JSON as the tree in which every value knows its line (format/config_node.h).
 *
 *	autoconfignode struct config_node root = CONFIG_NODE_INIT;
 *
 *	if (json_config_read(text, len, "/etc/x.json", &root, err) < 0 ||
 *	    config_node_check_keys(&root, keys, err) < 0) ...
 *	... error: /etc/x.json:3: defualt: unknown key
 *
 * A key that stands twice in its object, numbers with a fraction, and strings that C cannot have or that are
 * no Unicode are errors.
 */
#ifndef FORMAT_JSON_CONFIG_H
#define FORMAT_JSON_CONFIG_H

#include "format/config_node.h"

/* Read a whole text. file names it in messages, and is borrowed by the tree. */
int json_config_read(const char *text, size_t len, const char *file, struct config_node *ret,
		     struct error *err);

#endif
