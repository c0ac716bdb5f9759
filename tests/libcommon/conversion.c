/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of OCI as Docker's, and back. */
#include "tap.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "oci/conversion.h"
#include "oci/media_type.h"

#define DIGEST(digit) \
	"sha256:" digit digit digit digit digit digit digit digit digit digit digit digit digit \
		digit digit digit
#define D DIGEST("1234")

/* A manifest with one layer of that type. */
#define MANIFEST(type, config, layer, more) \
	"{\"schemaVersion\":2,\"mediaType\":\"" type "\",\"config\":{\"mediaType\":\"" config \
	"\",\"digest\":\"" D "\",\"size\":2},\"layers\":[{\"mediaType\":\"" layer \
	"\",\"digest\":\"" D "\",\"size\":3" more "}]" more "}"
#define ANNOTATIONS ",\"annotations\":{\"a\":\"b\"}"

static const char oci[] =
	MANIFEST(MEDIA_TYPE_MANIFEST, MEDIA_TYPE_CONFIG, MEDIA_TYPE_LAYER_GZIP, "");
static const char annotated[] =
	MANIFEST(MEDIA_TYPE_MANIFEST, MEDIA_TYPE_CONFIG, MEDIA_TYPE_LAYER_GZIP, ANNOTATIONS);
static const char docker[] = MANIFEST(MEDIA_TYPE_DOCKER_MANIFEST, MEDIA_TYPE_DOCKER_CONFIG,
				      MEDIA_TYPE_DOCKER_LAYER_GZIP, "");

/* The other form of a manifest, new; the message where there is none. */
static char *convert(const char *text, enum conversion to, bool *ret_needed, bool *ret_mixed)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct error err = { 0 };
	char *converted;

	if (manifest_parse(text, strlen(text), NULL, &manifest, &err) < 0)
		return strdup(err.message);
	*ret_needed = conversion_manifest_is_needed(&manifest, to);
	*ret_mixed = conversion_manifest_is_mixed(&manifest);
	converted = conversion_manifest(&manifest, to, &err);
	return converted ? converted : strdup(err.message);
}

static void converts(const char *text, enum conversion to, const char *wanted, const char *title)
{
	bool needed;
	bool mixed;
	autofree char *got = convert(text, to, &needed, &mixed);

	is_str(got, wanted, title);
	ok(needed == (strcmp(text, wanted) != 0), "... which is needed when anything changes");
	ok(!mixed, "... and no types are mixed before it");
}

static void fails(const char *layer_type, const char *title)
{
	autofree char *text = NULL;
	bool needed;
	bool mixed;
	autofree char *got = NULL;

	if (asprintf(&text,
		     "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"" MEDIA_TYPE_CONFIG
		     "\",\"digest\":\"" D
		     "\",\"size\":2},\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"" D
		     "\",\"size\":3}]}",
		     layer_type) < 0)
		exit(1);
	got = convert(text, CONVERSION_TO_DOCKER, &needed, &mixed);
	ok(str_starts_with(got, "layer " D " is of the type"), title);
}

static void test_mixed(void)
{
	static const char inner[] =
		MANIFEST(MEDIA_TYPE_MANIFEST, MEDIA_TYPE_CONFIG, MEDIA_TYPE_DOCKER_LAYER_GZIP, "");
	static const char outer[] = MANIFEST(MEDIA_TYPE_DOCKER_MANIFEST, MEDIA_TYPE_DOCKER_CONFIG,
					     MEDIA_TYPE_LAYER_GZIP, "");
	static const char artifact[] =
		MANIFEST(MEDIA_TYPE_MANIFEST, "application/x-config", "application/x-layer", "");
	bool needed;
	bool mixed;
	autofree char *of_inner = convert(inner, CONVERSION_TO_OCI, &needed, &mixed);
	autofree char *of_outer = NULL;
	autofree char *of_artifact = NULL;

	ok(mixed && needed, "a layer of Docker's in an OCI manifest is a mixture");
	is_str(of_inner, oci, "... that becomes OCI's");
	of_outer = convert(outer, CONVERSION_TO_OCI, &needed, &mixed);
	ok(mixed && needed, "... and so is the contrary");
	is_str(of_outer, oci, "... which becomes the same");
	of_artifact = convert(artifact, CONVERSION_TO_OCI, &needed, &mixed);
	ok(!mixed && !needed, "types of others' are no mixture");
	is_str(of_artifact, artifact, "... and stay");
}

static void test_layer_types(void)
{
	is_str(media_type_to_docker(MEDIA_TYPE_LAYER), MEDIA_TYPE_DOCKER_LAYER,
	       "Docker has layers that are not compressed");
	is_str(media_type_to_docker("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"),
	       "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
	       "... and such as may not be given away");
	is_str(media_type_to_docker(MEDIA_TYPE_LAYER_ZSTD), NULL, "... but none of zstd");
	is_str(media_type_to_docker(MEDIA_TYPE_DOCKER_CONFIG), MEDIA_TYPE_DOCKER_CONFIG,
	       "its own stay");
}

int main(void)
{
	converts(oci, CONVERSION_TO_DOCKER, docker, "a manifest of OCI's becomes Docker's");
	converts(docker, CONVERSION_TO_OCI, oci, "... and back");
	converts(annotated, CONVERSION_TO_DOCKER, docker, "annotations are left out");
	converts(annotated, CONVERSION_TO_OCI, annotated, "... where Docker's has none");
	fails(MEDIA_TYPE_LAYER_ZSTD, "a layer of zstd cannot be Docker's");
	fails("application/vnd.in-toto+json", "nor can what is no layer");
	test_mixed();
	test_layer_types();
	return done_testing();
}
