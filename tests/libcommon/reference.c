/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "oci/address.h"
#include "oci/reference.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void means(const char *text, const char *wanted)
{
	autoreference struct reference reference = REFERENCE_INIT;
	struct error err = { 0 };
	char title[512];
	char *full = NULL;

	snprintf(title, sizeof(title), "'%s' means %s", text, wanted);
	if (reference_parse(text, &reference, &err) == 0)
		full = reference_format(&reference);
	is_str(full, wanted, title);
	free(full);
}

static void refused(const char *text)
{
	autoreference struct reference reference = REFERENCE_INIT;
	struct error err = { 0 };
	char title[512];

	snprintf(title, sizeof(title), "'%.80s' is refused as a usage mistake", text);
	ok(reference_parse(text, &reference, &err) < 0 && err.code == ERROR_USAGE, title);
	ok(!reference.repository, "... and nothing is returned");
}

static void becomes(const char *name, const char *wanted)
{
	struct error err = { 0 };
	char title[512];
	char *full = reference_new_name(name, &err);

	snprintf(title, sizeof(title), "an image called '%s' is %s", name,
		 wanted ? wanted : "refused as a usage mistake");
	is_str(full, wanted, title);
	if (!wanted)
		is_int(err.code, ERROR_USAGE, "... with that status");
	free(full);
}

static void test_new_names(void)
{
	becomes("app", "localhost/app:latest");
	becomes("app:1", "localhost/app:1");
	becomes("team/app", "localhost/team/app:latest");
	becomes("localhost/app", "localhost/app:latest");
	becomes("quay.io/team/app:2", "quay.io/team/app:2");
	becomes("docker.io/app", "docker.io/library/app:latest");
	becomes("app@" DIGEST, NULL);
	becomes("app:1@" DIGEST, NULL);
	becomes("App", NULL);
	becomes("", NULL);
}

static void test_addresses(void)
{
	autoaddress struct address a = ADDRESS_INIT;
	autoaddress struct address b = ADDRESS_INIT;
	autoaddress struct address c = ADDRESS_INIT;
	struct error err = { 0 };

	ok(address_parse("docker://alpine:3", &a, &err) == 0 && a.transport == TRANSPORT_DOCKER,
	   "docker:// is a registry");
	is_str(a.reference, "alpine:3", "... with the reference as it was written");
	ok(address_parse("oci:dir:name:1", &b, &err) == 0 && b.transport == TRANSPORT_OCI,
	   "oci: is a layout");
	is_str(b.path, "dir", "... whose directory ends at the first colon");
	is_str(b.reference, "name:1", "... and the rest is the reference");
	ok(address_parse("oci:/abs/dir", &c, &err) == 0 && !c.reference, "oci: needs no reference");
	ok(address_parse("oci-archive:x.tar", &c, &err) < 0 && err.code == ERROR_USAGE,
	   "another transport is refused");
	ok(strstr(err.message, "oci-archive:") != NULL, "... by its name");
	ok(address_parse("s3://x", &c, &err) < 0 &&
		   strstr(err.message, "unknown transport 's3://'"),
	   "... and one that nobody knows is named");
	ok(address_parse("alpine", &c, &err) < 0 && strstr(err.hint, "docker://alpine"),
	   "an address without a transport gets a hint");
	ok(address_parse("docker://Alpine", &c, &err) < 0 && err.code == ERROR_USAGE,
	   "docker:// with a bad reference is refused");
	ok(address_parse("oci:", &c, &err) < 0, "oci: without a directory is refused");
	ok(address_parse("oci:dir:", &c, &err) < 0, "oci: with an empty reference is refused");
}

static void test_destinations(void)
{
	static const struct {
		const char *text;
		enum transport transport;
		const char *path;
		const char *reference;
	} rows[] = {
		{ "docker://alpine", TRANSPORT_DOCKER, NULL, "alpine" },
		{ "oci:dir:1", TRANSPORT_OCI, "dir", "1" },
		{ "oci-archive:a.tar:app:1", TRANSPORT_OCI_ARCHIVE, "a.tar", "app:1" },
		{ "oci-archive:-", TRANSPORT_OCI_ARCHIVE, "-", NULL },
		{ "docker-archive:/a/b.tar:app:1", TRANSPORT_DOCKER_ARCHIVE, "/a/b.tar", "app:1" },
		{ "dir:a:b", TRANSPORT_DIRECTORY, "a:b", NULL },
		{ "containers-storage:x", TRANSPORT_FOREIGN, "containers-storage:x", NULL },
		{ "docker-daemon:x:1", TRANSPORT_FOREIGN, "docker-daemon:x:1", NULL },
	};
	static const char *const refused[] = {
		"rootfs:x",
		"sif:x",
		"tarball:x",
		"s3://x",
		"oci-archive:",
		"docker-archive:x:",
		"docker-archive:x:A",
		"dir:",
		"alpine",
		"docker-archive:x:a@sha256:0123456789012345678901234567890123456789012345678901234567890123",
	};
	struct address a = ADDRESS_INIT;
	struct error err = { 0 };

	for (size_t i = 0; i < array_size(rows); i++) {
		ok(address_parse_destination(rows[i].text, &a, &err) == 0 &&
			   a.transport == rows[i].transport,
		   rows[i].text);
		is_str(a.path, rows[i].path, "... its path");
		is_str(a.reference, rows[i].reference, "... its reference");
		ok(address_is_stdout(&a) == (a.path && strcmp(a.path, "-") == 0),
		   "... and whether it is stdout");
		address_release(&a);
	}
	for (size_t i = 0; i < array_size(refused); i++)
		ok(address_parse_destination(refused[i], &a, &err) < 0 && err.code == ERROR_USAGE,
		   refused[i]);
}

int main(void)
{
	char longest[300];

	means("alpine", "docker.io/library/alpine:latest");
	means("alpine:3.20", "docker.io/library/alpine:3.20");
	means("user/app", "docker.io/user/app:latest");
	means("docker.io/alpine", "docker.io/library/alpine:latest");
	means("index.docker.io/library/alpine:1", "docker.io/library/alpine:1");
	means("Docker.IO/alpine", "docker.io/library/alpine:latest");
	means("INDEX.docker.io/a/b:1", "docker.io/a/b:1");
	means("registry-1.docker.io/alpine:1", "docker.io/library/alpine:1");
	means("registry-2.docker.io/alpine:1", "registry-2.docker.io/alpine:1");
	means("localhost/app", "localhost/app:latest");
	means("localhost:5000/app:1", "localhost:5000/app:1");
	means("localhost:5000", "docker.io/library/localhost:5000");
	means("Registry/app", "Registry/app:latest");
	means("ghcr.io/a/b/c__d.e-f--g:T_1.x-y", "ghcr.io/a/b/c__d.e-f--g:T_1.x-y");
	means("[::1]:5000/app", "[::1]:5000/app:latest");
	means("quay.io/a/b@" DIGEST, "quay.io/a/b@" DIGEST);
	means("quay.io/a/b:1@" DIGEST, "quay.io/a/b:1@" DIGEST);

	refused("");
	refused("Alpine");
	refused("user/App");
	refused("a//b");
	refused("/a");
	refused("a/");
	refused("a..b");
	refused("a_-b");
	refused("a___b");
	refused("-a");
	refused("a:");
	refused("a:.tag");
	refused("a:b:c");
	refused("a@sha256:0123");
	refused("a@" DIGEST "@" DIGEST);
	refused("ho st.x/a");
	refused("host:port/a");
	refused("host:123456/a");
	refused("-host.x/a");
	refused("host..x/a");
	refused("user@host.x/a");
	refused("a\nb");
	refused("../a");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	refused(longest);

	ok(reference_has_registry("localhost/a"), "localhost is a registry");
	ok(reference_has_registry("h:1/a"), "a host with a port is a registry");
	ok(!reference_has_registry("user/a"), "a plain first component is none");
	ok(!reference_has_registry("a:1"), "a lone name has none");
	test_addresses();
	test_destinations();
	test_new_names();
	return done_testing();
}
