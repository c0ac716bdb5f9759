/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/referrer_copy.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/referrer.h"

#include <stdlib.h>

/* How far from the image a referrer may be: 1 refers to the image, 2 to such a one. */
#define REFERRER_DISTANCE_MAX 4

static void add_referrer_entry(struct referrer_copy *referrers, const struct descriptor *descriptor,
			       const struct digest *subject)
{
	referrers->entries =
		xrealloc(referrers->entries, referrers->len + 1, sizeof(*referrers->entries));
	referrer_make_entry(descriptor, subject, &referrers->entries[referrers->len++]);
}

void referrer_copy_release(struct referrer_copy *referrers)
{
	for (size_t i = 0; i < referrers->len; i++)
		descriptor_release(&referrers->entries[i]);
	free(referrers->entries);
}

/* Get a document that the source lists as a referrer: 1, or 0 and a warning when it is none. */
static int get_referrer(const struct document_copy *copy, const struct digest *subject,
			const struct descriptor *listed, struct document *ret,
			struct descriptor *ret_descriptor, struct error *err)
{
	struct error cause = { 0 };
	int refers;

	if (document_copy_get(copy, listed, ret, &cause) < 0) {
		if (cause.code != ERROR_NOT_FOUND)
			return error_move(err, &cause);
		message_warning("'%s' is listed as a referrer and is not there, leaving it out",
				listed->digest.text);
		return 0;
	}
	refers = referrer_describe(ret, subject, ret_descriptor, err);
	if (refers == 0)
		message_warning("'%s' is listed as a referrer of '%s' and is none, leaving it out",
				listed->digest.text, subject->text);
	return refers;
}

static int gather_referrer(const struct document_copy *copy, struct document_tree *tree,
			   const struct document_node *subject, const struct descriptor *listed,
			   struct referrer_copy *ret, struct error *err)
{
	const struct digest *digest = &subject->document.digest;
	autodocument struct document document = DOCUMENT_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	int refers;

	if (document_tree_find(tree, &listed->digest))
		return 0;
	if (!document_tree_may_have(listed)) {
		message_warning("referrer '%s' is of a type that is not known, leaving it out",
				listed->digest.text);
		return 0;
	}
	refers = get_referrer(copy, digest, listed, &document, &descriptor, err);
	if (refers <= 0)
		return refers;
	tree->distance = subject->distance + 1;
	if (!document_tree_gather(tree, &document, 0, err))
		return -1;
	add_referrer_entry(ret, &descriptor, digest);
	return 0;
}

int referrer_copy_gather(const struct document_copy *copy, struct document_tree *tree,
			 const char *artifact_type, struct referrer_copy *ret, struct error *err)
{
	/* What is gathered grows the list of nodes meanwhile. */
	for (size_t i = 0; i < tree->n_nodes; i++) {
		const struct document_node *subject = tree->nodes[i];
		autoreferrers struct referrers listed = REFERRERS_INIT;

		if (subject->distance == REFERRER_DISTANCE_MAX)
			continue;
		if (source_get_referrers(copy->transfer->source, copy->connection,
					 &subject->document.digest, artifact_type, &listed,
					 err) < 0)
			return -1;
		for (size_t j = 0; j < listed.len; j++)
			if (gather_referrer(copy, tree, subject, &listed.items[j], ret, err) < 0)
				return error_prefix(err, "referrer '%s'",
						    listed.items[j].digest.text);
	}
	return 0;
}
