/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file of registries.conf(5): what it says, taken apart and checked.
 *
 *	registries_file_read(text.data, text.len, "/etc/containers/registries.conf", &conf, err)
 *	... error: /etc/containers/registries.conf:9: short-name-mode: it is in a table, where it means nothing
 *
 *  - Each key has its kind, place and grammar; an unknown one, or one that stands in a table where it means
 *    nothing (all that is behind [[registry]] belongs to that table), is an error with its line.
 *  - Version 1 of the format is an error whose hint is the same in version 2.
 *  - credential-helpers may name the files of auth.json alone: helpers are named in these.
 */
#ifndef REGISTRY_REGISTRIES_FILE_H
#define REGISTRY_REGISTRIES_FILE_H

#include "registry/registries_conf.h"

/* Add what a text says to conf, which is not finished. path is borrowed, and must outlive conf. */
int registries_file_read(const char *text, size_t len, const char *path,
			 struct registries_conf *conf, struct error *err);

#endif
