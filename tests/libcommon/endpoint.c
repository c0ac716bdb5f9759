/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "registry/endpoint.h"

static void is_served_by(const char *registry, const char *authority, const char *host,
			 const char *scheme)
{
	autoendpoint struct endpoint endpoint = ENDPOINT_INIT;
	struct error err = { 0 };

	ok(endpoint_init(&endpoint, registry, ENDPOINT_SECURE, &err) == 0, registry);
	is_str(endpoint.authority, authority, "... is served by that server");
	is_str(endpoint.host, host, "... on that host");
	is_str(endpoint.scheme, scheme, scheme ? "... by https" : "... by what it speaks");
}

static void refused(const char *registry)
{
	autoendpoint struct endpoint endpoint = ENDPOINT_INIT;
	struct error err = { 0 };
	char title[80];

	snprintf(title, sizeof(title), "'%s' is no registry", registry);
	ok(endpoint_init(&endpoint, registry, ENDPOINT_SECURE, &err) < 0 && err.code == ERROR_USAGE,
	   title);
}

int main(void)
{
	autoendpoint struct endpoint docker = ENDPOINT_INIT;
	autoendpoint struct endpoint insecure = ENDPOINT_INIT;
	autofree char *url = NULL;

	is_served_by("docker.io", "registry-1.docker.io", "registry-1.docker.io", "https");
	is_served_by("quay.io", "quay.io", "quay.io", "https");
	is_served_by("Example.org:5000", "Example.org:5000", "example.org", "https");
	is_served_by("127.0.0.1:5000", "127.0.0.1:5000", "127.0.0.1", NULL);
	is_served_by("localhost", "localhost", "localhost", NULL);
	is_served_by("[2001:DB8::1]", "[2001:DB8::1]", "2001:db8::1", "https");
	is_served_by("[::1]:5000", "[::1]:5000", "::1", NULL);
	is_served_by("localhost.example", "localhost.example", "localhost.example", "https");
	endpoint_init(&insecure, "quay.io", ENDPOINT_INSECURE, NULL);
	is_str(insecure.scheme, NULL, "an insecure registry is asked by what it speaks");
	refused("a b");
	refused("user@quay.io");
	refused("");
	refused("127.1:5000");
	refused("2130706433:5000");
	refused("0x7f.0.0.1");
	refused("[0:0:0:0:0:0:0:1]:5000");
	refused("[::0001]:5000");
	endpoint_init(&docker, "docker.io", ENDPOINT_SECURE, NULL);
	url = endpoint_url(&docker, "library/alpine/manifests/3.20");
	is_str(url, "https://registry-1.docker.io/v2/library/alpine/manifests/3.20",
	       "a path is below /v2/");
	return done_testing();
}
