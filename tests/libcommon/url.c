/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "net/url.h"

static void host_is(const char *url, const char *wanted)
{
	autofree char *got = url_host(url);

	is_str(got, wanted, url);
}

static void origin_is(const char *text, const char *wanted)
{
	autourl struct url url = URL_INIT;
	struct error err = { 0 };

	url_parse(text, &url, &err);
	is_str(url.origin, wanted, text);
}

static void refused(const char *text, enum error_code code, const char *title)
{
	autourl struct url url = URL_INIT;
	struct error err = { 0 };

	ok(url_parse(text, &url, &err) < 0, title);
	is_int(err.code, code, "... with that status");
	ok(!url.text && !url.host && !url.origin, "... and nothing is returned");
}

static void leads_to(const char *from, const char *location, const char *wanted)
{
	autourl struct url first = URL_INIT;
	autourl struct url next = URL_INIT;
	struct error err = { 0 };
	char title[200];

	snprintf(title, sizeof(title), "'%s' at %s", location, from);
	ok(url_parse(from, &first, &err) == 0 && url_redirect(&first, location, &next, &err) == 0,
	   title);
	is_str(next.text, wanted, "... leads there");
}

static void leads_nowhere(const char *from, const char *location, enum error_code code,
			  const char *why)
{
	autourl struct url first = URL_INIT;
	autourl struct url next = URL_INIT;
	struct error err = { 0 };
	char title[200];

	snprintf(title, sizeof(title), "'%s' at %s is not followed", location, from);
	ok(url_parse(from, &first, &err) == 0 && url_redirect(&first, location, &next, &err) < 0,
	   title);
	is_int(err.code, code, "... with that status");
	ok(strstr(err.message, why) != NULL, why);
	ok(!next.text, "... and nothing is returned");
}

static void test_loopback(void)
{
	static const char *const loopback[] = { "127.0.0.1", "127.255.0.9", "::1",
						"[::1]",     "localhost",   "LOCALHOST" };
	static const char *const others[] = { "128.0.0.1",
					      "127.0.0.1.example.org",
					      "localhost.example",
					      "127.1",
					      "0177.0.0.1",
					      "0.0.0.0",
					      "::",
					      "::ffff:127.0.0.1",
					      "127.0.0.1 ",
					      "[",
					      "" };

	for (size_t i = 0; i < array_size(loopback); i++)
		ok(url_host_is_loopback(loopback[i]), loopback[i]);
	for (size_t i = 0; i < array_size(others); i++)
		ok(!url_host_is_loopback(others[i]), others[i][0] ? others[i] : "nothing");
}

static void test_parts(void)
{
	host_is("https://Example.ORG:5000/x", "example.org");
	host_is("https://[::1]:5000/", "::1");
	host_is("http://127.0.0.1/", "127.0.0.1");
	host_is("http://example.org/", "example.org");
	host_is("https://user:secret@example.org/", NULL);
	host_is("not a url", NULL);
	origin_is("https://Example.ORG/x?y", "https://example.org:443");
	origin_is("https://example.org:5000", "https://example.org:5000");
	origin_is("HTTP://127.0.0.1/", "http://127.0.0.1:80");
	origin_is("http://[::1]:5000/", "http://[::1]:5000");
}

static void test_rules(void)
{
	refused("http://example.org/", ERROR_VERIFY, "plain HTTP to another machine");
	refused("http://127.0.0.1.example.org/", ERROR_VERIFY, "a name that begins like loopback");
	refused("file:///etc/passwd", ERROR_VERIFY, "a file");
	refused("ftp://example.org/", ERROR_VERIFY, "another protocol");
	refused("https://user:secret@example.org/", ERROR_FAILED, "a login in a URL");
	refused("", ERROR_FAILED, "nothing");
}

static void test_redirects(void)
{
	leads_to("https://a.example/v2/x", "https://b.example/y", "https://b.example/y");
	leads_to("https://a.example/v2/x", "/y", "https://a.example/y");
	leads_to("https://a.example/v2/x", "y?z", "https://a.example/v2/y?z");
	leads_to("https://a.example/v2/x", "//b.example/y", "https://b.example/y");
	leads_to("http://127.0.0.1:5000/x", "https://b.example/y", "https://b.example/y");
	leads_to("http://127.0.0.1:5000/x", "http://localhost/y", "http://localhost/y");
	leads_nowhere("https://a.example/x", "http://a.example/y", ERROR_VERIFY, "not encrypted");
	leads_nowhere("https://a.example/x", "http://127.0.0.1/y", ERROR_VERIFY, "not encrypted");
	leads_nowhere("http://127.0.0.1/x", "http://a.example/y", ERROR_VERIFY,
		      "loopback hosts only");
	leads_nowhere("https://a.example/x", "file:///etc/passwd", ERROR_VERIFY,
		      "neither https nor http");
	leads_nowhere("https://a.example/x", "https://user:secret@b.example/", ERROR_VERIFY,
		      "a login in it");
	leads_nowhere("https://a.example/x", "gopher://b.example/", ERROR_VERIFY,
		      "neither https nor http");
	leads_nowhere("https://a.example/x", "https://", ERROR_FAILED, "no URL");
}

/* One host may be spoken to by plain HTTP, and no other. */
static void test_plain_host(void)
{
	static const char *const allowed[] = { "http://a.example/", "http://A.example:5000/x",
					       "https://a.example/", "http://127.0.0.1/" };
	static const char *const refused_urls[] = { "http://b.example/", "http://x.a.example/",
						    "file:///a.example" };
	autourl struct url from = URL_INIT;
	autourl struct url next = URL_INIT;

	for (size_t i = 0; i < array_size(allowed); i++) {
		autourl struct url url = URL_INIT;

		ok(url_parse_allowing(allowed[i], "a.example", &url, NULL) == 0, allowed[i]);
	}
	for (size_t i = 0; i < array_size(refused_urls); i++) {
		autourl struct url url = URL_INIT;

		ok(url_parse_allowing(refused_urls[i], "a.example", &url, NULL) < 0,
		   refused_urls[i]);
	}
	url_parse_allowing("http://a.example/x", "a.example", &from, NULL);
	ok(url_redirect(&from, "http://a.example:81/y", &next, NULL) == 0,
	   "that host may redirect to itself");
	url_release(&next);
	ok(url_redirect(&from, "http://b.example/y", &next, NULL) < 0,
	   "... but not to another one");
	url_release(&from);
	url_parse_allowing("https://a.example/x", "a.example", &from, NULL);
	ok(url_redirect(&from, "http://a.example/y", &next, NULL) < 0,
	   "... and never from https to http");
}

int main(void)
{
	test_loopback();
	test_parts();
	test_rules();
	test_redirects();
	test_plain_host();
	return done_testing();
}
