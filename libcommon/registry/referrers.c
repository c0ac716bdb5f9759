/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/referrers.h"

#include "base/alloc.h"
#include "net/url.h"
#include "oci/document.h"
#include "oci/manifest.h"
#include "oci/media_type.h"
#include "registry/listing.h"
#include "registry/registry.h"

#include <stdlib.h>
#include <string.h>

#define REFERRERS_VALUES_MAX (100 * REFERRERS_MAX) /* of JSON; one of cosign's has 20 */

/* distribution-spec, "Referrers Tag Schema": what a tag keeps of a digest. */
#define TAG_ALGORITHM_MAX 32
#define TAG_ENCODED_MAX 64

void referrers_release(struct referrers *referrers)
{
	if (!referrers)
		return;
	for (size_t i = 0; i < referrers->len; i++)
		descriptor_release(&referrers->items[i]);
	free(referrers->items);
	json_free(&referrers->known);
}

const char *referrers_artifact_type(const struct descriptor *descriptor)
{
	const char *type = json_text(json_object_get(descriptor->json, "artifactType"));

	return type ? type : "";
}

char *referrers_tag(const struct digest *subject)
{
	return xasprintf("%.*s-%.*s", TAG_ALGORITHM_MAX, digest_algorithm_name(subject->algorithm),
			 TAG_ENCODED_MAX, digest_hex(subject));
}

int referrers_add(struct referrers *referrers, const struct descriptor *descriptor,
		  const char *artifact_type, struct error *err)
{
	if (artifact_type && strcmp(referrers_artifact_type(descriptor), artifact_type) != 0)
		return 0;
	if (!referrers->known)
		referrers->known = json_object();
	if (json_object_get(referrers->known, descriptor->digest.text))
		return 0;
	if (referrers->len == REFERRERS_MAX)
		return error_set(err, ERROR_VERIFY, "more than %d referrers", REFERRERS_MAX);
	json_object_set_new(referrers->known, descriptor->digest.text, json_true());
	referrers->items =
		xrealloc(referrers->items, referrers->len + 1, sizeof(*referrers->items));
	descriptor_copy(descriptor, &referrers->items[referrers->len++]);
	return 0;
}

int referrers_read_page(const struct str *text, const char *media_type, const char *artifact_type,
			struct referrers *referrers, struct error *err)
{
	autoindex struct index index = INDEX_INIT;

	if (json_check_values(text->data, text->len, REFERRERS_VALUES_MAX, "referrers", err) < 0)
		return -1;
	if (index_parse(text->data, text->len, media_type, &index, err) < 0)
		return error_prefix(err, "referrers");
	if (!referrers->known)
		referrers->known = json_object();
	for (size_t i = 0; i < index.n_manifests; i++)
		if (referrers_add(referrers, &index.manifests[i], artifact_type, err) < 0)
			return -1;
	return 0;
}

/* What pages are taken into. */
struct referrer_pages {
	const char *artifact_type;
	struct referrers *referrers;
	bool is_other; /* an answer was no index: whoever gave it does not know the API */
};

static bool is_index_type(const char *content_type)
{
	size_t len = strlen(MEDIA_TYPE_INDEX);

	return content_type && strncasecmp(content_type, MEDIA_TYPE_INDEX, len) == 0 &&
	       (!content_type[len] || strchr("; \t", content_type[len]));
}

static int take_referrer_page(void *data, const struct http_response *page, struct error *err)
{
	struct referrer_pages *pages = data;

	if (!is_index_type(http_header(page, "content-type", 0))) {
		pages->is_other = true;
		return error_set(err, ERROR_VERIFY, "the answer is no index");
	}
	return referrers_read_page(&page->body, MEDIA_TYPE_INDEX, pages->artifact_type,
				   pages->referrers, err);
}

static char *referrers_path(const struct digest *subject, const char *artifact_type)
{
	autostr struct str path = STR_INIT;

	str_appendf(&path, "referrers/%s", subject->text);
	if (artifact_type) {
		str_append(&path, "?artifactType=");
		url_append_escaped(&path, artifact_type, "");
	}
	return str_steal(&path);
}

/* Statuses of registries that do not know the path. */
static bool has_no_api(long status)
{
	return status == 404 || status == 400 || status == 405 || status == 406 || status == 501;
}

/* Ask by the API: 1, or 0 when the registry does not have it. */
static int ask_api(struct session *session, struct http *http, const struct digest *subject,
		   struct referrer_pages *pages, struct error *err)
{
	autofree char *path = referrers_path(subject, pages->artifact_type);
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	const struct listing listing = { path, MEDIA_TYPE_INDEX, take_referrer_page, pages };
	struct error cause = { 0 };

	if (listing_get(session, http, &listing, &response, &cause) == 0)
		return 1;
	/* Of a list that was begun the rest is wanted. */
	if (!pages->referrers->known && (pages->is_other || has_no_api(response.status)))
		return 0;
	return error_move(err, &cause);
}

/* distribution-spec, "Listing Referrers": what is no index at the tag says that there are none. A registry that
 * takes the tag for the subject's digest (GitLab) answers with the subject, whose manifests refer to nothing. */
static bool lists_referrers(const struct document *document, const struct digest *subject)
{
	return media_type_kind(document->media_type) == MEDIA_INDEX &&
	       !digest_equal(&document->digest, subject);
}

static int ask_tag(struct session *session, struct http *http, const struct digest *subject,
		   struct referrer_pages *pages, struct error *err)
{
	autofree char *tag = referrers_tag(subject);
	autodocument struct document document = DOCUMENT_INIT;
	struct error cause = { 0 };

	if (registry_get_manifest(session, http, tag, &document, &cause) < 0)
		return cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
	if (!lists_referrers(&document, subject))
		return 0;
	return referrers_read_page(&document.bytes, document.media_type, pages->artifact_type,
				   pages->referrers, err);
}

int referrers_get(struct session *session, struct http *http, const struct digest *subject,
		  const char *artifact_type, struct referrers *ret, struct error *err)
{
	autoreferrers struct referrers referrers = REFERRERS_INIT;
	struct referrer_pages pages = { artifact_type, &referrers, false };
	int found = ask_api(session, http, subject, &pages, err);

	if (found < 0 || (found == 0 && ask_tag(session, http, subject, &pages, err) < 0))
		return -1;
	*ret = referrers;
	referrers = (struct referrers)REFERRERS_INIT;
	return 0;
}
