/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/signed_claim.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "format/json.h"

#include <stdlib.h>
#include <string.h>

static const char *const type_names[SIGNED_CLAIM_TYPE_MAX] = {
	[SIGNED_CLAIM_ATOMIC] = "atomic container signature",
	[SIGNED_CLAIM_COSIGN] = "cosign container image signature",
};

static const char *const payload_members[] = { "critical", "optional", NULL };
static const char *const critical_members[] = { "type", "image", "identity", NULL };
static const char *const image_members[] = { "docker-manifest-digest", NULL };
static const char *const identity_members[] = { "docker-reference", NULL };

void signed_claim_release(struct signed_claim *claim)
{
	if (!claim)
		return;
	free(claim->docker_reference);
	free(claim->creator);
	*claim = (struct signed_claim)SIGNED_CLAIM_INIT;
}

static int read_type(const struct jnode *critical, enum signed_claim_type type, struct error *err)
{
	struct jnode node = jnode_member(critical, "type");
	const char *name;

	if (jnode_string(&node, &name, err) < 0)
		return -1;
	if (strcmp(name, type_names[type]) != 0)
		return jnode_error(&node, err, "'%s' is not '%s'", name, type_names[type]);
	return 0;
}

static int read_digest(const struct jnode *critical, struct digest *ret, struct error *err)
{
	struct jnode image = jnode_member(critical, "image");
	struct jnode node = jnode_member(&image, image_members[0]);
	struct error cause = { 0 };
	const char *text;

	if (jnode_check_members(&image, image_members, err) < 0 ||
	    jnode_string(&node, &text, err) < 0)
		return -1;
	if (digest_parse(text, ret, &cause) < 0)
		return jnode_error(&node, err, "%s", cause.message);
	return 0;
}

static int read_reference(const struct jnode *critical, char **ret, struct error *err)
{
	struct jnode identity = jnode_member(critical, "identity");
	struct jnode node = jnode_member(&identity, identity_members[0]);
	const char *text;

	if (jnode_check_members(&identity, identity_members, err) < 0 ||
	    jnode_string(&node, &text, err) < 0)
		return -1;
	*ret = xstrdup(text);
	return 0;
}

static int read_critical(const struct jnode *payload, enum signed_claim_type type,
			 struct signed_claim *ret, struct error *err)
{
	struct jnode critical = jnode_member(payload, "critical");

	if (jnode_check_members(&critical, critical_members, err) < 0 ||
	    read_type(&critical, type, err) < 0 ||
	    read_digest(&critical, &ret->manifest_digest, err) < 0)
		return -1;
	return read_reference(&critical, &ret->docker_reference, err);
}

/* Seconds, as other readers take them: 1.5e9 is a whole number too. */
static int read_timestamp(const struct jnode *node, int64_t *ret, struct error *err)
{
	double seconds;

	if (!jnode_is_real(node, &seconds))
		return jnode_integer(node, INT64_MIN, INT64_MAX, ret, err);
	if (!(seconds > -0x1p62 && seconds < 0x1p62) || (double)(int64_t)seconds != seconds)
		return jnode_error(node, err, "is no whole number of seconds");
	*ret = (int64_t)seconds;
	return 0;
}

static int read_optional(const struct jnode *payload, enum signed_claim_type type,
			 struct signed_claim *ret, struct error *err)
{
	struct jnode optional = jnode_member(payload, "optional");
	struct jnode creator = jnode_member(&optional, "creator");
	struct jnode timestamp = jnode_member(&optional, "timestamp");
	const char *text = NULL;

	/* cosign writes null for none. */
	if (type == SIGNED_CLAIM_COSIGN &&
	    json_is_null(json_object_get(payload->value, "optional")))
		return 0;
	if (!jnode_is_present(&optional))
		return jnode_error(&optional, err, "missing");
	if (jnode_object(&optional, err) < 0 || jnode_string_opt(&creator, &text, err) < 0)
		return -1;
	ret->creator = text ? xstrdup(text) : NULL;
	ret->has_timestamp = jnode_is_present(&timestamp);
	return ret->has_timestamp ? read_timestamp(&timestamp, &ret->timestamp, err) : 0;
}

int signed_claim_parse(enum signed_claim_type type, const void *payload, size_t len,
		       struct signed_claim *ret, struct error *err)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autojson json_t *document = NULL;
	struct jnode root;

	if (len > SIGNED_PAYLOAD_MAX)
		return error_set(err, ERROR_VERIFY, "payload: is longer than %u bytes",
				 SIGNED_PAYLOAD_MAX);
	document = json_parse(payload, len, "payload", err);
	root = jnode_root(document, "payload");
	if (!document || jnode_check_members(&root, payload_members, err) < 0 ||
	    read_critical(&root, type, &claim, err) < 0 ||
	    read_optional(&root, type, &claim, err) < 0)
		return error_recode(err, ERROR_VERIFY);
	*ret = claim;
	claim = (struct signed_claim)SIGNED_CLAIM_INIT;
	return 0;
}

int signed_claim_check_manifest(const struct signed_claim *claim,
				const struct signed_manifest *manifest, struct error *err)
{
	struct digest digest;

	if (hash_buffer(claim->manifest_digest.algorithm, manifest->data, manifest->len, &digest,
			err) < 0)
		return -1;
	if (digest_equal(&digest, &claim->manifest_digest))
		return 0;
	return error_set(err, ERROR_VERIFY, "it is for '%s', not for '%s'",
			 claim->manifest_digest.text, digest.text);
}
