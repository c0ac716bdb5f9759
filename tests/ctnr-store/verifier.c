/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tool's half of the protocol with its verifying worker. The worker is a script here, which keeps its
 * job and says what the test wants: it lies beside a copy of this program, where helper programs are
 * looked for.
 */
#include "check/verifier.h"
#include "tap.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIGEST "sha256:aa"
#define LAYER "layers/1/sha256/aa"

static void note_finding(void *data, const struct verifier_finding *finding)
{
	static const char *const kinds[VERIFIER_KIND_MAX] = {
		[VERIFIER_BLOB_RIGHT] = "blob right",   [VERIFIER_BLOB_MISSING] = "blob missing",
		[VERIFIER_BLOB_SIZE] = "blob size",     [VERIFIER_BLOB_DIGEST] = "blob digest",
		[VERIFIER_BLOB_READ] = "blob read",     [VERIFIER_BLOB_DIFF_ID] = "blob diff-id",
		[VERIFIER_LAYER_RIGHT] = "layer right", [VERIFIER_LAYER_DIFFERS] = "layer differs",
		[VERIFIER_LAYER_MORE] = "layer more",   [VERIFIER_LAYER_SKIPPED] = "layer skipped",
	};

	str_appendf(data, "%s: %s %s %s %s %d\n", kinds[finding->kind],
		    finding->blob ? finding->blob : "-", finding->layer ? finding->layer : "-",
		    finding->path ? finding->path : "-", finding->message ? finding->message : "-",
		    (int)finding->count);
}

static int run_verifier(const char *script, struct str *findings, struct error *err)
{
	static const char *const lowers[] = { "layers/1/sha256/bb" };
	static const struct verifier_layer layer = { LAYER, "sha256:cc", lowers, 1 };
	static const struct verifier_blob blobs[] = { { DIGEST, 12, &layer, 1 },
						      { "sha256:dd", 3, NULL, 0 } };
	static const struct verifier_job job = { "/store", "/store/images", true, blobs, 2 };
	autofree char *text = xasprintf("#!/bin/sh\ncat >job\n%s\n", script);
	int fd = open("ctnr-store-verify", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
	return verifier_run(&job, note_finding, findings, err);
}

static void says(const char *lines, const char *wanted, const char *title)
{
	autofree char *script = xasprintf("cat <<'END'\n%s\nEND", lines);
	autostr struct str findings = STR_INIT;
	struct error err = { 0 };
	int result = run_verifier(script, &findings, &err);

	ok(result == 0, title);
	is_str(err.message, "", "... without an error");
	is_str(findings.data, wanted, "... and is understood");
}

static void fails_with(const char *script, const char *message, const char *title)
{
	autostr struct str findings = STR_INIT;
	struct error err = { 0 };

	ok(run_verifier(script, &findings, &err) < 0, title);
	is_str(err.message, message, "... and it is said why");
}

static void test_lines(void)
{
	autostr struct str job = STR_INIT;

	says("{\"blob\":\"" DIGEST "\",\"bytes\":12}", "blob right: " DIGEST " - - - 12\n",
	     "a blob that is right");
	file_read_at(AT_FDCWD, "job", 4096, &job, NULL);
	is_str(job.data,
	       "{\"store\":\"/store\",\"layout\":\"/store/images\",\"deep\":true,\"blobs\":["
	       "{\"digest\":\"" DIGEST "\",\"size\":12,\"layers\":[{\"path\":\"" LAYER
	       "\",\"diffId\":\"sha256:cc\",\"lowers\":[\"layers/1/sha256/bb\"]}]},"
	       "{\"digest\":\"sha256:dd\",\"size\":3}]}",
	       "the worker gets the job");
	says("{\"blob\":\"b\",\"error\":\"e\",\"kind\":\"missing\"}\n"
	     "{\"blob\":\"b\",\"error\":\"e\",\"kind\":\"size\"}\n"
	     "{\"blob\":\"b\",\"error\":\"e\",\"kind\":\"digest\"}\n"
	     "{\"blob\":\"b\",\"error\":\"e\",\"kind\":\"read\"}\n"
	     "{\"blob\":\"b\",\"error\":\"e\",\"kind\":\"diff-id\"}",
	     "blob missing: b - - e 0\nblob size: b - - e 0\nblob digest: b - - e 0\n"
	     "blob read: b - - e 0\nblob diff-id: b - - e 0\n",
	     "each kind of fault of a blob");
	says("{\"layer\":\"l\",\"path\":\"a\",\"error\":\"e\"}\n{\"layer\":\"l\",\"more\":7}\n"
	     "{\"layer\":\"l\",\"skipped\":\"s\"}\n{\"layer\":\"l\"}",
	     "layer differs: - l a e 0\nlayer more: - l - - 7\nlayer skipped: - l - s 0\n"
	     "layer right: - l - - 0\n",
	     "what is said of layers");
}

static void test_failures(void)
{
	fails_with("echo '{\"failed\":\"no space\"}'; exit 1", "no space", "a worker that failed");
	fails_with("exit 3", "the verifying worker failed with status 3", "one that says nothing");
	fails_with("kill -KILL $$", "the verifying worker failed with status 137",
		   "one that is killed");
	fails_with("echo '{}'",
		   "verifying worker: line of the worker: is about neither a blob nor a layer",
		   "a line about nothing");
	fails_with("head -c 200000 /dev/zero | tr '\\0' x", "verifying worker: a line is too long",
		   "a line without an end");
}

/* SIGTERM for the tool, while the worker is at work, ends both. */
static void test_interrupt(void)
{
	autostr struct str findings = STR_INIT;
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct error err = { 0 };

		run_verifier("echo $$ >pid; kill -TERM $PPID; exec sleep 2", &findings, &err);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	   "a signal that comes while the worker works ends the tool");
}

/* Become a copy of this program in a directory of its own, where the worker can be put. */
static void run_copy(void)
{
	char dir[] = "/tmp/ctnr-verifier.XXXXXX";
	autofree char *path = NULL;
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to;

	if (!mkdtemp(dir) || chdir(dir) < 0)
		abort();
	to = open("verifier", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	while (sendfile(to, from, NULL, 1U << 20) > 0)
		;
	close(to);
	path = xasprintf("%s/verifier", dir);
	execl(path, path, dir, NULL);
	abort();
}

int main(int argc, char **argv)
{
	if (argc == 1)
		run_copy();
	test_lines();
	test_failures();
	test_interrupt();
	if (chdir("/") < 0 || tree_remove_at(AT_FDCWD, argv[1], NULL) < 0)
		abort();
	return done_testing();
}
