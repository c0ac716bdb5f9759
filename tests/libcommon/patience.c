/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "net/patience.h"

/* What the default of ctnr-fetch is. */
#define USUAL \
	{ \
		.silence = 30000, .rate = 1024, .window = 30000 \
	}

/* A server that lets wait for so many milliseconds, and then sends so many bytes, again and again. */
struct server {
	const char *title;
	struct patience_rules rules;
	enum patience_phase phase;
	int64_t pause;
	uint64_t bytes;
	uint64_t wanted; /* milliseconds after which it is given up; 0: it is not, in three hours */
	const char *why;
};

static const struct server servers[] = {
	{ "2 bytes a second", USUAL, PATIENCE_BODY, 500, 1, 30000, "only 60 bytes came in 30 s" },
	{ "1 byte in 29 seconds", USUAL, PATIENCE_BODY, 29000, 1, 30000, "only 1 bytes" },
	{ "a byte less than the rate", USUAL, PATIENCE_BODY, 1000, 1023, 30000, "at least 1024" },
	{ "the rate", USUAL, PATIENCE_BODY, 1000, 1024, 0, NULL },
	{ "the rate, all at the end of each window", USUAL, PATIENCE_BODY, 29000, 40960, 0, NULL },
	{ "a fast server", USUAL, PATIENCE_BODY, 0, 131072, 0, NULL },
	{ "nothing", USUAL, PATIENCE_BODY, 1000, 0, 30000, "nothing came in 30 seconds" },
	{ "2 bytes a second, and no rate is asked for",
	  { .silence = 30000 },
	  PATIENCE_BODY,
	  500,
	  1,
	  0,
	  NULL },
	{ "nothing, and no rate is asked for",
	  { .silence = 30000 },
	  PATIENCE_BODY,
	  500,
	  0,
	  30000,
	  "nothing came" },
	{ "a body that is taken at 2 bytes a second", USUAL, PATIENCE_SEND, 500, 1, 30000,
	  "only 60 bytes went in 30 s" },
	{ "a body that nobody takes", USUAL, PATIENCE_SEND, 1000, 0, 30000,
	  "nothing was taken in 30 seconds" },
	{ "a body that is taken at the rate", USUAL, PATIENCE_SEND, 1000, 1024, 0, NULL },
	{ "a head that is worked for",
	  { .silence = 30000, .answer = 90000 },
	  PATIENCE_HEAD,
	  500,
	  0,
	  90000,
	  "no answer in 90 seconds" },
	{ "a head for which less is allowed than for all",
	  { .silence = 30000, .answer = 10000 },
	  PATIENCE_HEAD,
	  500,
	  0,
	  30000,
	  "no answer in 30 seconds" },
	{ "a connection, where the head may be worked for",
	  { .silence = 30000, .answer = 90000 },
	  PATIENCE_CONNECT,
	  500,
	  0,
	  30000,
	  "no connection in 30 seconds" },
	{ "a window of its own",
	  { .silence = 30000, .rate = 1, .window = 5000 },
	  PATIENCE_BODY,
	  4000,
	  3,
	  5000,
	  "only 3 bytes came in 5 seconds" },
	{ "a head that drips", USUAL, PATIENCE_HEAD, 500, 0, 30000, "no answer in 30 seconds" },
	{ "a connection that does not come", USUAL, PATIENCE_CONNECT, 500, 0, 30000,
	  "no connection in 30 seconds" },
	{ "a total limit, though everything flows",
	  { .silence = 30000, .total = 60000 },
	  PATIENCE_BODY,
	  100,
	  4096,
	  60000,
	  "not there after 60 seconds" },
};

/* Look as often as a caller does: whenever bytes come, and every second. */
static void serve(const struct server *server)
{
	struct patience patience = { .rules = &server->rules };
	struct error err = { 0 };
	uint64_t now = 0;
	uint64_t given_up = 0;
	int64_t left = server->pause;

	patience_enter(&patience, PATIENCE_CONNECT);
	patience_enter(&patience, server->phase);
	for (int steps = 0; steps < 200000 && now < 10800000 && !given_up; steps++) {
		int64_t step = left < PATIENCE_WAIT_MAX ? left : PATIENCE_WAIT_MAX;

		patience_wait(&patience, 7, 7 + step);
		now += (uint64_t)step;
		left -= step;
		if (left == 0) {
			patience_count(&patience, server->bytes);
			left = server->pause;
		}
		if (patience_check(&patience, &err) < 0)
			given_up = now;
	}
	is_int((intmax_t)given_up, (intmax_t)server->wanted, server->title);
	if (server->why && !ok(strstr(err.message, server->why) != NULL, "... and says why"))
		printf("# %s\n", err.message);
	if (server->wanted)
		is_int(err.code, ERROR_TEMPORARY, "... and may be tried again");
}

static void test_own_pauses(void)
{
	static const struct patience_rules usual = USUAL;
	struct patience patience = { .rules = &usual };

	patience_enter(&patience, PATIENCE_CONNECT);
	patience_wait(&patience, 0, 3600000);
	ok(patience_check(&patience, NULL) == 0,
	   "an hour in which this process stood still is one step");
	ok(patience_was_stopped(&patience),
	   "... and libcurl's own limit for connecting counts no more");
	for (int i = 0; i < 20; i++)
		patience_wait(&patience, 0, 1000);
	ok(!patience_was_stopped(&patience), "... but it does when the server had its time");
	patience_wait(&patience, 5000, 0);
	is_int((intmax_t)patience.silence, 21000, "a clock that goes back counts nothing");
	patience_enter(&patience, PATIENCE_HEAD);
	is_int((intmax_t)patience.silence, 0, "each phase has its own time");
	patience_wait(&patience, 0, 1000);
	patience_enter(&patience, PATIENCE_HEAD);
	is_int((intmax_t)patience.silence, 1000, "... which is not given twice");
	patience_enter(&patience, PATIENCE_CONNECT);
	is_int((intmax_t)patience.silence, 0, "... but a new request has it again");
	is_int((intmax_t)patience.total, 22000, "... while the total goes on");
}

int main(void)
{
	for (size_t i = 0; i < array_size(servers); i++)
		serve(&servers[i]);
	test_own_pauses();
	return done_testing();
}
