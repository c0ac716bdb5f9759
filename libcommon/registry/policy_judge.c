/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/policy_judge.h"

#include "registry/attachment.h"
#include "registry/lookaside.h"
#include "registry/registries_d.h"
#include "registry/signature_check.h"

/* What was found out about one image so far. */
struct judgement {
	const struct policy_judge *judge;
	const struct policy_subject *subject;
	struct registries_d registries;
	struct signature_places places;
	bool has_places;
	struct image_signature_list simple; /* of the lookaside */
	bool has_simple;
	struct image_signature_list attached; /* of the repository */
	bool has_attached;
};

static void judgement_release(struct judgement *judgement)
{
	registries_d_release(&judgement->registries);
	image_signature_list_release(&judgement->simple);
	image_signature_list_release(&judgement->attached);
}

static int read_places(struct judgement *j, struct error *err)
{
	if (j->has_places)
		return 0;
	if (registries_d_read(j->judge->registries_d, &j->registries, err) < 0)
		return -1;
	registries_d_find(&j->registries, j->subject->image.reference, &j->places);
	j->has_places = true;
	return 0;
}

static int get_simple(struct judgement *j, struct error *err)
{
	const struct lookaside lookaside = { j->places.lookaside, j->subject->image.reference,
					     &j->subject->document->digest, j->judge->options };

	if (!j->has_simple && lookaside_get(&lookaside, &j->simple, err) < 0)
		return -1;
	j->has_simple = true;
	return 0;
}

static int get_attached(struct judgement *j, struct error *err)
{
	const struct policy_subject *subject = j->subject;

	if (!j->has_attached && j->places.has_attachments &&
	    attachment_get(subject->repository, subject->connection, &subject->document->digest,
			   &j->attached, err) < 0)
		return -1;
	j->has_attached = true;
	return 0;
}

/* The signatures that a requirement may count, borrowed: none of an image without a repository. */
static const struct image_signature_list *signatures_for(
	struct judgement *j, const struct policy_requirement *requirement, struct error *err)
{
	bool is_simple = requirement->rule == POLICY_SIGNED_BY;

	if (!j->subject->repository)
		return &j->simple;
	if (read_places(j, err) < 0 ||
	    (is_simple ? get_simple(j, err) : get_attached(j, err)) < 0) {
		error_prefix(err, "cannot look for signatures");
		return NULL;
	}
	return is_simple ? &j->simple : &j->attached;
}

/* Why there are no signatures: what an administrator can mend stands in the hint. */
static int refuse_unsigned(const struct judgement *j, const struct policy_requirement *requirement,
			   struct error *err)
{
	if (!j->subject->repository)
		return error_set(err, ERROR_VERIFY, "images of layouts have no signatures");
	error_set(err, ERROR_VERIFY, "there is no signature");
	if (requirement->rule == POLICY_SIGSTORE_SIGNED && !j->places.has_attachments)
		return error_hint(err, "signatures that the registry keeps are looked for when "
				       "registries.d says 'use-sigstore-attachments: true'");
	if (requirement->rule == POLICY_SIGNED_BY && !j->places.lookaside)
		return error_hint(err, "registries.d names no 'lookaside' for the image");
	return -1;
}

static int check_signed(struct judgement *j, const struct policy_requirement *requirement,
			struct error *err)
{
	const struct image_signature_list *signatures;
	const struct session_options *options = j->judge->options;
	const struct document *document = j->subject->document;
	const struct signature_check check = {
		.requirement = requirement,
		.reference = j->subject->image.reference,
		.manifest = { document->bytes.data, document->bytes.len },
		.interrupt = options ? options->interrupt : NULL,
	};

	signatures = signatures_for(j, requirement, err);
	if (!signatures)
		return -1;
	if (signatures->len == 0)
		return refuse_unsigned(j, requirement, err);
	return signature_check(&check, signatures, err);
}

/* Can no image at all meet it? */
static int check_rule(const struct policy_requirement *requirement, struct error *err)
{
	if (requirement->rule == POLICY_REJECT)
		return error_set(err, ERROR_VERIFY, "it refuses every image");
	if (requirement->unsupported)
		return error_set(err, ERROR_VERIFY, "'%s' is not supported",
				 requirement->unsupported);
	return 0;
}

/* Say which rule of which file it was. */
static int blame_rule(const struct policy *policy, const struct policy_scope *scope, size_t n,
		      struct error *err)
{
	const struct policy_requirement *requirement = &scope->requirements[n];
	const char *file = policy->file;
	const char *verb = error_is(err, ERROR_VERIFY) ? "refused" : "held up";

	if (!file)
		return error_set(err, ERROR_VERIFY, "refused by --policy %s",
				 policy_rule_name(requirement->rule));
	error_prefix(err, "requirement %zu (%s, line %u)", n + 1,
		     policy_rule_name(requirement->rule), requirement->line);
	if (!scope->transport)
		error_prefix(err, "the default of all");
	else if (scope->name[0] == '\0')
		error_prefix(err, "the default of %s", scope->transport);
	else
		error_prefix(err, "scope '%s' of %s", scope->name, scope->transport);
	return error_prefix(err, "%s by %s:%u", verb, file, scope->line);
}

/* Refuse what no image can meet. */
static int check_rules(const struct policy *policy, const struct policy_scope *scope,
		       struct error *err)
{
	for (size_t i = 0; i < scope->n_requirements; i++)
		if (check_rule(&scope->requirements[i], err) < 0)
			return blame_rule(policy, scope, i, err);
	return 0;
}

int policy_judge_name(const struct policy *policy, const struct policy_image *image,
		      struct error *err)
{
	return check_rules(policy, policy_find_scope(policy, image), err);
}

int policy_judge(const struct policy_judge *judge, const struct policy_subject *subject,
		 struct error *err)
{
	const struct policy *policy = judge->policy;
	const struct policy_scope *scope = policy_find_scope(policy, &subject->image);
	autocleanup(judgement_release) struct judgement judgement = { .judge = judge,
								      .subject = subject };

	if (check_rules(policy, scope, err) < 0)
		return -1;
	for (size_t i = 0; i < scope->n_requirements; i++)
		if (scope->requirements[i].rule != POLICY_ACCEPT &&
		    check_signed(&judgement, &scope->requirements[i], err) < 0)
			return blame_rule(policy, scope, i, err);
	return 0;
}
