/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every order in which the steps of writers and collectors can follow each other, run on a real layout: at
 * the end nothing that a name reaches is missing, and without a name nothing stays. Actors that are killed
 * stop after any of their steps. The naive orders of a collector lose blobs in the same test.
 */
#include "collect/sweep.h"
#include "tap.h"

#include "base/alloc.h"
#include "oci/layout.h"
#include "oci/media_type.h"
#include "oci/tag.h"
#include "store/layer.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define D(c) "sha256:" c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define MANIFEST D("aa")
#define CONFIG D("bb")
#define LAYER D("cc")
#define LAYER_PATH \
	"layers/0/sha256/" \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define MANIFEST_TEXT \
	"{\"schemaVersion\":2,\"config\":{\"digest\":\"" CONFIG "\",\"size\":2},\"layers\":[]}"
#define ENTRY "{\"mediaType\":\"" MEDIA_TYPE_MANIFEST "\",\"digest\":\"" MANIFEST "\",\"size\":119}"
#define EMPTY "{\"schemaVersion\":2,\"manifests\":[]}"

static struct error err;

/* The steps of a writer, and of a collector. */
enum step {
	END,
	LEASE_MANIFEST,
	LOOK_FOR_MANIFEST, /* and make it where it is missing */
	FIND_MANIFEST, /* and give up where it is missing */
	LEASE_CONFIG,
	LOOK_FOR_CONFIG,
	SET_NAME,
	END_LEASE,
	LINK_LAYER,
	LOOK_FOR_LAYER,
	LOCK,
	READ_LEASES,
	READ_NAMES,
	READ_BUNDLES,
	READ_ALL,
	FIND,
	UNLINK, /* what was found, where it lies */
	MOVE,
	FORGET, /* the roots that were read */
	RESTORE,
	DELETE_DOCUMENTS,
	DELETE_REST,
};

#define STEPS_MAX 16

/* Steps that follow each other without anybody between them stand in one row, up to END. */
struct course {
	enum step rows[STEPS_MAX][STEPS_MAX];
};

static const struct course fetch = { {
	{ LEASE_MANIFEST },
	{ LOOK_FOR_MANIFEST },
	{ LEASE_CONFIG },
	{ LOOK_FOR_CONFIG },
	{ SET_NAME },
	{ END_LEASE },
} };

static const struct course fetch_missing = { {
	{ LEASE_MANIFEST },
	{ LOOK_FOR_MANIFEST },
	{ LEASE_CONFIG, LOOK_FOR_CONFIG },
	{ SET_NAME },
	{ END_LEASE },
} };

static const struct course quick_fetch = { {
	{ LEASE_MANIFEST, LEASE_CONFIG },
	{ LOOK_FOR_MANIFEST, LOOK_FOR_CONFIG },
	{ SET_NAME, END_LEASE },
} };

static const struct course hasty_fetch = { {
	{ LEASE_MANIFEST, LEASE_CONFIG },
	{ LOOK_FOR_MANIFEST, LOOK_FOR_CONFIG, SET_NAME, END_LEASE },
} };

static const struct course tag = { {
	{ LEASE_MANIFEST },
	{ FIND_MANIFEST },
	{ SET_NAME },
	{ END_LEASE },
} };

static const struct course unpack = { {
	{ LINK_LAYER },
	{ LOOK_FOR_LAYER },
} };

/* The order that sweep_run() and roots_read() have. */
static const struct course collect = { {
	{ LOCK, READ_LEASES },
	{ READ_NAMES, READ_BUNDLES, FIND },
	{ MOVE, FORGET },
	{ READ_LEASES },
	{ READ_NAMES, READ_BUNDLES, RESTORE },
	{ DELETE_DOCUMENTS },
	{ DELETE_REST },
} };

static const struct course unlink_at_once = { {
	{ READ_LEASES },
	{ READ_NAMES, FIND },
	{ UNLINK },
} };

static const struct course names_first = { {
	{ READ_NAMES },
	{ READ_LEASES, FIND },
	{ MOVE, FORGET },
	{ READ_NAMES },
	{ READ_LEASES, RESTORE },
	{ DELETE_DOCUMENTS },
	{ DELETE_REST },
} };

static const struct course children_first = { {
	{ READ_LEASES },
	{ READ_NAMES, FIND },
	{ MOVE, FORGET },
	{ READ_LEASES },
	{ READ_NAMES, RESTORE },
	{ DELETE_REST },
	{ DELETE_DOCUMENTS },
} };

static const struct course one_look = { {
	{ READ_LEASES },
	{ READ_NAMES, FIND },
	{ MOVE },
	{ DELETE_DOCUMENTS },
	{ DELETE_REST },
} };

/* Two collectors, one of which is slow to look again, and the other to delete. */
static const struct course slow_look = { {
	{ LOCK, READ_ALL, FIND },
	{ MOVE, FORGET },
	{ READ_ALL, RESTORE, DELETE_DOCUMENTS, DELETE_REST },
} };

static const struct course slow_deletion = { {
	{ LOCK, READ_ALL, FIND },
	{ MOVE, FORGET, READ_ALL, RESTORE },
	{ DELETE_DOCUMENTS, DELETE_REST },
} };

static const struct course slow_look_without_lock = { {
	{ READ_ALL, FIND },
	{ MOVE, FORGET },
	{ READ_ALL, RESTORE, DELETE_DOCUMENTS, DELETE_REST },
} };

static const struct course slow_deletion_without_lock = { {
	{ READ_ALL, FIND },
	{ MOVE, FORGET, READ_ALL, RESTORE },
	{ DELETE_DOCUMENTS, DELETE_REST },
} };

/* Where all of it happens. */
struct place {
	struct store store;
	struct layout layout;
	struct roots_scope roots_scope;
	struct sweep_scope sweep_scope;
	bool has_blobs; /* at first */
};

struct actor {
	const struct course *course;
	size_t n_rows; /* after which it ends, or is killed */
	struct lease lease;
	bool has_given_up;
	struct roots roots;
	struct sweep sweep;
	int lock;
};

static struct digest parsed(const char *text)
{
	struct digest digest;

	digest_parse(text, &digest, NULL);
	return digest;
}

static void write_blob(const struct place *place, const char *digest, const char *text)
{
	struct digest blob = parsed(digest);
	char path[LAYOUT_BLOB_PATH_MAX];
	int fd = openat(place->layout.dirfd, layout_blob_path(&blob, path), O_WRONLY | O_CREAT,
			0600);

	if (write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

static bool has_blob(const struct place *place, const char *digest)
{
	struct digest blob = parsed(digest);

	return layout_has_blob(&place->layout, &blob, UINT64_MAX);
}

static void lease_blob(const struct place *place, struct actor *actor, const char *digest)
{
	struct digest blob = parsed(digest);

	if (actor->lease.file.fd < 0 && lease_open(place->layout.dirfd, &actor->lease, &err) < 0)
		abort();
	if (lease_add(&actor->lease, &blob, &err) < 0)
		abort();
}

static void set_name(const struct place *place)
{
	autojson json_t *json = json_parse(ENTRY, strlen(ENTRY), "entry", &err);
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	struct jnode node = jnode_root(json, "entry");

	if (descriptor_from_json(&node, &descriptor, &err) < 0 ||
	    tag_set(&place->layout, "name", &descriptor, &err) < 0)
		abort();
}

static void step_of_writer(const struct place *place, struct actor *actor, enum step step)
{
	struct digest layer = parsed(LAYER);

	switch (step) {
	case LEASE_MANIFEST:
		lease_blob(place, actor, MANIFEST);
		break;
	case LEASE_CONFIG:
		lease_blob(place, actor, CONFIG);
		break;
	case LOOK_FOR_MANIFEST:
		if (!has_blob(place, MANIFEST))
			write_blob(place, MANIFEST, MANIFEST_TEXT);
		break;
	case LOOK_FOR_CONFIG:
		if (!has_blob(place, CONFIG))
			write_blob(place, CONFIG, "{}");
		break;
	case FIND_MANIFEST:
		actor->has_given_up = !has_blob(place, MANIFEST);
		break;
	case SET_NAME:
		if (!actor->has_given_up)
			set_name(place);
		break;
	case END_LEASE:
		lease_release(&actor->lease);
		break;
	case LINK_LAYER:
		if (symlinkat("/" LAYER_PATH "/diff", place->store.dirfd, "bundles/b/lower/0") < 0)
			abort();
		break;
	case LOOK_FOR_LAYER:
		if (!layer_exists(&place->store, "0", &layer))
			dir_make_at(place->store.dirfd, LAYER_PATH "/diff", 0700, &err);
		break;
	default:
		abort();
	}
}

static void unlink_found(const struct place *place, const struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->n_objects; i++)
		unlinkat(place->layout.dirfd, sweep->objects[i].path, 0);
}

static void forget_roots(const struct place *place, struct actor *actor)
{
	roots_release(&actor->roots);
	roots_init(&actor->roots, &place->roots_scope);
}

static int step_of_collector(const struct place *place, struct actor *actor, enum step step)
{
	switch (step) {
	case READ_LEASES:
		return roots_add_leases(&actor->roots, &err);
	case READ_NAMES:
		return roots_add_names(&actor->roots, &err);
	case READ_BUNDLES:
		return roots_add_bundles(&actor->roots, &err);
	case READ_ALL:
		return roots_read(&actor->roots, &err);
	case FIND:
		return sweep_find(&actor->sweep, &actor->roots, &err);
	case UNLINK:
		unlink_found(place, &actor->sweep);
		return 0;
	case MOVE:
		return sweep_move(&actor->sweep, &err);
	case FORGET:
		forget_roots(place, actor);
		return 0;
	case RESTORE:
		sweep_restore(&actor->sweep, &actor->roots);
		return 0;
	case DELETE_DOCUMENTS:
		return sweep_delete_documents(&actor->sweep, &err);
	case DELETE_REST:
		return sweep_delete_rest(&actor->sweep, &err);
	default:
		step_of_writer(place, actor, step);
		return 0;
	}
}

/* False: somebody else has the lock, so that this order does not happen. */
static bool take_lock(const struct place *place, struct actor *actor)
{
	actor->lock = openat(place->layout.dirfd, LAYOUT_FILE, O_RDWR | O_CLOEXEC);
	return lock_fd(actor->lock, LOCK_EXCLUSIVE, LOCK_TRY) == 0;
}

static void end_actor(struct actor *actor)
{
	/* A lease that is not ended is a dead writer's. */
	fd_close(&actor->lease.file.fd);
	fd_close(&actor->lease.dirfd);
	fd_close(&actor->lock);
	roots_release(&actor->roots);
	sweep_release(&actor->sweep);
}

/* Do the steps of one row. False: it has to wait. */
static bool do_row(const struct place *place, struct actor *actor, size_t row)
{
	const enum step *steps = actor->course->rows[row];

	for (size_t i = 0; steps[i] != END; i++) {
		if (steps[i] == LOCK && !take_lock(place, actor))
			return false;
		if (steps[i] != LOCK && step_of_collector(place, actor, steps[i]) < 0)
			abort();
	}
	if (row + 1 == actor->n_rows)
		end_actor(actor);
	return true;
}

static void remove_files(int dirfd, const char *path)
{
	autostrlist struct strlist names = STRLIST_INIT;
	autoclose int fd = dir_open_at(dirfd, path, NULL);

	if (fd >= 0 && dir_list_at(fd, ".", &names, NULL) == 0)
		for (size_t i = 0; i < names.len; i++)
			unlinkat(fd, names.items[i], 0);
}

/* Let the place be as at first. */
static void reset_place(const struct place *place)
{
	int storefd = place->store.dirfd;

	remove_files(place->layout.dirfd, "blobs/sha256");
	remove_files(place->layout.dirfd, ".lease");
	unlinkat(storefd, "bundles/b/lower/0", 0);
	file_write_at(place->layout.dirfd, LAYOUT_INDEX_FILE, EMPTY, strlen(EMPTY), 0600,
		      FILE_NO_SYNC, NULL);
	if (!place->has_blobs)
		return;
	write_blob(place, MANIFEST, MANIFEST_TEXT);
	write_blob(place, CONFIG, "{}");
	tree_remove_at(storefd, LAYER_PATH ".aside", NULL);
	dir_make_at(storefd, LAYER_PATH "/diff", 0700, &err);
}

static bool has_name(const struct place *place)
{
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;

	return tag_find_raw(&place->layout, "name", &found, NULL) == 0;
}

static size_t count_files(int dirfd, const char *path)
{
	autostrlist struct strlist names = STRLIST_INIT;

	dir_list_at(dirfd, path, &names, NULL);
	return names.len;
}

/* One more collector, alone. */
static void collect_rest(const struct place *place)
{
	autosweep struct sweep sweep;

	sweep_init(&sweep, &place->sweep_scope);
	if (sweep_look(&sweep, &err) < 0 || sweep_run(&sweep, &err) < 0)
		abort();
}

/* Is all there that has to be, before and after one more collector, and nothing else afterwards? */
static bool is_whole(const struct place *place, bool is_linked)
{
	struct digest layer = parsed(LAYER);
	bool is_named = has_name(place);

	for (int i = 0; i < 2; i++) {
		if (is_named && (!has_blob(place, MANIFEST) || !has_blob(place, CONFIG)))
			return false;
		if (is_linked && !layer_exists(&place->store, "0", &layer))
			return false;
		if (i == 0)
			collect_rest(place);
	}
	return is_named || count_files(place->layout.dirfd, "blobs/sha256") == 0;
}

static size_t count_rows(const struct course *course)
{
	size_t n = 0;

	while (course->rows[n][0] != END)
		n++;
	return n;
}

#define ACTORS_MAX 3

struct play {
	const struct place *place;
	const struct course *courses[ACTORS_MAX];
	size_t n_actors;
	/* Of this order: the actors in the order of their rows. */
	size_t n_rows[ACTORS_MAX];
	size_t order[ACTORS_MAX * STEPS_MAX];
	size_t len;
	/* Of all. */
	size_t n_orders;
	size_t n_losses;
};

static bool is_complete(const struct play *play, const struct course *course)
{
	for (size_t i = 0; i < play->n_actors; i++)
		if (play->courses[i] == course && play->n_rows[i] == count_rows(course))
			return true;
	return false;
}

static void run_order(struct play *play)
{
	struct actor actors[ACTORS_MAX];
	size_t rows[ACTORS_MAX] = { 0 };
	bool happens = true;

	reset_place(play->place);
	for (size_t i = 0; i < play->n_actors; i++) {
		actors[i] = (struct actor) {
			.course = play->courses[i],
			.n_rows = play->n_rows[i],
			.lease = LEASE_INIT,
			.lock = -EBADF,
		};
		roots_init(&actors[i].roots, &play->place->roots_scope);
		sweep_init(&actors[i].sweep, &play->place->sweep_scope);
	}
	for (size_t i = 0; happens && i < play->len; i++)
		happens = do_row(play->place, &actors[play->order[i]], rows[play->order[i]]++);
	for (size_t i = 0; i < play->n_actors; i++)
		end_actor(&actors[i]);
	if (!happens)
		return;
	play->n_orders++;
	play->n_losses += !is_whole(play->place, is_complete(play, &unpack));
}

/* All orders of what is left of each actor's rows. */
static void run_orders(struct play *play, const size_t left[ACTORS_MAX])
{
	bool is_leaf = true;

	for (size_t i = 0; i < play->n_actors; i++) {
		size_t rest[ACTORS_MAX];

		if (!left[i])
			continue;
		is_leaf = false;
		memcpy(rest, left, sizeof(rest));
		rest[i]--;
		play->order[play->len++] = i;
		run_orders(play, rest);
		play->len--;
	}
	if (is_leaf)
		run_order(play);
}

enum killing {
	NOBODY_KILLED,
	ANYBODY_KILLED, /* after each row; or nobody */
};

/* All lengths of the courses, from actor number i on. */
static void run_lengths(struct play *play, enum killing killing, size_t i)
{
	size_t n;

	if (i == play->n_actors) {
		run_orders(play, play->n_rows);
		return;
	}
	n = count_rows(play->courses[i]);
	for (size_t rows = killing == ANYBODY_KILLED ? 1 : n; rows <= n; rows++) {
		play->n_rows[i] = rows;
		run_lengths(play, killing, i + 1);
	}
}

static struct play play_all(const struct place *place, const struct course *writer,
			    const struct course *collector, const struct course *other,
			    enum killing killing)
{
	struct play play = {
		.place = place,
		.courses = { writer, collector, other },
		.n_actors = other ? 3 : 2,
	};

	run_lengths(&play, killing, 0);
	printf("# %zu orders, %zu losses\n", play.n_orders, play.n_losses);
	return play;
}

static void keeps(const struct place *place, const struct course *writer, enum killing killing,
		  const char *title)
{
	struct play play = play_all(place, writer, &collect, NULL, killing);

	ok(play.n_orders > 40 && play.n_losses == 0, title);
}

static void loses(const struct place *place, const struct course *writer,
		  const struct course *collector, const char *title)
{
	ok(play_all(place, writer, collector, NULL, NOBODY_KILLED).n_losses > 0, title);
}

static void test_one_collector(struct place *place)
{
	place->has_blobs = true;
	keeps(place, &fetch, NOBODY_KILLED, "a fetch that finds blobs keeps them");
	keeps(place, &quick_fetch, ANYBODY_KILLED, "... whenever it or the collector is killed");
	keeps(place, &tag, ANYBODY_KILLED,
	      "an image that has just lost its name gets another whole, or not at all");
	keeps(place, &unpack, ANYBODY_KILLED, "a layer that a bundle links is there");
	place->has_blobs = false;
	keeps(place, &fetch_missing, NOBODY_KILLED, "a fetch that makes blobs keeps them");
	keeps(place, &quick_fetch, ANYBODY_KILLED, "... whenever it or the collector is killed");
}

static void test_naive_collectors(struct place *place)
{
	place->has_blobs = true;
	loses(place, &quick_fetch, &unlink_at_once, "a collector that deletes at once loses blobs");
	loses(place, &quick_fetch, &names_first, "... so does one that reads names before leases");
	loses(place, &quick_fetch, &one_look, "... or looks once");
	loses(place, &tag, &children_first, "... or deletes what documents name before them");
}

static void test_two_collectors(struct place *place)
{
	struct play play;

	place->has_blobs = true;
	play = play_all(place, &hasty_fetch, &slow_look, &slow_deletion, NOBODY_KILLED);
	ok(play.n_orders > 40 && play.n_losses == 0, "two collectors lose nothing");
	play = play_all(place, &hasty_fetch, &slow_look_without_lock, &slow_deletion_without_lock,
			NOBODY_KILLED);
	ok(play.n_losses > 0, "... which they would without their lock");
}

static bool lies_there(const struct place *place, const char *digest)
{
	struct digest blob = parsed(digest);
	char path[LAYOUT_BLOB_PATH_MAX];

	return faccessat(place->layout.dirfd, layout_blob_path(&blob, path), F_OK, 0) == 0;
}

static void test_unreadable_roots(struct place *place)
{
	autosweep struct sweep sweep;
	struct error cause = { 0 };

	place->has_blobs = true;
	reset_place(place);
	sweep_init(&sweep, &place->sweep_scope);
	if (sweep_look(&sweep, &cause) < 0)
		abort();
	is_int((long)sweep.n_objects, 3, "a manifest, a config and a layer may go");
	file_write_at(place->layout.dirfd, LAYOUT_INDEX_FILE, "{", 1, 0600, FILE_NO_SYNC, NULL);
	is_int(sweep_run(&sweep, &cause), -1, "names that cannot be read again are a failure");
	ok(lies_there(place, MANIFEST) && lies_there(place, CONFIG) &&
		   faccessat(place->store.dirfd, LAYER_PATH, F_OK, 0) == 0,
	   "... and everything is back in its place");
}

static void make_place(const char *path, struct place *ret)
{
	autofree char *images = xasprintf("%s/images", path);

	*ret = (struct place) { .store = { .path = xstrdup(path), .writable = true } };
	ret->store.dirfd = dir_open_at(AT_FDCWD, path, &err);
	if (layout_open(images, LAYOUT_CREATE, &ret->layout, &err) < 0 ||
	    dir_make_at(ret->store.dirfd, "bundles/b/lower", 0700, &err) < 0)
		abort();
	ret->roots_scope = (struct roots_scope) { .layout = &ret->layout, .store = &ret->store };
	ret->sweep_scope = (struct sweep_scope) {
		.roots = ret->roots_scope,
		.cutoff = INT64_MAX,
		.idmap = "0",
	};
}

int main(void)
{
	/* A name is synced each time, which costs nothing in memory. */
	char memory[] = "/dev/shm/ctnr-sweep.XXXXXX";
	char disk[] = "/tmp/ctnr-sweep.XXXXXX";
	const char *path = mkdtemp(memory);
	struct place place;

	if (!path)
		path = mkdtemp(disk);
	if (!path)
		abort();
	make_place(path, &place);
	test_one_collector(&place);
	test_naive_collectors(&place);
	test_two_collectors(&place);
	test_unreadable_roots(&place);
	layout_release(&place.layout);
	store_release(&place.store);
	tree_remove_at(AT_FDCWD, path, NULL);
	return done_testing();
}
