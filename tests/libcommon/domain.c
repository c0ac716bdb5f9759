/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "net/domain.h"

#include <stdlib.h>

static const struct {
	const char *host;
	const char *domain; /* NULL: none */
} hosts[] = {
	{ "registry-1.docker.io", "docker.io" },
	{ "docker.io", "docker.io" },
	{ "io", NULL },
	{ "a.b.c.example.org", "example.org" },
	{ "WWW.Example.ORG", "example.org" },
	{ "www.example.org.", "example.org" },
	{ "www.example.co.uk", "example.co.uk" },
	{ "co.uk", NULL },
	{ "www.ck", "www.ck" }, /* an exception of *.ck */
	{ "a.www.ck", "www.ck" },
	{ "a.b.ck", "a.b.ck" },
	{ "user.github.io", "user.github.io" },
	{ "github.io", NULL },
	{ "bucket.s3.amazonaws.com", "bucket.s3.amazonaws.com" },
	{ "s3.amazonaws.com", NULL },
	{ "123.dkr.ecr.eu-west-1.amazonaws.com", "amazonaws.com" },
	{ "registry.corp.internal", "corp.internal" },
	{ "localhost", NULL },
	{ "localhost.", NULL },
	{ "a.localhost", "a.localhost" },
	{ "intranet", NULL },
	{ "10.0.0.1", NULL },
	{ "registry.0.0.1", NULL },
	{ "::1", NULL },
	{ "fe80::1.example.org", NULL },
	{ "", NULL },
	{ ".", NULL },
	{ "..", NULL },
	{ "www.bücher.de", "bücher.de" },
	{ "www.xn--bcher-kva.de", "xn--bcher-kva.de" },
	{ "a.公司.cn", "a.公司.cn" }, /* a suffix that is none in ASCII */
	{ "b.a.xn--55qx5d.cn", "a.xn--55qx5d.cn" },
};

static void shares(const char *host, const char *other, bool wanted)
{
	char title[200];

	snprintf(title, sizeof(title), "%s and %s %s", host, other,
		 wanted ? "have one owner" : "are strangers");
	ok(domain_is_shared(host, other) == wanted, title);
}

int main(void)
{
	for (size_t i = 0; i < array_size(hosts); i++) {
		autofree char *domain = domain_registered(hosts[i].host);

		is_str(domain, hosts[i].domain, hosts[i].host);
	}
	shares("registry-1.docker.io", "auth.docker.io", true);
	shares("registry.example.org", "AUTH.Team.Example.org.", true);
	shares("a.co.uk", "b.co.uk", false);
	shares("a.github.io", "b.github.io", false);
	shares("a.s3.amazonaws.com", "b.s3.amazonaws.com", false);
	shares("docker.io", "evildocker.io", false);
	shares("localhost", "localhost", false);
	shares("10.0.0.1", "10.0.0.1", false);
	return done_testing();
}
