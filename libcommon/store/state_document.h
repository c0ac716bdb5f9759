/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a container as JSON (runtime-spec runtime.md, "State"), as the verbs state and list print
 * it:
 *
 *	{"ociVersion":"1.0.2","id":"web","status":"running","pid":4711,"bundle":"/b","annotations":{},
 *	 "rootfs":"/b/rootfs","created":"2026-01-02T03:04:05Z","owner":"me"}
 *
 * What is not of state_json.h is what crun and runc have too.
 */
#ifndef STORE_STATE_DOCUMENT_H
#define STORE_STATE_DOCUMENT_H

#include "store/state.h"

/* For a reader of one state or of all of one directory. */
struct state_reader {
	int root; /* borrowed */
	char *owner; /* the name of the user that the states belong to; NULL: not looked up yet */
	struct process_scope scope;
};

#define STATE_READER_INIT(root) \
	{ \
		root, NULL, \
		{ \
			0 \
		} \
	}

void state_reader_release(struct state_reader *reader);
#define autostatereader autocleanup(state_reader_release)

/* The state of the container with that ID; new, NULL on failure: ERROR_NOT_FOUND when there is none. pid is 0
 * when the container is stopped or of another pid namespace. */
json_t *state_document(struct state_reader *reader, const char *id, struct error *err);

#endif
