/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUT_MAX 100000
#define BIG (4U << 20) /* bytes: many times what a pipe holds */

#define NO_STATUS (-1)

static const struct {
	const char *title;
	const char *script;
	const char *in;
	unsigned timeout_ms;
	int status;
	const char *out;
	int code; /* of the error, with NO_STATUS */
	const char *message;
} exchanges[] = {
	{ "a program that says nothing", "exit 0", NULL, 0, 0, "" },
	{ "an answer", "echo yes", NULL, 0, 0, "yes\n" },
	{ "a question and its answer", "sed s/who/me/", "who?\n", 5000, 0, "me?\n" },
	{ "a program that fails", "echo no; exit 3", NULL, 0, 3, "no\n" },
	{ "a program killed by a signal", "echo half; kill -KILL $$", NULL, 0, 137, "half\n" },
	{ "a program that leaves its stdin unread", "exec true", "question", 0, 0, "" },
	{ "a program that closes stdout and goes on", "exec >&-; sleep 0.1; exit 4", NULL, 0, 4,
	  "" },
	{ "a program whose child holds stdout", "sleep 60 & echo $! done", NULL, 5000, 0, NULL },
	{ "signals that are blocked here end it", "kill -TERM $$", NULL, 0, 143, "" },
	{ "signals that are ignored here end it", "kill -PIPE $$", NULL, 0, 141, "" },
	{ "a program that takes too long", "echo start; exec sleep 60", NULL, 200, NO_STATUS, NULL,
	  ERROR_TEMPORARY, "/bin/sh: it took longer than 200 ms" },
	{ "a program that takes too long with stdout closed", "exec sleep 60 >&-", NULL, 200,
	  NO_STATUS, NULL, ERROR_TEMPORARY, "/bin/sh: it took longer than 200 ms" },
	{ "a program that never stops writing", "exec cat /dev/zero", NULL, 0, NO_STATUS, NULL,
	  ERROR_FAILED, "/bin/sh: its output is longer than 100000 bytes" },
};

static void test_exchanges(void)
{
	for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++) {
		char *argv[] = { (char[]) { "sh" }, (char[]) { "-c" }, (char *)exchanges[i].script,
				 NULL };
		const char *in = exchanges[i].in;
		struct process_exchange x = { .path = "/bin/sh",
					      .argv = argv,
					      .in = in,
					      .in_len = in ? strlen(in) : 0,
					      .out_max = OUT_MAX,
					      .timeout_ms = exchanges[i].timeout_ms };
		autostr struct str out = STR_INIT;
		struct error err = { 0 };
		int64_t start = clock_monotonic_ms();
		int status = process_exchange(&x, &out, &err);

		is_int(status, exchanges[i].status, exchanges[i].title);
		if (exchanges[i].out)
			is_str(out.data, exchanges[i].out, "... with its output");
		if (exchanges[i].message)
			is_str(err.message, exchanges[i].message, "... and the error says so");
		is_int(err.code, exchanges[i].code, "... and of which kind it is");
		ok(clock_monotonic_ms() - start < 4000, "... soon");
		ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "... and no child is left");
		if (strstr(exchanges[i].script, "$!"))
			kill((pid_t)strtol(out.data, NULL, 10), SIGKILL);
	}
}

static void test_big(void)
{
	char *cat[] = { (char[]) { "/bin/cat" }, NULL };
	char *nothing[] = { (char[]) { "/bin/true" }, NULL };
	autofree char *in = xmalloc(BIG);
	autostr struct str out = STR_INIT;
	struct process_exchange x = { .argv = cat, .in = in, .in_len = BIG, .out_max = BIG };

	memset(in, 'x', BIG);
	str_append(&out, "before ");
	is_int(process_exchange(&x, &out, NULL), 0, "much goes in and comes out");
	ok(out.len == BIG + 7 && memcmp(out.data, "before ", 7) == 0 &&
		   memcmp(out.data + 7, in, BIG) == 0,
	   "... whole, behind what was there, up to the limit itself");
	str_clear(&out);
	x.out_max = BIG - 1;
	is_int(process_exchange(&x, &out, NULL), -1, "... and is refused one byte above it");
	x.argv = nothing;
	str_clear(&out);
	is_int(process_exchange(&x, &out, NULL), 0, "much that is not read does no harm");
}

/* sh -c SCRIPT, by an exchange of which the rest is set. */
static int exchange_script(struct process_exchange x, const char *script, struct str *out,
			   struct error *err)
{
	char *argv[] = { (char[]) { "sh" }, (char[]) { "-c" }, (char *)(uintptr_t)script, NULL };

	x.path = "/bin/sh";
	x.argv = argv;
	return process_exchange(&x, out, err);
}

static void test_output(void)
{
	autostr struct str tail = STR_INIT;
	struct process_exchange x = { .tail = &tail };
	struct error err = { 0 };

	str_append(&tail, "before ");
	is_int(exchange_script(x, "echo no >&2; exit 3", NULL, &err), 3, "stderr is read");
	is_str(tail.data, "before no\n", "... behind what was there");
	str_clear(&tail);
	is_int(exchange_script(x, "head -c 10000000 /dev/zero; echo end >&2", NULL, &err), 0,
	       "stdout that nobody wants may be long");
	is_str(tail.data, "end\n", "... beside stderr");
	str_clear(&tail);
	exchange_script(x, "yes 1234567 | head -c 1000000 >&2; echo end >&2", NULL, &err);
	is_int((long)tail.len, PROCESS_TAIL_MAX, "of a long stderr the end is kept");
	is_str(tail.data + tail.len - 8, "567\nend\n", "... which is its end");
	str_clear(&tail);
	x.timeout_ms = 200;
	is_int(exchange_script(x, "exec cat /dev/zero", NULL, &err), -1,
	       "a program that never stops writing has its time");
	is_str(err.message, "/bin/sh: it took longer than 200 ms", "... which ends");
	is_int(exchange_script(x, "exec cat /dev/zero >&2", NULL, &err), -1, "... on stderr too");
}

static void test_group(void)
{
	struct process_exchange x = { .out_max = OUT_MAX, .timeout_ms = 200, .leads_group = true };
	const char *script = "sleep 60 & echo $!; wait";
	autostr struct str out = STR_INIT;
	pid_t child;

	is_int(exchange_script(x, script, &out, NULL), -1, "a program that takes too long");
	child = (pid_t)strtol(out.data, NULL, 10);
	for (int i = 0; i < 100 && kill(child, 0) == 0; i++)
		usleep(20000);
	ok(child > 0 && kill(child, 0) < 0 && errno == ESRCH, "... is killed with its group");
	str_clear(&out);
	is_int(exchange_script(x, "ps -o pgid= -p $$; echo $$", &out, NULL), 0, "a leader");
	ok(strtol(out.data, NULL, 10) == strtol(strchr(out.data, '\n'), NULL, 10),
	   "... leads its group");
}

static void test_stop(void)
{
	int64_t start = clock_monotonic_ms();
	struct error err = { 0 };
	int ends[2];

	is_int(pipe2(ends, O_CLOEXEC), 0, "a pipe");
	struct process_exchange x = { .stop = &ends[0] };
	is_int(exchange_script(x, "exit 5", NULL, &err), 5, "nothing stops a program");
	close(ends[1]);
	is_int(exchange_script(x, "exec sleep 60", NULL, &err), -1, "the end of a pipe stops it");
	is_str(err.message, "/bin/sh: it was stopped", "... and the error says so");
	ok(clock_monotonic_ms() - start < 4000, "... soon");
	close(ends[0]);
}

static void test_surroundings(void)
{
	char *list[] = { (char[]) { "/bin/ls" }, (char[]) { "/proc/self/fd" }, NULL };
	char *env[] = { (char[]) { "/usr/bin/env" }, NULL };
	char *missing[] = { (char[]) { "/nonexistent/program" }, NULL };
	char *variables[] = { (char[]) { "A=1" }, NULL };
	autostr struct str out = STR_INIT;
	struct process_exchange x = { .argv = list, .out_max = OUT_MAX };
	struct error err = { 0 };

	process_exchange(&x, &out, NULL);
	is_str(out.data, "0\n1\n2\n3\n", "it has no descriptors of ours (3 is its own)");
	str_clear(&out);
	x = (struct process_exchange) { .argv = env, .env = variables, .out_max = OUT_MAX };
	process_exchange(&x, &out, NULL);
	is_str(out.data, "A=1\n", "its environment is what it is given");
	x = (struct process_exchange) { .argv = missing, .out_max = OUT_MAX };
	is_int(process_exchange(&x, &out, &err), -1, "a program that is missing is an error");
	ok(error_is(&err, ERROR_NOT_FOUND) && error_mentions(&err, "/nonexistent/program"),
	   "... and named");
}

static int leave_mark(void *data, struct error *err)
{
	*(int *)data = 1;
	setenv("CTNR_TEST_MARK", "1", 1);
	return *(int *)data ? 0 : error_set(err, ERROR_FAILED, "impossible");
}

static int fail_inside(void *data, struct error *err)
{
	error_set(err, ERROR_VERIFY, "no %s", (const char *)data);
	return error_hint(err, "try again");
}

static int die_inside(void *data, struct error *err)
{
	(void)data;
	(void)err;
	raise(SIGKILL);
	return 0;
}

static void test_calls(void)
{
	struct error err = { 0 };
	int mark = 0;

	is_int(process_call(leave_mark, &mark, &err), 0, "work is done in a child");
	ok(mark == 0 && !getenv("CTNR_TEST_MARK"), "... which changes nothing here");
	is_int(process_call(fail_inside, (char[]) { "luck" }, &err), -1, "its failure comes back");
	ok(error_is(&err, ERROR_VERIFY) && strcmp(err.message, "no luck") == 0 &&
		   strcmp(err.hint, "try again") == 0,
	   "... with all that was said");
	is_int(process_call(die_inside, NULL, &err), -1, "a child that is killed is a failure");
	is_str(err.message, "the child process ended with status 137", "... that is told");
}

int main(void)
{
	sigset_t blocked;

	/* As a tool that passes signals on has it. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* What our own caller left open is not the exchange's fault. */
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	test_exchanges();
	test_big();
	test_output();
	test_group();
	test_stop();
	test_surroundings();
	test_calls();
	return done_testing();
}
