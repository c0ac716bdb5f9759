/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void http_response_release(struct http_response *response)
{
	if (!response)
		return;
	strlist_release(&response->headers);
	str_release(&response->body);
	free(response->url);
}

void http_response_clear(struct http_response *response)
{
	response->status = 0;
	strlist_release(&response->headers);
	response->headers = (struct strlist)STRLIST_INIT;
	str_clear(&response->body);
	free(response->url);
	response->url = NULL;
}

const char *http_header(const struct http_response *response, const char *name, size_t nth)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < response->headers.len; i++) {
		const char *line = response->headers.items[i];

		if (strncmp(line, name, len) != 0 || line[len] != ':' || nth-- > 0)
			continue;
		line += len + 1;
		return line + strspn(line, " \t");
	}
	return NULL;
}

bool http_is_web_page(const struct http_response *response)
{
	const char *type = http_header(response, "content-type", 0);

	return type && strncasecmp(type, "text/html", strlen("text/html")) == 0;
}
