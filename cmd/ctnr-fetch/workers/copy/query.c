/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/query.h"

#include "workers/copy/inspection.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/reference.h"

#include <stdio.h>

/* The name of a repository as references have it, or of the image in a layout: new. */
static char *repository_name(const struct request *request)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (reference_parse(request->name, &reference, NULL) < 0)
		return xstrdup(request->name);
	return xasprintf("%s/%s", reference.registry, reference.repository);
}

/* Print a record, or what stands for it alone. */
static int print_answer(const struct request *request, json_t *record, const char *ref,
			struct error *err)
{
	if (request->opts->print == IMAGE_PRINT_RECORD)
		return json_print(stdout, record, err);
	puts(ref);
	return 0;
}

static int print_tags(const struct request *request, const struct tag_list *list, struct error *err)
{
	autofree char *repository = repository_name(request);

	if (list->n_unusable)
		message_warning("%zu of the tags are none ('%.200s'), leaving them out",
				list->n_unusable, list->unusable);
	for (size_t i = 0; i < list->tags.len; i++) {
		const char *tag = list->tags.items[i];
		autofree char *ref = xasprintf("%s:%s", repository, tag);
		autojson json_t *record =
			json_pack("{ss ss}", "repository", repository, "tag", tag);

		if (print_answer(request, record, ref, err) < 0)
			return -1;
	}
	return 0;
}

static int list_tags(const struct request *request, const struct source *source, void *connection,
		     struct error *err)
{
	autotaglist struct tag_list list = TAG_LIST_INIT;

	if (source_list_tags(source, connection, &list, err) < 0)
		return -1;
	return print_tags(request, &list, err);
}

static int print_referrers(const struct request *request, const struct digest *subject,
			   const struct referrers *referrers, struct error *err)
{
	autofree char *repository = repository_name(request);

	for (size_t i = 0; i < referrers->len; i++) {
		const struct descriptor *descriptor = &referrers->items[i];
		autofree char *ref = xasprintf("%s@%s", repository, descriptor->digest.text);
		autojson json_t *record =
			json_pack("{ss ss so}", "reference", ref, "subject", subject->text,
				  "descriptor", descriptor_to_json(descriptor));

		if (print_answer(request, record, ref, err) < 0)
			return -1;
	}
	return 0;
}

static int list_referrers(const struct request *request, const struct source *source,
			  void *connection, struct error *err)
{
	autoreferrers struct referrers referrers = REFERRERS_INIT;
	struct digest subject;

	if (inspection_find_digest(request, source, connection, &subject, err) < 0 ||
	    source_get_referrers(source, connection, &subject, request->opts->artifact_type,
				 &referrers, err) < 0)
		return -1;
	return print_referrers(request, &subject, &referrers, err);
}

int query_run(const struct request *request, const struct source *source, void *connection,
	      struct error *err)
{
	const struct query_opts *opts = &request->opts->query;

	switch (query_kind(opts)) {
	case QUERY_TAGS:
		return list_tags(request, source, connection, err);
	case QUERY_REFERRERS:
		return list_referrers(request, source, connection, err);
	case QUERY_INSPECT:
	case QUERY_NONE:
		break;
	}
	return opts->raw ? inspection_print_raw(request, source, connection, err)
			 : inspection_print(request, source, connection, err);
}
