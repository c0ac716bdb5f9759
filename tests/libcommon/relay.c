/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from one descriptor to another. */
#include "tap.h"

#include "base/cleanup.h"
#include "system/fd.h"
#include "system/relay.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static struct relay relay = RELAY_INIT;
static int writer, reader; /* the far ends of its two pipes */

static void open_pipes(void)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(out, O_CLOEXEC | O_NONBLOCK) < 0)
		exit(1);
	relay_release(&relay);
	relay_open(&relay, in[0], out[1]);
	relay.discards = false;
	relay.failure = 0;
	writer = in[1];
	reader = out[0];
}

static void write_text(const char *text)
{
	if (fd_write_all(writer, text, strlen(text)) < 0)
		exit(1);
}

/* One turn of a poll loop. */
static void turn(void)
{
	struct pollfd fds[RELAY_POLLS];

	relay_prepare(&relay, fds);
	if (poll(fds, RELAY_POLLS, 0) > 0)
		relay_move(&relay, fds);
}

/* What came out, up to now. */
static const char *take_text(void)
{
	static char text[64];
	ssize_t n = read(reader, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void test_ends(void)
{
	open_pipes();
	turn();
	ok(sizeof(relay) <= 128 && !relay.data,
	   "a relay that has passed nothing on has no buffer, which each start would clear and copy");
	write_text("abc");
	turn();
	is_str(take_text(), "abc", "bytes are passed on");
	ok(relay.last == 'c', "... and the last is known");
	fd_close(&writer);
	turn();
	ok(relay.from < 0 && relay.to < 0, "the end of the source is the end of the target");

	open_pipes();
	fd_close(&reader);
	write_text("abc");
	turn();
	ok(relay.from < 0 && relay.failure == EPIPE, "a target that fails closes the source");
	fd_close(&writer);

	open_pipes();
	relay.discards = true;
	fd_close(&reader);
	write_text("abc");
	turn();
	write_text("def");
	turn();
	ok(relay.from >= 0 && relay_is_empty(&relay), "... unless the relay discards");
	fd_close(&writer);
}

static void test_slow_reader(void)
{
	static const char block[4096];
	size_t written = 0;

	open_pipes();
	for (int i = 0; i < 200; i++) {
		if (write(writer, block, sizeof(block)) == sizeof(block))
			written++;
		turn();
	}
	ok(!relay_is_empty(&relay) && written < 200, "a reader that is slow slows down the writer");
	fd_close(&writer);
	fd_close(&reader);
}

static void test_finish(void)
{
	open_pipes();
	write_text("before");
	relay_finish(&relay);
	write_text("after");
	ok(relay_has_rest(&relay), "there is a rest");
	turn();
	is_str(take_text(), "before", "the rest is what was there when the writer ended");
	ok(!relay_has_rest(&relay) && relay.from < 0, "... and no more");
	fd_close(&writer);
	fd_close(&reader);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_ends();
	test_slow_reader();
	test_finish();
	relay_release(&relay);
	ok(!relay.data, "a relay that is released has none any more");
	return done_testing();
}
