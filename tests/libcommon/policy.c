/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "registry/policy.h"

#define ACCEPT "[{\"type\":\"insecureAcceptAnything\"}]"
#define REJECT "[{\"type\":\"reject\"}]"
#define HEX64 "0123456789012345678901234567890123456789012345678901234567890123"

static const char scopes[] = "{\"default\":" REJECT ",\n"
			     "\"transports\":{\n"
			     "\"docker\":{\n"
			     "\"\":" ACCEPT ",\n" /* 4 */
			     "\"quay.io/ns/app:1\":" ACCEPT ",\n" /* 5 */
			     "\"quay.io/ns/app@sha256:" HEX64 "\":" ACCEPT ",\n" /* 6 */
			     "\"quay.io/ns/app\":" ACCEPT ",\n" /* 7 */
			     "\"quay.io/ns\":" ACCEPT ",\n" /* 8 */
			     "\"Quay.IO\":" ACCEPT ",\n" /* 9 */
			     "\"*.example.org\":" ACCEPT ",\n" /* 10 */
			     "\"*.org\":" ACCEPT ",\n" /* 11 */
			     "\"docker.io/library/alpine\":" ACCEPT "},\n" /* 12 */
			     "\"oci\":{\n"
			     "\"/srv/a:one\":" ACCEPT ",\n" /* 14 */
			     "\"/srv/a\":" ACCEPT ",\n" /* 15 */
			     "\"/srv\":" ACCEPT "}}}\n"; /* 16 */

static void test_names(const struct policy *policy)
{
	static const struct {
		const char *reference;
		unsigned line;
	} rows[] = {
		{ "quay.io/ns/app:1", 5 },
		{ "quay.io/ns/app:2", 7 },
		{ "QUAY.io/ns/app:1", 5 },
		{ "quay.io/ns/app@sha256:" HEX64, 6 },
		{ "quay.io/ns/app:1@sha256:" HEX64, 6 },
		{ "quay.io/ns/app2:1", 8 },
		{ "quay.io/ns2/app", 9 },
		{ "quay.io:443/ns/app:1", 5 },
		{ "quay.io:4430/ns/app:1", 4 },
		{ "a.example.org/x", 10 },
		{ "b.a.example.org:5000/x", 10 },
		{ "example.org/x", 11 },
		{ "badexample.org/x", 11 },
		{ "alpine", 12 },
		{ "docker.io/library/alpine:3", 12 },
		{ "index.docker.io/library/alpine", 12 },
		{ "INDEX.docker.io/library/alpine", 12 },
		{ "registry-1.docker.io/library/alpine", 12 },
		{ "Docker.io:443/library/alpine", 12 },
		{ "busybox", 4 },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		autoreference struct reference reference = REFERENCE_INIT;
		autofree char *title = xasprintf("the scope of %s", rows[i].reference);
		const struct policy_image image = { .transport = "docker",
						    .reference = &reference };
		struct error err = { 0 };

		reference_parse(rows[i].reference, &reference, &err);
		is_int(policy_find_scope(policy, &image)->line, rows[i].line, title);
	}
}

static void test_paths(const struct policy *policy)
{
	static const struct {
		const char *path;
		const char *name;
		unsigned line;
	} rows[] = {
		{ "/srv/a", "one", 14 }, { "/srv/a", "two", 15 }, { "/srv/a", NULL, 15 },
		{ "/srv/ab", "x", 16 },  { "/srv/a/b", "x", 15 }, { "/", "x", 1 },
		{ "/home", NULL, 1 },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		autofree char *title = xasprintf("the scope of the layout %s", rows[i].path);
		const struct policy_image image = { .transport = "oci",
						    .path = rows[i].path,
						    .name = rows[i].name };

		is_int(policy_find_scope(policy, &image)->line, rows[i].line, title);
	}
}

static void test_requirement(void)
{
	static const char text[] =
		"{\"default\":[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyData\":\"eA==\"},\n"
		"{\"type\":\"sigstoreSigned\",\"keyPaths\":[\"/a\",\"/b\"],\n"
		"\"signedIdentity\":{\"type\":\"exactRepository\",\"dockerRepository\":\"quay.io/x\"}},\n"
		"{\"type\":\"sigstoreSigned\",\"fulcio\":{\"x\":1}},\n"
		"{\"type\":\"signedBaseLayer\",\"baseLayerIdentity\":{\"type\":\"matchExact\"}}]}";
	autopolicy struct policy policy = POLICY_INIT;
	struct error err = { 0 };
	const struct policy_requirement *r;

	if (!ok(policy_parse(text, strlen(text), "p", &policy, &err) == 0, "requirements are read"))
		return;
	r = policy.scopes[0].requirements;
	ok(policy.scopes[0].n_requirements == 4, "... all of them");
	ok(r[0].rule == POLICY_SIGNED_BY && r[0].n_key_texts == 1, "... with keys in the policy");
	is_str(r[0].key_texts[0].data, "x", "... which are decoded");
	ok(r[0].identity.match == MATCH_REPO_DIGEST_OR_EXACT, "... the default identity");
	ok(r[1].rule == POLICY_SIGSTORE_SIGNED && r[1].key_paths.len == 2 && r[1].line == 2,
	   "... with keys in files");
	ok(r[1].identity.match == MATCH_EXACT_REPOSITORY, "... and the identity that is stated");
	is_str(r[2].unsupported, "fulcio", "... what is not supported is known by its name");
	is_str(r[3].unsupported, "signedBaseLayer", "... as a type too");
}

static void test_refused(void)
{
	static const struct {
		const char *text;
		const char *wanted;
		const char *title;
	} rows[] = {
		{ "{}", "p:1: has no 'default'", "a policy without a default" },
		{ "[]", "p:1: expected an object", "a policy that is no object" },
		{ "{\"default\":[]}", "p:1: default: is empty: at least one requirement is needed",
		  "a list without requirements" },
		{ "{\n\"defalt\":" ACCEPT "}", "p:2: defalt: unknown key", "an unknown key" },
		{ "{\"default\":[{\"type\":\"insecureAcceptAnythin\"}]}",
		  "p:1: type: unknown type 'insecureAcceptAnythin'", "an unknown type" },
		{ "{\"default\":[\n{\"type\":\"reject\",\n\"keyPath\":\"/x\"}]}",
		  "p:3: keyPath: unknown key", "a key that belongs to another type" },
		{ "{\"default\":[{\"type\":\"signedBy\",\"keyPath\":\"/x\"}]}",
		  "p:1: a requirement signedBy without 'keyType'", "no keyType" },
		{ "{\"default\":[{\"type\":\"signedBy\",\"keyType\":\"X509Certificates\",\"keyPath\":\"/x\"}]}",
		  "p:1: keyType: 'X509Certificates' is not supported, 'GPGKeys' is",
		  "another keyType" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\"}]}",
		  "p:1: a requirement sigstoreSigned without keys", "no keys" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"/x\",\n\"keyData\":\"eA==\"}]}",
		  "p:2: keyData: stands beside 'keyPath'", "two kinds of keys" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"x\"}]}",
		  "p:1: keyPath: 'x' is not an absolute path", "a relative path" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyData\":\"?\"}]}",
		  "p:1: keyData: it is not base64", "a key that is no base64" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"/x\",\"signedIdentity\":{\"type\":\"matchAll\"}}]}",
		  "p:1: type: unknown type 'matchAll'", "an unknown identity" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"/x\",\"signedIdentity\":{\"type\":\"exactReference\",\"dockerReference\":\"a/b\"}}]}",
		  "p:1: dockerReference: 'a/b' has neither tag nor digest",
		  "a reference without tag" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"/x\",\"signedIdentity\":{\"type\":\"exactRepository\",\"dockerRepository\":\"a/b:1\"}}]}",
		  "p:1: dockerRepository: a repository has neither tag nor digest, 'a/b:1' has",
		  "a repository with a tag" },
		{ "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"/x\",\"signedIdentity\":{\"type\":\"remapIdentity\",\"prefix\":\"a\",\"signedPrefix\":\"b.c\"}}]}",
		  "p:1: prefix: 'a' is no host and no repository or namespace with its host",
		  "a prefix without a host" },
		{ "{\"default\":" ACCEPT ",\"transports\":{\"dokcer\":{}}}",
		  "p:1: dokcer: unknown transport", "an unknown transport" },
		{ "{\"default\":" ACCEPT ",\"transports\":{\"docker\":{\"busybox\":" REJECT "}}}",
		  "p:1: busybox: the scope does not begin with a registry",
		  "a scope that no image has" },
		{ "{\"default\":" ACCEPT ",\"transports\":{\"docker\":{\"a.*.b\":" REJECT "}}}",
		  "p:1: a.*.b: a wildcard is *.DOMAIN alone", "another wildcard" },
		{ "{\"default\":" ACCEPT ",\"transports\":{\"docker\":{\"A.b\":" REJECT
		  ",\"a.b\":" ACCEPT "}}}",
		  "p:1: 'a.b' stands in line 1 too, written otherwise",
		  "a scope that stands there written otherwise" },
		{ "{\"default\":" ACCEPT ",\"transports\":{\"oci\":{\"a\":" REJECT "}}}",
		  "p:1: a: the scope is not an absolute path", "a relative scope" },
		{ "{\"default\":" ACCEPT ",\"transports\":{\"oci\":{\"/a/../b\":" REJECT "}}}",
		  "p:1: /a/../b: the path has '//', '.', '..' or '/' at its end",
		  "a scope that is no clean path" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		autopolicy struct policy policy = POLICY_INIT;
		autofree char *title = xasprintf("%s: refused", rows[i].title);
		struct error err = { 0 };

		policy_parse(rows[i].text, strlen(rows[i].text), "p", &policy, &err);
		is_str(err.message, rows[i].wanted, title);
	}
}

int main(void)
{
	autopolicy struct policy policy = POLICY_INIT;
	struct error err = { 0 };

	if (ok(policy_parse(scopes, strlen(scopes), "p", &policy, &err) == 0, "a policy is read")) {
		test_names(&policy);
		test_paths(&policy);
	} else {
		printf("# %s\n", err.message);
	}
	test_requirement();
	test_refused();
	return done_testing();
}
