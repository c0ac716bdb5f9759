/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/str.h"
#include "oci/image_config.h"
#include "oci/manifest.h"
#include "oci/media_type.h"

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

#define DESCRIPTOR(type, digest, more) \
	"{\"mediaType\":\"" type "\",\"digest\":\"" digest "\",\"size\":7" more "}"
#define CONFIG DESCRIPTOR(MEDIA_TYPE_CONFIG, A, "")
#define LAYER DESCRIPTOR(MEDIA_TYPE_LAYER_GZIP, B, "")
#define ENTRY(digest, more) DESCRIPTOR(MEDIA_TYPE_MANIFEST, digest, more)
#define PLATFORM(architecture) \
	",\"platform\":{\"os\":\"linux\",\"architecture\":\"" architecture "\"}"
#define MANIFEST(more) "{\"schemaVersion\":2,\"config\":" CONFIG ",\"layers\":[" LAYER "]" more "}"
#define INDEX(entries) "{\"schemaVersion\":2,\"manifests\":[" entries "]}"

static struct error err;

static int manifest(const char *text, const char *type)
{
	automanifest struct manifest m = MANIFEST_INIT;

	err = (struct error) { 0 };
	return manifest_parse(text, strlen(text), type, &m, &err) < 0 ? err.code : 0;
}

static int index_of(const char *text, const char *type)
{
	autoindex struct index i = INDEX_INIT;

	err = (struct error) { 0 };
	return index_parse(text, strlen(text), type, &i, &err) < 0 ? err.code : 0;
}

static void test_manifest(void)
{
	automanifest struct manifest m = MANIFEST_INIT;
	static const char text[] = MANIFEST(",\"mediaType\":\"" MEDIA_TYPE_MANIFEST "\",\"x\":1");

	ok(manifest_parse(text, strlen(text), MEDIA_TYPE_MANIFEST, &m, &err) == 0,
	   "a manifest is read");
	is_str(m.config.digest.text, A, "... with its config");
	ok(m.n_layers == 1 && strcmp(m.layers[0].digest.text, B) == 0, "... and its layers");
	is_int((intmax_t)m.layers[0].size, 7, "... and their sizes");
	ok(json_object_get(m.json, "x") != NULL, "... unknown members are kept");

	is_int(manifest(MANIFEST(""), MEDIA_TYPE_MANIFEST), 0,
	       "a manifest need not state its type");
	is_int(manifest(MANIFEST(""), NULL), 0, "... nor need anybody else");
	is_int(manifest(MANIFEST(""), MEDIA_TYPE_DOCKER_MANIFEST), 0,
	       "a Docker manifest is read alike");
	is_int(manifest(MANIFEST(",\"mediaType\":\"" MEDIA_TYPE_MANIFEST "\""),
			MEDIA_TYPE_DOCKER_MANIFEST),
	       ERROR_VERIFY, "another type than announced is confusion");
	is_int(manifest(MANIFEST(""), MEDIA_TYPE_INDEX), ERROR_VERIFY,
	       "a manifest announced as an index is confusion");
	is_int(manifest(MANIFEST(",\"manifests\":[]"), MEDIA_TYPE_MANIFEST), ERROR_VERIFY,
	       "layers and manifests in one document are confusion");
	is_int(manifest(MANIFEST(",\"manifests\":null"), MEDIA_TYPE_MANIFEST), 0,
	       "... null is no member");
	is_int(manifest(MANIFEST(",\"mediaType\":\"\""), MEDIA_TYPE_MANIFEST), 0,
	       "an empty type is none");
	is_int(manifest("{\"schemaVersion\":1,\"fsLayers\":[]}", NULL), ERROR_VERIFY,
	       "Docker schema 1 is refused");
	ok(strstr(err.message, "schema 1"), "... by its name");
	is_int(manifest("[]", NULL), ERROR_VERIFY, "an array is no manifest");
	is_int(manifest("{\"schemaVersion\":2,\"layers\":[]}", NULL), ERROR_FAILED,
	       "a manifest without a config is refused");
	is_int(manifest("{\"schemaVersion\":2,\"config\":null,\"layers\":[]}", NULL), ERROR_FAILED,
	       "... as is one whose config is null");
	is_int(manifest("{\"schemaVersion\":2,\"config\":" CONFIG "}", NULL), 0,
	       "a manifest may have no layers");
	is_int(manifest("{\"schemaVersion\":2,\"config\":" CONFIG ",\"layers\":null}", NULL), 0,
	       "... or null");
	is_int(manifest("{\"schemaVersion\":2,\"config\":{\"digest\":\"" A "\",\"size\":1}}", NULL),
	       0, "a descriptor need not state its type");
}

static void test_descriptor(void)
{
	is_int(manifest("{\"schemaVersion\":2,\"layers\":[],\"config\":{\"mediaType\":\"a/b\","
			"\"digest\":\"sha256:../../x\",\"size\":1}}",
			NULL),
	       ERROR_VERIFY, "a digest that is a path is refused");
	is_str(err.message, "manifest: config.digest: invalid digest 'sha256:../../x'",
	       "... where it stands");
	is_int(manifest("{\"schemaVersion\":2,\"layers\":[],\"config\":{\"mediaType\":\"a/b\","
			"\"digest\":\"" A "\",\"size\":-1}}",
			NULL),
	       ERROR_FAILED, "a negative size is refused");
	is_int(manifest("{\"schemaVersion\":2,\"layers\":[],\"config\":{\"mediaType\":\"a b\","
			"\"digest\":\"" A "\",\"size\":1}}",
			NULL),
	       ERROR_FAILED, "what is no media type is refused");
}

static void test_annotations(void)
{
	static const char text[] = INDEX(ENTRY(A, ",\"annotations\":{\"k\":\"v\"},\"x\":1"));
	autoindex struct index index = INDEX_INIT;
	autodescriptor struct descriptor copy = DESCRIPTOR_INIT;
	autojson json_t *written = NULL;

	ok(index_parse(text, strlen(text), NULL, &index, &err) == 0, "an index is read");
	descriptor_copy(&index.manifests[0], &copy);
	descriptor_set_annotation(&copy, "k", "w");
	is_str(descriptor_annotation(&copy, "k"), "w", "an annotation of a copy is changed");
	is_str(descriptor_annotation(&index.manifests[0], "k"), "v", "... the original is not");
	written = descriptor_to_json(&copy);
	ok(json_object_get(written, "x") != NULL, "unknown members of a descriptor are kept");
	descriptor_remove_annotation(&copy, "k");
	ok(!descriptor_annotation(&copy, "k"), "an annotation is removed");
	ok(!json_object_get(copy.json, "annotations"), "... and the empty object with it");
}

static void choice(const char *text, const char *platform, const char *wanted, const char *title)
{
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *chosen = NULL;
	struct platform want;

	err = (struct error) { 0 };
	if (index_parse(text, strlen(text), NULL, &index, &err) == 0 &&
	    platform_parse(platform, &want, &err) == 0)
		chosen = index_choose(&index, &want, &err);
	is_str(chosen ? chosen->digest.text : NULL, wanted, title);
}

static void test_index(void)
{
	static const char two[] =
		INDEX(ENTRY(A, PLATFORM("amd64")) "," ENTRY(B, PLATFORM("arm64")));
	static const char arms[] = INDEX(
		ENTRY(A, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":"
			 "\"v5\"}") "," ENTRY(B, ",\"platform\":{\"os\":\"linux\","
						 "\"architecture\":\"arm\",\"variant\":\"v6\"}"));

	is_int(index_of(INDEX(""), MEDIA_TYPE_DOCKER_LIST), 0, "an empty list is a list");
	is_int(index_of("{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}", NULL), ERROR_VERIFY,
	       "an index with layers is confusion");
	is_int(index_of("{\"schemaVersion\":2,\"manifests\":[],\"config\":{}}", NULL), ERROR_VERIFY,
	       "... and one with a config");
	is_int(index_of("{\"schemaVersion\":2,\"manifests\":null,\"layers\":null}", NULL), 0,
	       "an index may name nothing");
	choice(two, "linux/arm64", B, "the platform decides");
	choice(two, "linux/s390x", NULL, "a platform that is not there is not found");
	is_str(err.message, "no image for linux/s390x, there is linux/amd64, linux/arm64",
	       "... and those that are there are named");
	is_int(err.code, ERROR_NOT_FOUND, "... with status 3");
	choice(arms, "linux/arm/v7", B, "the nearest lower variant is taken");
	choice(INDEX(ENTRY(A, PLATFORM("unknown")) "," ENTRY(B, PLATFORM("amd64")) "," ENTRY(
		       C, PLATFORM("amd64"))),
	       "linux/amd64", B, "of equals the first is taken");
	choice(INDEX(ENTRY(
		       A,
		       PLATFORM("amd64") ",\"annotations\":{"
					 "\"vnd.docker.reference.type\":"
					 "\"attestation-manifest\"}") "," ENTRY(B,
										PLATFORM("amd64"))),
	       "linux/amd64", B, "attestations are passed over");
	choice(INDEX("{\"mediaType\":\"application/vnd.oci.artifact.manifest.v1+json\",\"digest\":\"" A
		     "\",\"size\":1},{\"digest\":\"" A "\",\"size\":1}," ENTRY(B, "")),
	       "linux/amd64", B, "... and so is what is of no type or an unknown one");
	choice(INDEX("{\"digest\":\"blake3+b64:aB_=\",\"size\":1}," ENTRY(B, "")), "linux/amd64", B,
	       "... and a digest of an unknown algorithm");
	choice(INDEX(ENTRY("blake3:ab", "")), "linux/amd64", NULL, "... but alone it is no image");
	is_str(err.message, "no image for linux/amd64 with a digest that can be verified",
	       "... which is said");
	choice(INDEX(ENTRY(
		       A,
		       ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\","
		       "\"variant\":\"\\u0000\"}") "," ENTRY(B,
							     ",\"platform\":{\"os\":\"a name that is longer than any that there is\"}") "," ENTRY(C,
																		  PLATFORM(
																			  "amd64"))),
	       "linux/amd64", C, "... and a platform that makes no sense");
	choice(INDEX(ENTRY(A, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\","
			      "\"variant\":\"\"}")),
	       "linux/amd64", A, "an empty variant is none");
	choice(INDEX(ENTRY(A, ",\"platform\":null")), "linux/amd64", A, "a null platform is none");
	choice(INDEX(ENTRY(A, "") "," ENTRY(B, PLATFORM("arm64"))), "linux/amd64", A,
	       "what states no platform is the last resort");
}

static void test_media_types(void)
{
	is_int(media_type_kind(MEDIA_TYPE_DOCKER_LIST), MEDIA_INDEX, "a Docker list is an index");
	is_int(media_type_kind("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
	       MEDIA_LAYER, "a foreign layer is a layer");
	is_int(media_type_kind("text/plain"), MEDIA_UNKNOWN, "text is unknown");
	is_int(media_type_kind(MEDIA_TYPE_LAYER "x"), MEDIA_UNKNOWN,
	       "a layer's type has no odd ends");
	is_str(media_type_to_oci(MEDIA_TYPE_DOCKER_LAYER_GZIP), MEDIA_TYPE_LAYER_GZIP,
	       "Docker's layer type has an OCI name");
	is_str(media_type_to_oci(MEDIA_TYPE_DOCKER_MANIFEST), MEDIA_TYPE_MANIFEST,
	       "... and so has its manifest's");
	is_str(media_type_to_oci("application/vnd.docker.image.rootfs.diff.tar"), MEDIA_TYPE_LAYER,
	       "... and a layer that is not compressed");
	is_str(media_type_to_oci("application/vnd.docker.image.rootfs.diff.tar.zstd"),
	       MEDIA_TYPE_LAYER_ZSTD, "... and one of zstd");
	is_str(media_type_to_oci(MEDIA_TYPE_LAYER "+encrypted"), MEDIA_TYPE_LAYER "+encrypted",
	       "... a layer of a kind that we do not know stays");
	is_str(media_type_to_oci("text/plain"), "text/plain", "... others stay");
}

static void test_config(void)
{
	static const char text[] =
		"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Env\":[\"A=1\"],"
		"\"Cmd\":[\"sh\"],\"Volumes\":{\"/b\":{},\"/a\":{}},\"Labels\":{\"k\":\"v\"},"
		"\"Entrypoint\":null},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" A "\"]}}";
	static const char bare[] = "{\"rootfs\":{\"diff_ids\":[]}}";
	static const char odd[] =
		"{\"author\":\"\\u0000\",\"created\":\"\xe9\",\"history\":null,\"config\":{"
		"\"Env\":[null,\"\"],\"Cmd\":null,\"Volumes\":null,\"ExposedPorts\":null,"
		"\"User\":null,\"Labels\":{\"a\":null,\"b\":\"\\u0000\",\"\\u0000\":\"\"}},"
		"\"rootfs\":{\"type\":\"\",\"diff_ids\":null}}";
	static const char bad_volume[] =
		"{\"config\":{\"Volumes\":{\"/a\\u0000\":{}}},\"rootfs\":{\"diff_ids\":[]}}";
	static const char bad_env[] =
		"{\"config\":{\"Env\":[\"A=\xe9\"]},\"rootfs\":{\"diff_ids\":[]}}";
	static const char bad_label[] =
		"{\"config\":{\"Labels\":{\"k\":1}},\"rootfs\":{\"diff_ids\":[]}}";
	static const char bad_id[] = "{\"rootfs\":{\"diff_ids\":[\"sha256:1\"]}}";
	autoimageconfig struct image_config c = IMAGE_CONFIG_INIT;
	autoimageconfig struct image_config d = IMAGE_CONFIG_INIT;
	autoimageconfig struct image_config e = IMAGE_CONFIG_INIT;

	ok(image_config_parse(text, strlen(text), &c, &err) == 0, "an image config is read");
	ok(c.env.len == 1 && c.cmd.len == 1 && c.entrypoint.len == 0, "... its process");
	ok(c.volumes.len == 2 && strcmp(c.volumes.items[0], "/a") == 0, "... its volumes, sorted");
	ok(c.n_diff_ids == 1 && strcmp(c.diff_ids[0].text, A) == 0, "... its diff IDs");
	is_str(c.user, "", "... a user that is not stated is empty");
	ok(image_config_parse(bare, strlen(bare), &d, &err) == 0, "little is required");
	ok(image_config_parse(bad_label, strlen(bad_label), &d, &err) < 0,
	   "a label that is no string is refused");
	is_str(err.message, "image config: config.Labels.k: expected string, got integer",
	       "... with its path");
	ok(image_config_parse(odd, strlen(odd), &e, &err) == 0, "what is odd and unused is read");
	ok(image_config_parse(bad_volume, strlen(bad_volume), &d, &err) < 0,
	   "what is odd and used is refused");
	is_str(err.message,
	       "image config: config.Volumes: a key contains a NUL or what is no Unicode",
	       "... with its path");
	ok(image_config_parse(bad_env, strlen(bad_env), &d, &err) < 0, "... as is a variable");
	is_str(err.message,
	       "image config: config.Env[0]: the string contains a NUL or what is no Unicode",
	       "... with its path");
	ok(image_config_parse(bad_id, strlen(bad_id), &d, &err) < 0 && err.code == ERROR_VERIFY,
	   "an invalid diff ID is refused");
	ok(image_config_parse("{}", 2, &d, &err) < 0, "a config without a rootfs is refused");
}

int main(void)
{
	test_manifest();
	test_descriptor();
	test_annotations();
	test_index();
	test_media_types();
	test_config();
	return done_testing();
}
