/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a container as the specification has it (runtime-spec runtime.md, "State"): what hooks
 * read from their stdin, what an agent of seccomp gets, and the beginning of state.json.
 *
 *	{"ociVersion":"1.0.2","id":"web","status":"creating","pid":4711,"bundle":"/b","annotations":{}}
 */
#ifndef STORE_STATE_JSON_H
#define STORE_STATE_JSON_H

#include "format/json.h"
#include "store/state.h"

struct state_view {
	const char *id;
	enum state_status status;
	pid_t pid; /* of the container's first process, as seen from here; 0: there is none any more */
	const char *bundle; /* absolute path; NULL: not known */
	const json_t *annotations; /* an object; anything else counts as none */
};

/* A new object, which has a reference to the annotations. Never NULL. */
json_t *state_to_json(const struct state_view *view);

#endif
