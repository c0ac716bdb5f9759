/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "registry/registries_d.h"

static const char first[] = "default-docker:\n"
			    "  sigstore: file:///default\n"
			    "docker:\n"
			    "  Quay.io:\n"
			    "    lookaside: https://quay\n"
			    "    use-sigstore-attachments: true\n"
			    "  quay.io/ns/app:\n"
			    "    use-sigstore-attachments: false\n"
			    "    lookaside-staging: file:///staging\n"
			    "  '*.example.org':\n"
			    "    lookaside: https://example\n";

static void find(const struct registries_d *registries, const char *text,
		 struct signature_places *ret)
{
	autoreference struct reference reference = REFERENCE_INIT;
	struct error err = { 0 };

	reference_parse(text, &reference, &err);
	registries_d_find(registries, &reference, ret);
}

static void test_find(void)
{
	autoregistriesd struct registries_d registries = REGISTRIES_D_INIT;
	struct signature_places places;
	struct error err = { 0 };

	ok(registries_d_add(&registries, first, strlen(first), "1", &err) == 0, "a file is read");
	find(&registries, "quay.io/x:1", &places);
	is_str(places.lookaside, "https://quay", "a host says where its signatures are");
	ok(places.has_attachments, "... and that the registry has them");
	find(&registries, "quay.io/ns/app:1", &places);
	is_str(places.lookaside, "https://quay",
	       "a repository that does not say so: its host does");
	is_str(places.lookaside_staging, "file:///staging", "... where they are written");
	ok(!places.has_attachments, "... what the repository says counts");
	find(&registries, "a.example.org:5000/x", &places);
	is_str(places.lookaside, "https://example", "a wildcard counts");
	find(&registries, "busybox", &places);
	is_str(places.lookaside, "file:///default", "the default counts for all else");
	ok(!places.has_attachments, "... and nothing is asked of a registry that is not told to");
}

static void test_refused(void)
{
	static const struct {
		const char *text;
		const char *wanted;
		const char *title;
	} rows[] = {
		{ "docker:\n  quay.io:\n    lookaside: x\n", "2:2: quay.io: stands in 1:4 already",
		  "a scope that another file has" },
		{ "default-docker: {}\n", "2:1: default-docker: stands in 1:1 already",
		  "a second default" },
		{ "docker:\n  a.b:\n    lokaside: x\n", "2:3: lokaside: unknown key",
		  "an unknown key" },
		{ "dokcer: {}\n", "2:1: dokcer: unknown key", "... at the top" },
		{ "docker: []\n", "2:1: docker: expected a table, got an array", "no table" },
		{ "docker:\n  a.b: x\n", "2:2: a.b: expected a table", "... of a scope" },
		{ "docker:\n  a.b:\n    use-sigstore-attachments: yes\n",
		  "2:3: use-sigstore-attachments: expected a boolean, got a string", "no boolean" },
		{ "docker:\n  a.b:\n    lookaside: x\n    sigstore: y\n",
		  "2:4: sigstore: is an older name of 'lookaside', which is there too",
		  "both names of one thing" },
		{ "docker:\n  a.b:\n    sigstore: ftp://x\n",
		  "2:3: sigstore: the URL is neither file://, https:// nor http://",
		  "another scheme" },
		{ "docker:\n  a.b:\n    lookaside: file://x\n",
		  "2:3: lookaside: a file URL is file:///DIRECTORY", "a file URL with a host" },
		{ "docker:\n  a.b:\n    lookaside: https://x/?a\n",
		  "2:3: lookaside: a URL with '?' or '#' has no folders", "a URL with a query" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		autoregistriesd struct registries_d registries = REGISTRIES_D_INIT;
		autofree char *title = xasprintf("%s: refused", rows[i].title);
		struct error err = { 0 };

		registries_d_add(&registries, first, strlen(first), "1", &err);
		registries_d_add(&registries, rows[i].text, strlen(rows[i].text), "2", &err);
		is_str(err.message, rows[i].wanted, title);
	}
}

int main(void)
{
	test_find();
	test_refused();
	return done_testing();
}
