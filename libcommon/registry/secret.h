/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that held a secret, and is overwritten before it is given back.
 *
 *	autosecret struct str answer = STR_INIT;
 *	autosecretjson json_t *json = NULL;
 *
 *	str_reserve(&answer, ANSWER_MAX);	// a text that grows leaves its bytes where it was before
 *
 * What libraries copied while they parsed or sent it is out of reach.
 */
#ifndef REGISTRY_SECRET_H
#define REGISTRY_SECRET_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include <jansson.h>

/* A string or NULL, which is freed. */
void secret_free(char *secret);
void secret_cleanup(char **secret);
#define autosecrettext autocleanup(secret_cleanup)

/* Also what stands behind the end of the text. */
void secret_release(struct str *secret);
#define autosecret autocleanup(secret_release)

/* Overwrite all strings of a value, or NULL, which stays. */
void secret_json_wipe(json_t *value);

/* A document of which nobody else has a reference: all its strings. */
void secret_json_free(json_t **document);
#define autosecretjson autocleanup(secret_json_free)

/* json_parse(), whose message repeats nothing of the text. */
json_t *secret_json_parse(const struct str *text, const char *document, struct error *err);

#endif
