/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of logins as docker, podman and skopeo keep them: containers-auth.json(5), which docker's
 * config.json is as well.
 *
 *	{ "auths": { "quay.io/team": { "auth": "dXNlcjpwYXNz" },
 *		     "https://index.docker.io/v1/": { "auth": "...", "identitytoken": "..." } },
 *	  "credHelpers": { "gcr.io": "gcloud" },
 *	  "credsStore": "pass" }
 *
 *  - A key is HOST[:PORT][/NAMESPACE...][/REPOSITORY], and of those that hold for a repository the longest
 *    counts. docker's keys are hosts: with a scheme before it all behind the host is cut off, without one
 *    /v1/ and /v2/ are.
 *  - docker.io has three names: docker.io, index.docker.io, registry-1.docker.io.
 *  - A helper is for a host (credHelpers) or for all (credsStore).
 *  - Members that nobody here knows are passed over when reading, and kept when editing: docker's file has
 *    many.
 *  - An entry without a login is no entry. docker leaves such ones beside a credsStore.
 *  - No message repeats a secret.
 */
#ifndef REGISTRY_AUTH_FILE_H
#define REGISTRY_AUTH_FILE_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "registry/credentials.h"

#include <jansson.h>

#include <stddef.h>

#define AUTH_FILE_MAX (4U << 20) /* bytes */
#define AUTH_FILE_HELPERS_MAX 2 /* that one host may have */

struct auth_file {
	char *path; /* for messages */
	json_t *json; /* an object */
};

#define AUTH_FILE_INIT \
	{ \
		NULL, NULL \
	}

void auth_file_release(struct auth_file *file);
#define autoauthfile autocleanup(auth_file_release)

/* Read the file at a path, which may be a symlink to a regular file. ERROR_NOT_FOUND when there is none. */
int auth_file_read(const char *path, struct auth_file *ret, struct error *err);

/* Read the text of one; path names it in messages. */
int auth_file_parse(const struct str *text, const char *path, struct auth_file *ret,
		    struct error *err);

/* The helpers to ask for a host, in that order, borrowed from the file: how many there are. */
int auth_file_helpers(const struct auth_file *file, const char *registry,
		      const char *ret[AUTH_FILE_HELPERS_MAX], struct error *err);

/* Find the login for "quay.io/team/app", or for a registry alone: 1 when there is one, which ret becomes with
 * its origin, 0 when there is none, -1 on failure. */
int auth_file_find(const struct auth_file *file, const char *name, struct credentials *ret,
		   struct error *err);

/* What a key of such a file, or a name that a person types, stands for: "quay.io/team", new. */
char *auth_file_normal_name(const char *key);

/* The name that helpers and docker's file have for a registry. Borrowed. */
const char *auth_file_server(const char *registry);

/* Keep a login, user and password, under that name (normal). An entry of the same name is replaced, whichever
 * way its key is written; without one the key is the name, in a file called config.json as docker writes
 * it. credentials NULL: an entry without a login, which says that a helper has it. */
void auth_file_set(struct auth_file *file, const char *name, const struct credentials *credentials);

/* Remove the entries of that name (normal). Returns how many there were. */
size_t auth_file_remove(struct auth_file *file, const char *name);

/* Append the hosts that the file has entries or helpers for, as normal names, each once. */
void auth_file_names(const struct auth_file *file, struct strlist *ret);

#endif
