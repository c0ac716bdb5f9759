/* SPDX-License-Identifier: Apache-2.0 */
/* What token servers answer. */
#include "base/str.h"
#include "registry/token.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A token becomes a header: no byte of it may end that, or be no text. */
static void check_token(const struct token *token)
{
	static const char scheme[] = "Bearer ";

	if (strncmp(token->authorization, scheme, strlen(scheme)) != 0)
		abort();
	for (const char *p = token->authorization + strlen(scheme); *p; p++)
		if (*p <= ' ' || *p > '~')
			abort();
	if (token->lifetime < 1 || token->lifetime > TOKEN_LIFETIME_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str answer = STR_INIT;
	autotoken struct token token = TOKEN_INIT;
	struct error err = { 0 };

	str_append_bytes(&answer, data, size);
	if (token_read_answer(&answer, &token, &err) == 0)
		check_token(&token);
	return 0;
}
