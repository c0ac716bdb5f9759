/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "net/http.h"

static void host(const char *url, const char *wanted)
{
	autofree char *got = http_url_host(url);

	is_str(got, wanted, url);
}

int main(void)
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
					      "" };

	for (size_t i = 0; i < array_size(loopback); i++)
		ok(http_host_is_loopback(loopback[i]), loopback[i]);
	for (size_t i = 0; i < array_size(others); i++)
		ok(!http_host_is_loopback(others[i]), others[i][0] ? others[i] : "nothing");
	host("https://Example.ORG:5000/x", "example.org");
	host("https://[::1]:5000/", "::1");
	host("http://127.0.0.1/", "127.0.0.1");
	host("https://user:secret@example.org/", NULL);
	host("not a url", NULL);
	return done_testing();
}
