/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "format/json_config.h"
#include "registry/signed_identity.h"

#define DIGEST "@sha256:0123456789012345678901234567890123456789012345678901234567890123"

#define DEFAULT "{\"type\":\"matchRepoDigestOrExact\"}"
#define EXACT "{\"type\":\"matchExact\"}"
#define REPOSITORY "{\"type\":\"matchRepository\"}"
#define ANY "{\"type\":\"matchDigest\"}"
#define EXACT_REFERENCE "{\"type\":\"exactReference\",\"dockerReference\":\"quay.io/a:1\"}"
#define EXACT_REPOSITORY "{\"type\":\"exactRepository\",\"dockerRepository\":\"quay.io/a\"}"
#define REMAP "{\"type\":\"remapIdentity\",\"prefix\":\"m.io/v\",\"signedPrefix\":\"quay.io\"}"

static const struct {
	const char *identity;
	const char *image; /* NULL: without a reference */
	const char *claimed;
	bool wanted;
} rows[] = {
	{ DEFAULT, "quay.io/a:1", "quay.io/a:1", true },
	{ DEFAULT, "quay.io/a:1", "quay.io/a:2", false },
	{ DEFAULT, "quay.io/a:1", "quay.io/b:1", false },
	{ DEFAULT, "quay.io/a:1", "quay.io/a", false },
	{ DEFAULT, "quay.io/a", "quay.io/a", false },
	{ DEFAULT, "quay.io/a" DIGEST, "quay.io/a:7", true },
	{ DEFAULT, "quay.io/a" DIGEST, "quay.io/b:7", false },
	{ DEFAULT, "quay.io/a" DIGEST, "quay.io/a", false },
	{ DEFAULT, "quay.io/a:1" DIGEST, "quay.io/a:1", true },
	{ DEFAULT, "quay.io/a:1" DIGEST, "quay.io/a:2", false },
	{ DEFAULT, "busybox", "busybox:latest", true },
	{ DEFAULT, NULL, "quay.io/a:1", false },
	{ DEFAULT, "quay.io/a:1", NULL, false },
	{ DEFAULT, "quay.io/a:1", "quay.io/A:1", false },
	{ EXACT, "quay.io/a:1", "quay.io/a:1", true },
	{ EXACT, "quay.io/a:1", "quay.io/a", false },
	{ EXACT, "quay.io/a" DIGEST, "quay.io/a:1", false },
	{ EXACT, "quay.io/a" DIGEST, "quay.io/a" DIGEST, true },
	{ REPOSITORY, "quay.io/a:1", "quay.io/a", true },
	{ REPOSITORY, "quay.io/a:1", "quay.io/a:2", true },
	{ REPOSITORY, "quay.io/a:1", "quay.io/a/b", false },
	{ REPOSITORY, "quay.io/a:1", NULL, false },
	{ REPOSITORY, NULL, "quay.io/a", false },
	{ EXACT_REFERENCE, "m.io/x:9", "quay.io/a:1", true },
	{ EXACT_REFERENCE, NULL, "quay.io/a:1", true },
	{ EXACT_REFERENCE, "quay.io/a:2", "quay.io/a:2", false },
	{ EXACT_REFERENCE, "quay.io/a:1", "quay.io/a", false },
	{ EXACT_REPOSITORY, "m.io/x:9", "quay.io/a:1", true },
	{ EXACT_REPOSITORY, NULL, "quay.io/a", true },
	{ EXACT_REPOSITORY, "quay.io/b:1", "quay.io/b:1", false },
	{ REMAP, "m.io/v/a:1", "quay.io/a:1", true },
	{ REMAP, "m.io/v/a:1", "m.io/v/a:1", false },
	{ REMAP, "m.io/v/a:1", "quay.io/a:2", false },
	{ REMAP, "m.io/v/a" DIGEST, "quay.io/a:2", true },
	{ REMAP, "m.io/vv/a:1", "m.io/vv/a:1", true },
	{ REMAP, "m.io/vv/a:1", "quay.io/v/a:1", false },
	{ ANY, "quay.io/a:1", NULL, true },
	{ ANY, "quay.io/a:1", "other.io/b", true },
};

int main(void)
{
	for (size_t i = 0; i < array_size(rows); i++) {
		autosignedidentity struct signed_identity identity = SIGNED_IDENTITY_INIT;
		autoconfignode struct config_node node = CONFIG_NODE_INIT;
		autoreference struct reference reference = REFERENCE_INIT;
		autofree char *title =
			xasprintf("%s: %s is%s for %s", rows[i].identity,
				  rows[i].claimed ? rows[i].claimed : "no name",
				  rows[i].wanted ? "" : " not",
				  rows[i].image ? rows[i].image : "an image without a name");
		struct error err = { 0 };

		if (json_config_read(rows[i].identity, strlen(rows[i].identity), "p", &node, &err) <
			    0 ||
		    signed_identity_read(&node, &identity, &err) < 0 ||
		    (rows[i].image && reference_parse(rows[i].image, &reference, &err) < 0))
			printf("# %s\n", err.message);
		ok((signed_identity_check(&identity, rows[i].image ? &reference : NULL,
					  rows[i].claimed, &err) == 0) == rows[i].wanted,
		   title);
	}
	return done_testing();
}
