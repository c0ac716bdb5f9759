/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "net/proxy.h"

#include <stdlib.h>

static void test_exceptions(void)
{
	static const struct {
		const char *list;
		const char *url;
		bool wanted;
	} rows[] = {
		{ NULL, "https://a.example/", false },
		{ "", "https://a.example/", false },
		{ "*", "https://a.example/", true },
		{ "b.example,*", "https://a.example/", true },
		{ "a.example", "https://a.example/", true },
		{ "A.Example", "https://a.EXAMPLE/", true },
		{ "a.example", "https://x.a.example/", true },
		{ ".a.example", "https://x.a.example/", true },
		{ ".a.example", "https://a.example/", true },
		{ "*.a.example", "https://x.a.example/", true },
		{ "a.example.", "https://a.example/", true },
		{ "a.example", "https://a.example./", true },
		{ "a.example", "https://nota.example/", false },
		{ "a.example", "https://a.example.org/", false },
		{ ".", "https://a.example/", false },
		{ "b.example, a.example", "https://a.example/", true },
		{ "b.example a.example", "https://a.example/", true },
		{ ",, a.example,", "https://a.example/", true },
		{ "a.example:5000", "https://a.example:5000/", true },
		{ "a.example:5000", "https://a.example/", false },
		{ "a.example:443", "https://a.example/", true },
		{ "a.example", "https://a.example:5000/", true },
		{ "192.0.2.1", "https://192.0.2.1/", true },
		{ "192.0.2.1:443", "https://192.0.2.1/", true },
		{ "192.0.2.1:5000", "https://192.0.2.1/", false },
		{ "2.1", "https://192.0.2.1/", false },
		{ "192.0.2.0/24", "https://192.0.2.255/", true },
		{ "192.0.2.0/24", "https://192.0.3.1/", false },
		{ "192.0.2.128/25", "https://192.0.2.127/", false },
		{ "192.0.2.128/25", "https://192.0.2.128/", true },
		{ "10.0.0.0/8", "https://10.255.0.1/", true },
		{ "10.0.0.0/7", "https://11.0.0.1/", true },
		{ "10.0.0.0/7", "https://12.0.0.1/", false },
		{ "0.0.0.0/0", "https://192.0.2.1/", true },
		{ "0.0.0.0/0", "https://a.example/", false },
		{ "192.0.2.1/32", "https://192.0.2.1/", true },
		{ "192.0.2.1/33", "https://192.0.2.1/", false },
		{ "192.0.2.1/", "https://192.0.2.1/", false },
		{ "192.0.2.1/x", "https://192.0.2.1/", false },
		{ "a.example/8", "https://a.example/", false },
		{ "2001:db8::1", "https://[2001:db8::1]/", true },
		{ "[2001:db8::1]", "https://[2001:DB8:0::1]/", true },
		{ "[2001:db8::1]:5000", "https://[2001:db8::1]:5000/", true },
		{ "[2001:db8::1]:5000", "https://[2001:db8::1]/", false },
		{ "2001:db8::/32", "https://[2001:db8:1::1]/", true },
		{ "2001:db8::/33", "https://[2001:db8:1::1]/", true },
		{ "2001:db8::/33", "https://[2001:db8:8000::1]/", false },
		{ "2001:db8::/32", "https://[2001:db9::1]/", false },
		{ "::/0", "https://192.0.2.1/", false },
		{ "fd00::/8", "https://[fdff::1]/", true },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		autourl struct url url = URL_INIT;
		char title[160];

		snprintf(title, sizeof(title), "'%s' %s %s", rows[i].list ? rows[i].list : "none",
			 rows[i].wanted ? "says" : "does not say", rows[i].url);
		ok(url_parse(rows[i].url, &url, NULL) == 0 &&
			   proxy_is_excepted(rows[i].list, &url) == rows[i].wanted,
		   title);
	}
}

static const struct choice {
	struct proxy_rules rules;
	const char *url;
	const char *wanted; /* NULL: none */
} choices[] = {
	{ { 0 }, "https://a.example/", NULL },
	{ { .https = "p.example:3128" }, "https://a.example/", "http://p.example:3128" },
	{ { .https = "http://p.example" }, "https://a.example/", "http://p.example:1080" },
	{ { .https = "https://p.example/" }, "https://a.example/", "https://p.example:443" },
	{ { .https = "socks5h://[::1]:9" }, "https://a.example/", "socks5h://[::1]:9" },
	{ { .http = "http://p.example:1" }, "https://a.example/", NULL },
	{ { .http = "http://p.example:1" }, "http://a.example/", "http://p.example:1" },
	{ { .https = "http://p.example:1" }, "http://a.example/", NULL },
	{ { .all = "http://p.example:1" }, "https://a.example/", "http://p.example:1" },
	{ { .all = "http://p.example:1", .https = "http://q.example:1" },
	  "https://a.example/",
	  "http://q.example:1" },
	{ { .https = "http://p.example:1", .except = "a.example" }, "https://a.example/", NULL },
	{ { .https = "http://p.example:1" }, "https://127.0.0.1/", NULL },
	{ { .https = "http://p.example:1" }, "https://localhost:5000/", NULL },
	{ { .https = "http://p.example:1" }, "https://[::1]/", NULL },
};

static void test_choices(void)
{
	for (size_t i = 0; i < array_size(choices); i++) {
		autourl struct url url = URL_INIT;
		autoproxy struct proxy proxy = PROXY_INIT;
		struct error err = { 0 };

		url_parse_allowing(choices[i].url, "a.example", &url, NULL);
		ok(proxy_choose(&choices[i].rules, &url, &proxy, &err) == 0, choices[i].url);
		is_str(proxy.address, choices[i].wanted, "... through that proxy");
	}
}

static void test_login(void)
{
	static const struct proxy_rules with_login = { .https = "http://me:se%40cret@p.example:1" };
	static const char *const bad[] = { "ftp://me:secret@p.example", "http://me:secret@",
					   "me:secret@p.example:x", "me:secret@ x" };
	autourl struct url url = URL_INIT;
	autoproxy struct proxy proxy = PROXY_INIT;

	url_parse("https://a.example/", &url, NULL);
	ok(proxy_choose(&with_login, &url, &proxy, NULL) == 0, "a proxy may want a login");
	is_str(proxy.address, "http://p.example:1", "... which is not in its address");
	is_str(proxy.user, "me", "... the user");
	is_str(proxy.password, "se@cret", "... and the password, decoded");
	for (size_t i = 0; i < array_size(bad); i++) {
		const struct proxy_rules rules = { .https = bad[i] };
		autoproxy struct proxy none = PROXY_INIT;
		struct error err = { 0 };

		ok(proxy_choose(&rules, &url, &none, &err) < 0 && err.code == ERROR_FAILED, bad[i]);
		ok(!strstr(err.message, "secret"), "... is no proxy, and not repeated");
	}
}

static void test_environment(void)
{
	struct proxy_rules rules;

	clearenv();
	proxy_rules_from_environment(&rules);
	ok(!rules.http && !rules.https && !rules.all && !rules.except, "nothing is set");
	setenv("HTTP_PROXY", "upper", 1);
	setenv("HTTPS_PROXY", "upper", 1);
	setenv("https_proxy", "", 1);
	setenv("NO_PROXY", "upper", 1);
	setenv("no_proxy", "lower", 1);
	proxy_rules_from_environment(&rules);
	is_str(rules.https, "upper", "an empty variable counts as not set");
	is_str(rules.except, "lower", "lower case comes first");
	is_str(rules.http, "upper", "HTTP_PROXY is read");
	setenv("REQUEST_METHOD", "GET", 1);
	proxy_rules_from_environment(&rules);
	is_str(rules.http, NULL, "... but not by a CGI program");
}

int main(void)
{
	test_exceptions();
	test_choices();
	test_login();
	test_environment();
	return done_testing();
}
