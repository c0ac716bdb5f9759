/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/listing.h"

#include "base/alloc.h"
#include "format/json.h"
#include "net/link.h"
#include "net/url.h"
#include "registry/registry.h"

#include <string.h>

#define PAGE_TIMEOUT 120 /* seconds for a whole page */

/* How far a list has come. */
struct listing_walk {
	struct session *session;
	json_t *visited; /* URLs: a set */
	size_t n_bytes;
};

/* A next page must be where this one is. */
static int check_next(const struct listing_walk *walk, const struct url *page, const char *target,
		      struct url *ret, struct error *err)
{
	struct error cause = { 0 };

	if (url_redirect(page, target, ret, &cause) < 0)
		return error_set(err, ERROR_VERIFY,
				 "the list goes on at '%.200s', where no request may go", target);
	if (strcmp(page->origin, ret->origin) != 0)
		return error_set(err, ERROR_VERIFY,
				 "the list goes on at '%.200s', which is another server", target);
	if (json_object_get(walk->visited, ret->text))
		return error_set(err, ERROR_VERIFY, "the list leads back to its page '%.200s'",
				 target);
	if (json_object_size(walk->visited) == LISTING_PAGES_MAX)
		return error_set(err, ERROR_VERIFY, "the list has more than %d pages",
				 LISTING_PAGES_MAX);
	return 0;
}

/* Where the page after this one is: 1 and *ret_url (which is replaced), or 0. */
static int find_next(const struct listing_walk *walk, const struct http *http,
		     const struct http_response *response, char **ret_url, struct error *err)
{
	autourl struct url page = URL_INIT;
	autourl struct url next = URL_INIT;
	autofree char *target = NULL;
	const char *value;
	int found = 0;

	for (size_t i = 0; !found && (value = http_header(response, "link", i)); i++)
		found = link_find(value, "next", &target, err);
	if (found <= 0)
		return found < 0 ? error_recode(err, ERROR_VERIFY) : 0;
	if (http_parse_url(http, *ret_url, &page, err) < 0 ||
	    check_next(walk, &page, target, &next, err) < 0)
		return -1;
	free(*ret_url);
	*ret_url = steal(&next.text);
	return 1;
}

/* Get the page at a URL, NULL: the first one. */
static int get_page(struct listing_walk *walk, struct http *http, const struct listing *listing,
		    const char *url, struct http_response *ret, struct error *err)
{
	struct session_request request = {
		.path = listing->path,
		.url = url,
		.http = { .method = HTTP_GET,
			  .accept = listing->accept,
			  .max = LISTING_BYTES_MAX - walk->n_bytes,
			  .total_timeout = PAGE_TIMEOUT },
	};

	http_response_release(ret);
	*ret = (struct http_response)HTTP_RESPONSE_INIT;
	if (registry_send(walk->session, http, &request, ret, err) < 0)
		return -1;
	walk->n_bytes += ret->body.len;
	return listing->take(listing->data, ret, err);
}

int listing_get(struct session *session, struct http *http, const struct listing *listing,
		struct http_response *ret, struct error *err)
{
	autojson json_t *visited = json_object();
	struct listing_walk walk = { session, visited, 0 };
	autofree char *url = NULL;
	int more;

	do {
		if (get_page(&walk, http, listing, url, ret, err) < 0)
			return -1;
		if (!url)
			url = session_url(session, listing->path);
		json_object_set_new(visited, url, json_true());
		more = find_next(&walk, http, ret, &url, err);
	} while (more > 0);
	return more;
}
