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

static void belongs(const char *registry, const char *url, const char *token_host, bool wanted)
{
	const struct credentials credentials = { .user = (char *)"user",
						 .password = (char *)"secret",
						 .token_host = (char *)token_host };
	autourl struct url from = URL_INIT;
	autourl struct url to = URL_INIT;
	char title[200];

	snprintf(title, sizeof(title), "credentials of %s %s %s", registry,
		 wanted ? "may go to" : "stay away from", url);
	ok(url_parse(registry, &from, NULL) == 0 && url_parse(url, &to, NULL) == 0 &&
		   credentials_belong_to(&credentials, &from, &to) == wanted,
	   title);
}

static void test_hosts(void)
{
	belongs("https://registry-1.docker.io", "https://auth.docker.io", NULL, true);
	belongs("https://registry.gitlab.com", "https://gitlab.com", NULL, true);
	belongs("https://quay.io", "https://quay.io", NULL, true);
	belongs("https://QUAY.io", "https://quay.IO", NULL, true);
	belongs("https://quay.io", "https://other.io", NULL, false);
	belongs("https://registry-1.docker.io", "https://auth.evildocker.io", NULL, false);
	belongs("https://registry-1.docker.io", "https://docker.io.evil.org", NULL, false);
	belongs("https://a.example.org", "https://b.c.example.org", NULL, true);
	belongs("https://a.b.example.org", "https://auth.example.org", NULL, true);
	belongs("https://example.org", "https://example.org.", NULL, true);
	belongs("https://example.co.uk", "https://evil.co.uk", NULL, false);
	belongs("https://registry.example.co.uk", "https://auth.example.co.uk", NULL, true);
	belongs("https://me.github.io", "https://you.github.io", NULL, false);
	belongs("https://a.s3.amazonaws.com", "https://b.s3.amazonaws.com", NULL, false);
	belongs("https://10.0.0.1", "https://10.0.0.1", NULL, true);
	belongs("https://10.0.0.1", "https://11.0.0.1", NULL, false);
	belongs("https://registry", "https://auth", NULL, false);
	belongs("https://localhost", "https://127.0.0.1", NULL, false);
}

static void test_ports(void)
{
	belongs("https://example.org:5050", "https://example.org", NULL, true);
	belongs("https://example.org:5050", "https://auth.example.org:444", NULL, true);
	belongs("https://10.0.0.1:5050", "https://10.0.0.1", NULL, true);
	belongs("http://127.0.0.1:5000", "http://127.0.0.1:5000/token", NULL, true);
	belongs("http://127.0.0.1:5000", "http://127.0.0.1:5001/token", NULL, false);
	belongs("https://127.0.0.1:5000", "https://127.0.0.1", NULL, false);
	belongs("http://localhost:5000", "http://localhost:5001", NULL, false);
	belongs("http://[::1]:5000", "http://[::1]:5001", NULL, false);
	belongs("http://127.0.0.1:5000", "http://127.0.0.2:5000", NULL, false);
}

static void test_token_host(void)
{
	belongs("https://quay.io", "https://named.example", "named.example", true);
	belongs("https://quay.io", "https://named.example:444", "Named.Example", true);
	belongs("https://quay.io", "https://named.example:444", "named.example:444", true);
	belongs("https://quay.io", "https://named.example:445", "named.example:444", false);
	belongs("https://quay.io", "https://a.named.example", "named.example", false);
	belongs("http://127.0.0.1:5000", "http://127.0.0.1:5001", "127.0.0.1:5001", true);
	belongs("http://127.0.0.1:5000", "http://127.0.0.1:5001", "127.0.0.1:5002", false);
	belongs("http://127.0.0.1:5000", "http://127.0.0.1:5001", "127.0.0.1", false);
	belongs("http://[::1]:5000", "http://[::1]:5001", "[::1]:5001", true);
	belongs("https://quay.io", "https://[2001:db8::1]", "[2001:db8::1]", true);
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
	test_ports();
	test_token_host();
	return done_testing();
}
