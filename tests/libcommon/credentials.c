/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "registry/credentials.h"

static void parses(const char *text, const char *user, const char *password, const char *title)
{
	autocredentials struct credentials credentials = CREDENTIALS_INIT;
	struct error err = { 0 };

	ok(credentials_parse(text, &credentials, &err) == 0, title);
	is_str(credentials.user, user, "... that is the user");
	is_str(credentials.password, password, "... that is the password");
}

static void refused(const char *text, const char *title)
{
	autocredentials struct credentials credentials = CREDENTIALS_INIT;
	struct error err = { 0 };

	ok(credentials_parse(text, &credentials, &err) < 0 && err.code == ERROR_USAGE, title);
	ok(!strstr(err.message, "secret"), "... and the message does not repeat a password");
}

static void belongs(const char *registry, const char *host, bool wanted)
{
	const struct credentials credentials = { (char *)"user", (char *)"secret",
						 (char *)"named.example" };
	char title[200];

	snprintf(title, sizeof(title), "credentials of %s %s %s", registry,
		 wanted ? "may go to" : "stay away from", host);
	ok(credentials_belong_to(&credentials, registry, host) == wanted, title);
}

static void test_hosts(void)
{
	belongs("registry-1.docker.io", "auth.docker.io", true);
	belongs("registry.gitlab.com", "gitlab.com", true);
	belongs("quay.io", "quay.io", true);
	belongs("QUAY.io", "quay.IO", true);
	belongs("quay.io", "named.example", true);
	belongs("quay.io", "other.io", false);
	belongs("registry-1.docker.io", "auth.evildocker.io", false);
	belongs("registry-1.docker.io", "docker.io.evil.org", false);
	belongs("a.example.org", "b.c.example.org", true);
	belongs("example.co.uk", "evil.co.uk", false);
	belongs("registry.example.co.uk", "auth.example.co.uk", true);
	belongs("10.0.0.1", "10.0.0.1", true);
	belongs("10.0.0.1", "11.0.0.1", false);
	belongs("registry.0.0.1", "10.0.0.1", false);
	belongs("localhost", "127.0.0.1", false);
}

int main(void)
{
	const struct credentials aladdin = { (char *)"Aladdin", (char *)"open sesame", NULL };
	autofree char *basic = credentials_basic(&aladdin);

	parses("user:secret", "user", "secret", "a user and a password");
	parses("user", "user", NULL, "a user alone: the password is not known");
	parses("user:", "user", "", "an empty password");
	parses("user:a:b", "user", "a:b", "a password with a colon");
	parses("u ser@x:s e", "u ser@x", "s e", "blanks and other signs");
	refused("", "nothing is no user");
	refused(":secret", "a user is needed");
	is_str(basic, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "the example of RFC 7617");
	test_hosts();
	return done_testing();
}
