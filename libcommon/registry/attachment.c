/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/attachment.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "registry/cosign_signature.h"
#include "registry/referrers.h"
#include "registry/sigstore_bundle.h"

#include <string.h>

/* Where signatures are asked for, and whose. */
struct attachment_search {
	struct repository *repository;
	struct repository_connection *connection;
	const struct digest *digest;
	struct image_signature_list *signatures;
};

/* Can a failure be of the signature alone? Else it may hide all of them, and is told. */
static bool is_flaw(const struct error *cause)
{
	return cause->code == ERROR_VERIFY || cause->code == ERROR_NOT_FOUND;
}

/* Get the bytes of a signature, which becomes one of the list. */
static int add_signature(const struct attachment_search *search, const struct descriptor *blob,
			 size_t max, struct image_signature *signature, struct error *err)
{
	struct error cause = { 0 };

	if (repository_get_bytes(search->repository, search->connection, blob, max,
				 &signature->bytes, &cause) < 0) {
		if (!is_flaw(&cause))
			return error_move(err, &cause);
		signature->flaw = xstrdup(cause.message);
	}
	image_signature_list_add(search->signatures, signature);
	return 0;
}

static int add_cosign_layer(const struct attachment_search *search, const char *tag,
			    const struct descriptor *layer, struct error *err)
{
	autosignature struct image_signature signature = IMAGE_SIGNATURE_INIT;
	const char *annotation = descriptor_annotation(layer, COSIGN_SIGNATURE_ANNOTATION);

	signature.form = IMAGE_SIGNATURE_COSIGN;
	signature.origin = xasprintf("%s of tag %s", layer->digest.text, tag);
	signature.annotation = annotation ? xstrdup(annotation) : NULL;
	return add_signature(search, layer, SIGNED_PAYLOAD_MAX, &signature, err);
}

/* The manifest of that tag or digest: 0 when there is none, or it is no manifest. */
static int get_signature_manifest(const struct attachment_search *search, const char *name,
				  struct manifest *ret, struct error *err)
{
	autodocument struct document document = DOCUMENT_INIT;
	struct error cause = { 0 };

	if (repository_get_manifest(search->repository, search->connection, name, &document,
				    &cause) == 0 &&
	    document_parse_manifest(&document, ret, &cause) == 0)
		return 1;
	return is_flaw(&cause) ? 0 : error_move(err, &cause);
}

static int add_cosign_signatures(const struct attachment_search *search, struct error *err)
{
	autofree char *tag =
		xasprintf("%s-%s.sig", digest_algorithm_name(search->digest->algorithm),
			  digest_hex(search->digest));
	automanifest struct manifest manifest = MANIFEST_INIT;
	size_t n = 0;

	if (get_signature_manifest(search, tag, &manifest, err) < 0)
		return -1;
	for (size_t i = 0; i < manifest.n_layers && n < IMAGE_SIGNATURES_MAX; i++) {
		if (strcmp(manifest.layers[i].media_type, COSIGN_PAYLOAD_TYPE) != 0)
			continue;
		if (add_cosign_layer(search, tag, &manifest.layers[i], err) < 0)
			return -1;
		n++;
	}
	return 0;
}

/* Attestations are bundles of the same type: a predicate that is stated tells them apart. */
static bool may_be_signature(const struct descriptor *referrer)
{
	const char *predicate = descriptor_annotation(referrer, SIGSTORE_PREDICATE_ANNOTATION);

	return !predicate || strcmp(predicate, SIGSTORE_SIGN_PREDICATE) == 0;
}

static int add_bundle(const struct attachment_search *search, const struct descriptor *referrer,
		      struct error *err)
{
	autosignature struct image_signature signature = IMAGE_SIGNATURE_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (get_signature_manifest(search, referrer->digest.text, &manifest, err) < 0)
		return -1;
	if (manifest.n_layers != 1 ||
	    strcmp(manifest.layers[0].media_type, SIGSTORE_BUNDLE_TYPE) != 0)
		return 0;
	signature.form = IMAGE_SIGNATURE_BUNDLE;
	signature.origin = xasprintf("bundle %s", referrer->digest.text);
	return add_signature(search, &manifest.layers[0], SIGSTORE_BUNDLE_MAX, &signature, err);
}

static int add_bundles(const struct attachment_search *search, struct error *err)
{
	autoreferrers struct referrers referrers = REFERRERS_INIT;
	size_t n = 0;

	if (repository_get_referrers(search->repository, search->connection, search->digest,
				     SIGSTORE_BUNDLE_TYPE, &referrers, err) < 0)
		return -1;
	for (size_t i = 0; i < referrers.len && n < IMAGE_SIGNATURES_MAX; i++) {
		if (!may_be_signature(&referrers.items[i]))
			continue;
		if (add_bundle(search, &referrers.items[i], err) < 0)
			return -1;
		n++;
	}
	return 0;
}

int attachment_get(struct repository *repository, struct repository_connection *connection,
		   const struct digest *digest, struct image_signature_list *ret, struct error *err)
{
	const struct attachment_search search = { repository, connection, digest, ret };
	const struct place *place = repository_place(repository);
	int result = add_cosign_signatures(&search, err) < 0 ? -1 : add_bundles(&search, err);

	repository_prefer(repository, place);
	return result;
}
