/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/secret.h"

#include "format/json.h"

#include <stdlib.h>
#include <string.h>

void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void secret_cleanup(char **secret)
{
	secret_free(*secret);
	*secret = NULL;
}

void secret_release(struct str *secret)
{
	if (secret->capacity)
		explicit_bzero(secret->data, secret->capacity);
	str_release(secret);
}

/* jansson hands its strings out as const, and reads none again but to free it. */
void secret_json_wipe(json_t *value)
{
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_string(value))
		explicit_bzero((char *)json_string_value(value), json_string_length(value));
	json_object_foreach (value, key, child)
		secret_json_wipe(child);
	json_array_foreach (value, i, child)
		secret_json_wipe(child);
}

void secret_json_free(json_t **document)
{
	secret_json_wipe(*document);
	json_decref(*document);
	*document = NULL;
}

json_t *secret_json_parse(const struct str *text, const char *document, struct error *err)
{
	struct error cause = { 0 };
	json_t *json = json_parse(text->data, text->len, document, &cause);
	char *quote = strstr(cause.message, " near '");

	if (json)
		return json;
	if (quote)
		*quote = '\0';
	error_move(err, &cause);
	return NULL;
}
