/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a container as the text that other programs read (runtime-spec runtime.md, "State"): hooks
 * on their stdin, for one.
 *
 *	{"ociVersion":"1.2.0","id":"web","status":"creating","pid":4711,"bundle":"/b","annotations":{}}
 *
 * It is written without a JSON tree, so that a process that was just cloned can write it too.
 */
#ifndef STORE_STATE_JSON_H
#define STORE_STATE_JSON_H

#include "base/str.h"
#include "store/state.h"

#include <sys/types.h>

struct state_json {
	const char *id;
	enum state_status status;
	pid_t pid; /* of the first process, as the reader sees it; 0: there is none */
	const char *bundle; /* absolute path */
	const char *annotations; /* the text of an object; NULL: there are none */
};

/* Append the state to ret, all of whose texts are UTF-8. */
void state_json_append(const struct state_json *state, struct str *ret);

#endif
