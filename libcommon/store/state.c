/* SPDX-License-Identifier: Apache-2.0 */
#include "store/state.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/runtime.h"
#include "store/run_dir.h"
#include "store/state_json.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/path.h"
#include "system/process_mark.h"
#include "system/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FILE "state.json"

/* Bytes of state.json, which has the annotations of config.json and a little more. */
#define STATE_MAX (RUNTIME_CONFIG_MAX + (64U << 10))

#define CLAIM_TRIES 16
#define RECLAIM_MAX 64 /* directories looked at each time */
#define ID_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789_+.-"

const char *const state_status_names[] = { "creating", "created", "running", "stopped", NULL };

bool state_id_is_valid(const char *id)
{
	size_t len = strspn(id, ID_CHARACTERS);

	return len > 0 && len <= STATE_ID_MAX && id[len] == '\0' && strcmp(id, ".") != 0 &&
	       strcmp(id, "..") != 0;
}

static int missing_error(const char *id, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "'%s': container does not exist", id);
}

int state_busy_error(const char *id, struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
			 "container '%s' is being created, updated or removed by another command",
			 id);
}

int state_root_open(const char *run_dir, const struct store *store, struct state_root *ret,
		    struct error *err)
{
	autofree char *path = NULL;
	autoclose int run = run_dir_open(run_dir, store, &path, err);
	int fd;

	if (run < 0)
		return -1;
	if (dir_make_own_at(run, "exec", 0700, err) < 0)
		return error_prefix(err, "%s", path);
	fd = openat(run, "exec", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_errno(err, "cannot open '%s/exec'", path);
	*ret = (struct state_root) { xasprintf("%s/exec", path), fd };
	return 0;
}

/* The states name processes that are killed: nobody else may write there. */
static int check_states_owner(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", path);
	if (st.st_uid == geteuid() && !(st.st_mode & 022))
		return 0;
	return error_set(err, ERROR_FAILED, "others can write to '%s', the directory of states",
			 path);
}

int state_root_open_at(const char *path, struct state_root *ret, struct error *err)
{
	autofree char *absolute = path_absolute(path, err);
	autoclose int fd = -EBADF;

	if (!absolute || json_check_text(absolute, err) < 0 ||
	    dir_make_own_at(AT_FDCWD, absolute, 0700, err) < 0)
		return -1;
	fd = open(absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open directory '%s'", absolute);
	if (check_states_owner(fd, absolute, err) < 0)
		return -1;
	*ret = (struct state_root) { steal(&absolute), fd_steal(&fd) };
	return 0;
}

void state_root_release(struct state_root *root)
{
	if (!root)
		return;
	free(root->path);
	fd_close(&root->fd);
	*root = (struct state_root)STATE_ROOT_INIT;
}

void state_claim_release(struct state_claim *claim)
{
	if (!claim)
		return;
	free(claim->path);
	fd_close(&claim->fd);
	*claim = (struct state_claim)STATE_CLAIM_INIT;
}

static int open_state(int root, const char *id)
{
	return openat(root, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* The directory of one state: dirfd is of it, and prefix "", or of the directory above, and prefix "ID/". */
struct state_place {
	int dirfd;
	const char *prefix;
};

#define PLACE_PATH_MAX (STATE_ID_MAX + 16) /* bytes of a file's path there */

/* The path of a file in that place, from its dirfd. */
static const char *place_path(const struct state_place *place, const char *file,
			      char path[PLACE_PATH_MAX])
{
	snprintf(path, PLACE_PATH_MAX, "%s%s", place->prefix, file);
	return path;
}

/* Is that the document of another program? One of ours always has a mark; a damaged one cannot be parsed. */
static bool is_foreign(const json_t *document)
{
	return json_is_object(document) && !json_is_string(json_object_get(document, "mark"));
}

/* What state.json, or what is left of it, means now. */
static void understand_state(const struct state_place *place, const json_t *document,
			     struct process_scope *scope, struct state *ret)
{
	struct jnode root = jnode_root(document, STATE_FILE);
	struct jnode mark_node = jnode_member(&root, "mark");
	struct jnode foreground_node = jnode_member(&root, "foreground");
	struct jnode hooks_node = jnode_member(&root, "hooks");
	char path[PLACE_PATH_MAX];
	const char *mark = "";

	*ret = (struct state) { .status = STATE_STOPPED, .foreground = true };
	if (jnode_string(&mark_node, &mark, NULL) < 0 ||
	    jnode_bool(&foreground_node, &ret->foreground, NULL) < 0 ||
	    jnode_bool_opt(&hooks_node, &ret->has_hooks, NULL) < 0)
		return;
	snprintf(ret->mark, sizeof(ret->mark), "%s", mark);
	if (process_mark_fate(mark, scope, &ret->pid) == PROCESS_GONE)
		return;
	ret->status = faccessat(place->dirfd, place_path(place, STATE_FIFO, path), F_OK,
				AT_SYMLINK_NOFOLLOW) == 0
			      ? STATE_CREATED
			      : STATE_RUNNING;
}

/* Returns 1, or 0 when there is no state.json, or another program's. *ret_document (may be NULL) is new: the document, or NULL
 * where it is damaged. */
static int read_document(const struct state_place *place, struct process_scope *scope,
			 struct state *ret, json_t **ret_document, struct error *err)
{
	autostr struct str text = STR_INIT;
	struct error cause = { 0 };
	char path[PLACE_PATH_MAX];

	if (file_read_at(place->dirfd, place_path(place, STATE_FILE, path), STATE_MAX, &text,
			 &cause) == 0) {
		autojson json_t *document = json_parse(text.data, text.len, STATE_FILE, NULL);

		if (is_foreign(document))
			return 0;
		understand_state(place, document, scope, ret);
		if (ret_document)
			*ret_document = steal(&document);
		return 1;
	}
	if (cause.code == ERROR_NOT_FOUND)
		return 0;
	return error_move(err, &cause);
}

static int read_state(int fd, struct process_scope *scope, struct state *ret, struct error *err)
{
	const struct state_place place = { fd, "" };

	return read_document(&place, scope, ret, NULL, err);
}

int state_read(int root, const char *id, struct state *ret, struct error *err)
{
	return state_load(root, id, NULL, ret, NULL, err);
}

/* There was no state.json: a command has just made the directory, or was killed when it had. */
static int read_unwritten(int root, const char *id, struct process_scope *scope, struct state *ret,
			  json_t **ret_document, struct error *err)
{
	autoclose int fd = open_state(root, id);
	const struct state_place place = { fd, "" };

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot open its state");
	if (lock_fd(fd, LOCK_SHARED, LOCK_TRY) < 0) {
		*ret = (struct state) { .status = STATE_CREATING };
		return 1;
	}
	/* The command that had the lock may have written state.json meanwhile. */
	return read_document(&place, scope, ret, ret_document, err);
}

int state_load(int root, const char *id, struct process_scope *scope, struct state *ret,
	       json_t **ret_document, struct error *err)
{
	char prefix[STATE_ID_MAX + 2];
	const struct state_place place = { root, prefix };
	int found = 0;

	snprintf(prefix, sizeof(prefix), "%s/", id);
	if (state_id_is_valid(id))
		found = read_document(&place, scope, ret, ret_document, err);
	if (found == 0 && state_id_is_valid(id))
		found = read_unwritten(root, id, scope, ret, ret_document, err);
	if (found == 0)
		return missing_error(id, err);
	return found < 0 ? error_prefix(err, "container '%s'", id) : 0;
}

/* Under the lock. */
static int remove_directory(int root, const char *id, int fd, struct error *err)
{
	unlinkat(fd, STATE_FILE, 0);
	unlinkat(fd, STATE_CONFIG, 0);
	unlinkat(fd, STATE_FIFO, 0);
	if (unlinkat(root, id, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return tree_remove_at(root, id, err);
}

/* Wait for the lock of an open state. */
static int lock_state(int fd)
{
	unsigned int tries = 0;

	while (lock_fd(fd, LOCK_EXCLUSIVE, LOCK_TRY) < 0)
		if (errno != EWOULDBLOCK || !lock_pause(&tries))
			return -1;
	return 0;
}

/* Is that a file that a command writes before there is a state.json? */
static bool is_early_file(int fd, const char *name)
{
	struct stat st;

	if (strcmp(name, STATE_FIFO) == 0 || strncmp(name, STATE_FILE ".", sizeof(STATE_FILE)) == 0)
		return true;
	/* The bundles of others have a config.json too, which others may read. */
	return strcmp(name, STATE_CONFIG) == 0 &&
	       fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mode & ~0600U) == S_IFREG && st.st_nlink == 1;
}

/* May that directory be removed? One that a state.json with a mark does not prove to be ours must hold nothing
 * that a command did not write: --root may name a directory that is used for other things. found: as
 * read_state() returned. */
static bool is_ours(int fd, int found, const struct state *state)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct stat st;

	if (found > 0 && state->mark[0])
		return true;
	if (fstat(fd, &st) < 0 || st.st_mode & 077 || dir_list_at(fd, ".", &names, NULL) < 0)
		return false;
	for (size_t i = 0; i < names.len; i++)
		if (!(found > 0 && strcmp(names.items[i], STATE_FILE) == 0) &&
		    !is_early_file(fd, names.items[i]))
			return false;
	return true;
}

/* Does that state belong to nobody, so that its ID is free? 1, 0, or -1. */
static int is_left_over(int fd, struct process_scope *scope, struct state *ret, struct error *err)
{
	int found = read_state(fd, scope, ret, err);

	if (found < 0 || (found > 0 && !(ret->status == STATE_STOPPED && ret->foreground)))
		return found < 0 ? -1 : 0;
	if (is_ours(fd, found, ret))
		return 1;
	return error_set(err, ERROR_FAILED,
			 "its directory holds files that are not of a container");
}

static int taken_error(const char *id, const struct state *state, struct error *err)
{
	error_set(err, ERROR_FAILED, "container '%s' already exists, and is %s", id,
		  state_status_names[state->status]);
	return error_hint(err, "choose another ID, or delete it: ctnr-exec delete %s%s",
			  state->status == STATE_STOPPED ? "" : "--force ", id);
}

int state_check_free(const struct state_root *root, const char *id, struct error *err)
{
	autoclose int fd = open_state(root->fd, id);
	struct state state;

	/* Anything unclear is for state_claim(). */
	return fd < 0 || is_left_over(fd, NULL, &state, NULL) ? 0 : taken_error(id, &state, err);
}

/* Remove the directory of that ID where it is left over, under its lock. */
static int remove_left_over(int root, const char *id, int fd, struct error *err)
{
	struct state state;
	int left_over = is_left_over(fd, NULL, &state, err);

	if (left_over < 0)
		return error_prefix(err, "container '%s'", id);
	if (left_over)
		return remove_directory(root, id, fd, err);
	return taken_error(id, &state, err);
}

/* Open the directory of an ID, and lock it. Returns 1, or 0 when there is none or it was replaced meanwhile. */
static int open_locked(const struct state_root *root, const char *id, int *ret, struct error *err)
{
	autoclose int fd = open_state(root->fd, id);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot open the state of container '%s'", id);
	if (lock_state(fd) < 0)
		return state_busy_error(id, err);
	if (!lock_is_named(fd, root->fd, id))
		return 0;
	*ret = fd_steal(&fd);
	return 1;
}

/* Takes fd. */
static void fill_claim(const struct state_root *root, const char *id, int fd,
		       struct state_claim *ret)
{
	ret->path = xasprintf("%s/%s", root->path, id);
	ret->id = ret->path + strlen(root->path) + 1;
	ret->fd = fd;
}

/* Only the process that has made the directory claims the ID; a directory that is there is looked
 * at, and removed where it is left over. */
int state_claim(const struct state_root *root, const char *id, struct state_claim *ret,
		struct error *err)
{
	for (int i = 0; i < CLAIM_TRIES; i++) {
		bool is_ours = mkdirat(root->fd, id, 0700) == 0;
		autoclose int fd = -EBADF;
		int locked;

		if (!is_ours && errno != EEXIST)
			return error_errno(err, "cannot create the state of container '%s'", id);
		locked = open_locked(root, id, &fd, err);
		if (locked < 0)
			return -1;
		if (locked == 0)
			continue;
		if (is_ours) {
			fill_claim(root, id, fd_steal(&fd), ret);
			return 0;
		}
		if (remove_left_over(root->fd, id, fd, err) < 0)
			return -1;
	}
	return error_set(err, ERROR_TEMPORARY, "cannot claim the ID '%s': others keep taking it",
			 id);
}

int state_lock(const struct state_root *root, const char *id, struct state_claim *ret,
	       struct state *ret_state, struct error *err)
{
	for (int i = 0; i < CLAIM_TRIES && state_id_is_valid(id); i++) {
		autoclose int fd = -EBADF;
		int locked = open_locked(root, id, &fd, err);
		int found;

		if (locked < 0)
			return -1;
		if (locked == 0)
			continue;
		found = read_state(fd, NULL, ret_state, err);
		if (found < 0)
			return error_prefix(err, "container '%s'", id);
		if (!is_ours(fd, found, ret_state))
			break;
		if (found == 0) {
			remove_directory(root->fd, id, fd, NULL);
			break;
		}
		fill_claim(root, id, fd_steal(&fd), ret);
		return 0;
	}
	return missing_error(id, err);
}

int state_delete(const struct state_root *root, const struct state_claim *claim, struct error *err)
{
	return remove_directory(root->fd, claim->id, claim->fd, err);
}

/* The directory is new, and nobody reads it before state.json is there. */
int state_write_config(const struct state_claim *claim, const struct str *text, struct error *err)
{
	autoclose int fd =
		openat(claim->fd, STATE_CONFIG, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, text->data, text->len) < 0)
		return error_errno(err, "cannot write '%s/%s'", claim->path, STATE_CONFIG);
	return 0;
}

/* The mark tells the status whenever somebody asks, so none is written down. */
static json_t *facts_to_json(const char *id, const struct state_facts *facts)
{
	const struct state_view view = {
		.id = id,
		.pid = facts->pid,
		.bundle = facts->bundle,
		.annotations = facts->annotations,
	};
	json_t *state = state_to_json(&view);
	char when[CLOCK_TEXT_MAX];

	json_object_del(state, "status");
	if (facts->rootfs)
		json_object_set_new(state, "rootfs", json_string(facts->rootfs));
	json_object_set_new(state, "created",
			    json_string(clock_rfc3339(clock_wall_ns() / CLOCK_NS, when)));
	json_object_set_new(state, "mark", json_string(facts->mark));
	json_object_set_new(state, "foreground", json_boolean(facts->foreground));
	if (facts->has_hooks)
		json_object_set_new(state, "hooks", json_true());
	return state;
}

int state_write(const struct state_claim *claim, const struct state_facts *facts, struct error *err)
{
	autojson json_t *state = facts_to_json(claim->id, facts);
	autofree char *text = json_format(state);

	if (file_write_at(claim->fd, STATE_FILE, text, strlen(text), 0600, FILE_NO_SYNC, err) < 0)
		return error_prefix(err, "state of container '%s'", claim->id);
	return 0;
}

bool state_is_written(const struct state_claim *claim)
{
	return faccessat(claim->fd, STATE_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void state_unlock(const struct state_claim *claim)
{
	flock(claim->fd, LOCK_UN);
}

void state_remove(const struct state_root *root, const struct state_claim *claim)
{
	if (lock_state(claim->fd) == 0 && lock_is_named(claim->fd, root->fd, claim->id))
		remove_directory(root->fd, claim->id, claim->fd, NULL);
}

static void reclaim_state(int root, const char *id, struct process_scope *scope)
{
	autoclose int fd = open_state(root, id);
	struct state state;

	/* A look first: locks are for what has ended. */
	if (fd < 0 || is_left_over(fd, scope, &state, NULL) <= 0 ||
	    lock_fd(fd, LOCK_EXCLUSIVE, LOCK_TRY) < 0 || !lock_is_named(fd, root, id))
		return;
	if (is_left_over(fd, scope, &state, NULL) > 0)
		remove_directory(root, id, fd, NULL);
}

int state_list(int root, struct strlist *ret, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (dir_list_at(root, ".", &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++)
		if (state_id_is_valid(names.items[i]))
			strlist_append(ret, names.items[i]);
	strlist_sort(ret);
	return 0;
}

void state_reclaim(int root)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct process_scope scope = { 0 };
	size_t start = 0;

	dir_list_at(root, ".", &names, NULL);
	/* Each time from another one on, so that many that live do not hide those behind them. */
	if (names.len > RECLAIM_MAX)
		start = (size_t)(clock_wall_ns() / 1000) % names.len;
	for (size_t i = 0; i < names.len && i < RECLAIM_MAX; i++) {
		const char *id = names.items[(start + i) % names.len];

		if (state_id_is_valid(id))
			reclaim_state(root, id, &scope);
	}
}
