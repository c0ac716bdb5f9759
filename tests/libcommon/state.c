/* SPDX-License-Identifier: Apache-2.0 */
/* States of containers: what they do is told by a mark, whoever holds a lock. */
#include "tap.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "oci/runtime.h"
#include "store/state.h"
#include "system/fd.h"
#include "system/process_mark.h"
#include "system/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;
static char top[] = "/tmp/ctnr-state.XXXXXX";
static struct state_root root = STATE_ROOT_INIT;

static bool is_there(const char *path)
{
	return faccessat(root.fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Claim an ID, write its state with that mark, and let go of all of it. */
static void write_state(const char *id, const char *mark, bool foreground)
{
	struct state_claim claim = STATE_CLAIM_INIT;
	struct state_facts facts = {
		.mark = mark, .pid = 1, .bundle = "/b", .foreground = foreground
	};

	if (state_claim(&root, id, &claim, &err) < 0 || state_write(&claim, &facts, &err) < 0)
		printf("# %s\n", err.message);
	state_claim_release(&claim);
}

/* Write state.json as it is given, without any of the module's help. */
static void write_text(const char *id, const char *text)
{
	autofree char *path = xasprintf("%s/state.json", id);

	mkdirat(root.fd, id, 0700);
	if (file_write_at(root.fd, path, text, strlen(text), 0600, FILE_NO_SYNC, &err) < 0)
		printf("# %s\n", err.message);
}

static void is_status(const char *id, enum state_status wanted, pid_t pid, const char *title)
{
	struct state state = { .status = STATE_STATUS_MAX, .pid = -1 };
	bool found = state_read(root.fd, id, &state, &err) == 0;

	is_str(found ? state_status_names[state.status] : err.message, state_status_names[wanted],
	       title);
	is_int(state.pid, pid, "... and its pid");
}

static bool is_absent(const char *id)
{
	struct state state;

	err = (struct error) { 0 };
	return state_read(root.fd, id, &state, &err) < 0 && err.code == ERROR_NOT_FOUND;
}

static void is_not_claimed(const char *id, const char *message, const char *title)
{
	struct state_claim claim = STATE_CLAIM_INIT;

	err = (struct error) { 0 };
	ok(state_claim(&root, id, &claim, &err) < 0, title);
	is_str(err.message, message, "... and the message says why");
	state_claim_release(&claim);
}

static void is_claimed(const char *id, const char *title)
{
	struct state_claim claim = STATE_CLAIM_INIT;

	ok(state_claim(&root, id, &claim, &err) == 0, title);
	state_remove(&root, &claim);
	state_claim_release(&claim);
	ok(!is_there(id), "... and removed");
}

static void test_ids(void)
{
	static const struct {
		const char *id;
		bool valid;
	} table[] = {
		{ "a", true },         { "web_1.x-2+3", true }, { "...", true },
		{ ".hidden", true },   { "-x", true },          { "0", true },
		{ "", false },         { ".", false },          { "..", false },
		{ "a/b", false },      { "a b", false },        { "a\n", false },
		{ "\303\274", false }, { "a:b", false },        { "../a", false },
	};
	char longest[STATE_ID_MAX + 2];

	for (size_t i = 0; i < array_size(table); i++) {
		autofree char *title =
			xasprintf("'%s' is %s ID", table[i].id, table[i].valid ? "an" : "no");

		ok(state_id_is_valid(table[i].id) == table[i].valid, title);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ok(!state_id_is_valid(longest) && state_id_is_valid(longest + 1),
	   "an ID has 255 characters at most");
	is_claimed(longest + 1, "the longest ID is claimed");
	ok(is_absent("nobody"), "there is no container that nobody made");
	ok(is_absent("../exec"), "what is no ID names no container");
}

static void test_creating(void)
{
	struct state_claim claim = STATE_CLAIM_INIT;
	autofree char *path = xasprintf("%s/run/exec/new", top);

	ok(state_claim(&root, "new", &claim, &err) == 0, "an ID is claimed");
	is_str(claim.path, path, "... its state has a path");
	is_status("new", STATE_CREATING, 0, "without state.json a locked state is being created");
	is_not_claimed("new",
		       "container 'new' is being created, updated or removed by another command",
		       "an ID that is being created is not claimed");
	is_int(err.code, ERROR_TEMPORARY, "... for now");
	state_reclaim(root.fd);
	ok(is_there("new"), "... nor reclaimed");
	state_claim_release(&claim);
	ok(is_absent("new"), "without a lock a killed command has left it");
	state_reclaim(root.fd);
	ok(!is_there("new"), "... and it is reclaimed");
	mkdirat(root.fd, "new", 0700);
	is_claimed("new", "... or its ID is taken");
}

static void test_running(void)
{
	autofree char *mark = process_mark(getpid(), &err);
	autofree char *fifo = xasprintf("live/%s", STATE_FIFO);
	int lock;

	write_state("live", mark, true);
	is_status("live", STATE_RUNNING, getpid(),
		  "a state whose mark lives runs, though nobody holds its lock");
	lock = openat(root.fd, "live", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	flock(lock, LOCK_EX);
	is_status("live", STATE_RUNNING, getpid(), "... and though somebody does");
	close(lock);
	state_reclaim(root.fd);
	ok(is_there("live/state.json"), "... it is not reclaimed");
	is_not_claimed("live", "container 'live' already exists, and is running",
		       "... its ID is not claimed");
	is_int(err.code, ERROR_FAILED, "... for good");
	mkfifoat(root.fd, fifo, 0600);
	is_status("live", STATE_CREATED, getpid(), "with its FIFO it is created");
	is_not_claimed("live", "container 'live' already exists, and is created",
		       "... its ID is not claimed either");
	tree_remove_at(root.fd, "live", NULL);
}

static void test_elsewhere(void)
{
	autofree char *mark = process_mark(getpid(), &err);
	autofree char *other = xasprintf("%s0", mark);

	write_state("away", other, true);
	is_status("away", STATE_RUNNING, 0, "a state of another pid namespace runs, without a pid");
	state_reclaim(root.fd);
	ok(is_there("away/state.json"), "... it is never reclaimed");
	is_not_claimed("away", "container 'away' already exists, and is running",
		       "... its ID is not claimed");
	tree_remove_at(root.fd, "away", NULL);
}

/* In all these cases the process has ended. */
static void ends(const char *id, const char *mark, const char *title)
{
	write_state(id, mark, false);
	is_status(id, STATE_STOPPED, 0, title);
	state_reclaim(root.fd);
	ok(is_there(id), "... it stays when it is not of a run");
	is_not_claimed(id, "container 'old' already exists, and is stopped",
		       "... its ID is not claimed");
	tree_remove_at(root.fd, id, NULL);
	write_state(id, mark, true);
	is_status(id, STATE_STOPPED, 0, "the same of a run");
	is_claimed(id, "... its ID is claimed");
	write_state(id, mark, true);
	state_reclaim(root.fd);
	ok(!is_there(id), "... or it is reclaimed");
}

static void test_stopped(void)
{
	autofree char *own = process_mark(getpid(), &err);
	autofree char *mark = NULL;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitid(P_PID, (id_t)child, NULL, WEXITED | WNOWAIT);
	mark = process_mark(child, &err);
	ends("old", mark, "a state whose process is a zombie is stopped");
	waitpid(child, NULL, 0);
	ends("old", mark, "a state whose process is gone is stopped");
	memset(strrchr(own, ' ') - 4, '_', 4);
	ends("old", own, "a state of another boot is stopped");
	ends("old", "garbage", "a state whose mark is none is stopped");
}

static void test_damage(void)
{
	static const char *const texts[] = { "", "{", "[]" };

	for (size_t i = 0; i < array_size(texts); i++) {
		autofree char *title = xasprintf("a state.json '%s' names no process", texts[i]);

		write_text("odd", texts[i]);
		is_status("odd", STATE_STOPPED, 0, title);
		is_claimed("odd", "... its ID is claimed");
	}
	write_text("odd", texts[0]);
	state_reclaim(root.fd);
	ok(!is_there("odd"), "... it is reclaimed");
	write_state("odd", "garbage", true);
	write_text("odd/deeper", texts[0]);
	state_reclaim(root.fd);
	ok(!is_there("odd"), "... with all that is in it, where the state has a mark");
}

/* A directory of states may be one that is used for other things. */
static void is_left_alone(const char *id, const char *file, const char *title)
{
	autofree char *message = xasprintf(
		"container '%s': its directory holds files that are not of a container", id);
	struct state_claim claim = STATE_CLAIM_INIT;
	struct state state;

	state_reclaim(root.fd);
	ok(is_there(file), title);
	is_not_claimed(id, message, "... its name is no ID that is free");
	ok(is_absent(id), "... it is no container");
	err = (struct error) { 0 };
	ok(state_lock(&root, id, &claim, &state, &err) < 0 && err.code == ERROR_NOT_FOUND,
	   "... not to a command that would remove it either");
	ok(is_there(file), "... all of which leave it alone");
	tree_remove_at(root.fd, id, NULL);
}

static void test_foreign(void)
{
	mkdirat(root.fd, "docs", 0700);
	write_text("docs/deeper", "");
	is_left_alone("docs", "docs/deeper/state.json", "the folder of a user is not reclaimed");
	mkdirat(root.fd, "plain", 0700);
	file_write_at(root.fd, "plain/config.json", "{}", 2, 0644, FILE_NO_SYNC, &err);
	is_left_alone("plain", "plain/config.json", "... nor a bundle");
	mkdirat(root.fd, "empty", 0755);
	is_left_alone("empty", "empty", "... nor an empty folder that others may read");
	write_text("other", "{\"id\":\"other\",\"init_process_pid\":1}");
	is_left_alone("other", "other/state.json", "... nor the state of another runtime");
	write_text("other", "{\"mark\":7,\"foreground\":true}");
	is_left_alone("other", "other/state.json", "... nor a mark that is none of ours");
	write_text("mixed", "{");
	write_text("mixed/more", "{");
	state_reclaim(root.fd);
	ok(is_there("mixed/more/state.json"), "... nor what lies beside a damaged state.json");
	tree_remove_at(root.fd, "mixed", NULL);
}

/* A container whose ID was taken by another between its end and its cleaning up. */
static void test_taken_over(void)
{
	struct state_claim first = STATE_CLAIM_INIT;
	struct state_facts ended = {
		.mark = "garbage", .pid = 1, .bundle = "/b", .foreground = true
	};
	autofree char *mark = process_mark(getpid(), &err);

	ok(state_claim(&root, "id", &first, &err) == 0, "a container has an ID");
	is_int(state_write(&first, &ended, &err), 0, "... and ends");
	state_unlock(&first);
	write_state("id", mark, true);
	is_status("id", STATE_RUNNING, getpid(), "another takes the ID");
	state_remove(&root, &first);
	is_status("id", STATE_RUNNING, getpid(), "... and the first leaves its state alone");
	state_claim_release(&first);
	tree_remove_at(root.fd, "id", NULL);
}

static void test_content(void)
{
	autofree char *mark = process_mark(getpid(), &err);
	autojson json_t *annotations = json_pack("{s:s}", "a", "b");
	struct state_claim claim = STATE_CLAIM_INIT;
	struct state_facts facts = {
		mark, getpid(), "/some/bundle", "/some/root", annotations, true
	};
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;

	state_claim(&root, "full", &claim, &err);
	is_int(state_write(&claim, &facts, &err), 0, "a state is written");
	file_read_at(claim.fd, "state.json", 4096, &text, &err);
	document = json_parse(text.data, text.len, "state.json", &err);
	is_str(json_string_value(json_object_get(document, "id")), "full", "... with its ID");
	is_str(json_string_value(json_object_get(document, "bundle")), "/some/bundle",
	       "... the bundle");
	is_int(json_integer_value(json_object_get(document, "pid")), getpid(), "... the pid");
	ok(json_equal(json_object_get(document, "annotations"), annotations),
	   "... the annotations");
	ok(!json_object_get(document, "status"), "... and no status, which would soon be wrong");
	state_remove(&root, &claim);
	ok(!is_there("full"), "... it is removed");
	state_claim_release(&claim);
}

/* The annotations of the longest config.json there may be. */
static void test_longest(void)
{
	struct state_claim claim = STATE_CLAIM_INIT;
	autofree char *mark = process_mark(getpid(), &err);
	autofree char *value = xmalloc(RUNTIME_CONFIG_MAX);
	autojson json_t *annotations = json_object();
	struct state_facts facts = { .mark = mark, .bundle = "/b", .annotations = annotations };

	memset(value, 'a', RUNTIME_CONFIG_MAX);
	value[RUNTIME_CONFIG_MAX - 100] = '\0';
	json_object_set_new(annotations, "long", json_string(value));
	ok(state_claim(&root, "long", &claim, &err) == 0 && state_write(&claim, &facts, &err) == 0,
	   "the longest annotations are written");
	is_status("long", STATE_RUNNING, getpid(), "... and read");
	state_remove(&root, &claim);
	state_claim_release(&claim);
}

/* Each call looks at a limited number of states: the living ones must not hide the others. */
static void test_many(void)
{
	autofree char *mark = process_mark(getpid(), &err);
	int left = 10;

	for (int i = 0; i < 200; i++) {
		autofree char *id = xasprintf("many%d", i);

		write_state(id, mark, true);
	}
	for (int i = 0; i < 200; i += 20) {
		autofree char *id = xasprintf("many%d", i);

		write_text(id, "{");
	}
	for (int tries = 0; tries < 200 && left > 0; tries++) {
		state_reclaim(root.fd);
		left = 0;
		for (int i = 0; i < 200; i += 20) {
			autofree char *id = xasprintf("many%d", i);

			left += is_there(id);
		}
	}
	is_int(left, 0, "among many living states each that a killed run left is reclaimed");
	ok(is_there("many1") && is_there("many199"), "... and no other");
}

int main(void)
{
	autofree char *run_dir = NULL;

	if (!mkdtemp(top))
		return EXIT_FAILURE;
	run_dir = xasprintf("%s/run", top);
	ok(state_root_open(run_dir, NULL, &root, &err) == 0, "the directory of states is made");
	test_ids();
	test_creating();
	test_running();
	test_elsewhere();
	test_stopped();
	test_damage();
	test_foreign();
	test_taken_over();
	test_content();
	test_longest();
	test_many();
	state_root_release(&root);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
