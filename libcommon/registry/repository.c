/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/repository.h"

#include "base/alloc.h"
#include "oci/media_type.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct repository {
	const struct place_list *places; /* borrowed */
	struct session **sessions; /* as many */
	const struct interrupt *interrupt; /* borrowed, or NULL */
	pthread_mutex_t lock; /* of what follows */
	size_t preferred; /* the place that is asked first */
};

struct repository_connection {
	struct repository *repository; /* borrowed */
	struct http *https[]; /* one for each place; NULL: not connected yet */
};

struct repository *repository_open(const struct place_list *places,
				   const struct session_options *options, struct error *err)
{
	autorepository struct repository *repository = xcalloc(1, sizeof(*repository));

	pthread_mutex_init(&repository->lock, NULL);
	repository->places = places;
	repository->interrupt = options->interrupt;
	repository->sessions = xcalloc(places->len + 1, sizeof(const void *));
	for (size_t i = 0; i < places->len; i++) {
		repository->sessions[i] = session_open(&places->items[i], options, err);
		if (!repository->sessions[i])
			return NULL;
	}
	return steal(&repository);
}

void repository_free(struct repository *repository)
{
	if (!repository)
		return;
	for (size_t i = 0; repository->sessions[i]; i++)
		session_free(repository->sessions[i]);
	free(repository->sessions);
	pthread_mutex_destroy(&repository->lock);
	free(repository);
}

void repository_cleanup(struct repository **repository)
{
	repository_free(*repository);
	*repository = NULL;
}

struct repository_connection *repository_connect(struct repository *repository)
{
	struct repository_connection *connection =
		xcalloc(1, sizeof(*connection) + repository->places->len * sizeof(const void *));

	connection->repository = repository;
	return connection;
}

void repository_disconnect(struct repository_connection *connection)
{
	if (!connection)
		return;
	for (size_t i = 0; i < connection->repository->places->len; i++)
		http_free(connection->https[i]);
	free(connection);
}

static struct http *connect_place(struct repository_connection *connection, size_t place,
				  struct error *err)
{
	if (!connection->https[place])
		connection->https[place] =
			session_connect(connection->repository->sessions[place], err);
	return connection->https[place];
}

static size_t preferred_place(struct repository *repository)
{
	size_t preferred;

	pthread_mutex_lock(&repository->lock);
	preferred = repository->preferred;
	pthread_mutex_unlock(&repository->lock);
	return preferred;
}

static void prefer_place(struct repository *repository, size_t place)
{
	pthread_mutex_lock(&repository->lock);
	repository->preferred = place;
	pthread_mutex_unlock(&repository->lock);
}

const struct place *repository_place(struct repository *repository)
{
	return &repository->places->items[preferred_place(repository)];
}

void repository_prefer(struct repository *repository, const struct place *place)
{
	prefer_place(repository, (size_t)(place - repository->places->items));
}

/* What is asked of one place after the other. */
struct question {
	int (*ask)(const void *data, struct session *session, struct http *http, struct error *err);
	const void *data;
	bool is_list; /* of which a mirror may know a part: the others are asked first */
};

/* What places answered, while there is hope that another one says something better. */
struct refusals {
	struct error
		of_origin; /* which decides what kind of failure it is: it speaks for the name */
	struct str text; /* "PLACE: message" of each, joined */
	size_t n;
};

static void refusals_release(struct refusals *refusals)
{
	str_release(&refusals->text);
}

/* Is it this machine that failed, or the user who wants to stop? Then no other place is asked. */
static bool is_ours(const struct repository *repository, const struct error *failure)
{
	return failure->saved_errno != 0 ||
	       (repository->interrupt && interrupt_wait(repository->interrupt, 0));
}

static size_t origin_of(const struct repository *repository)
{
	return repository->places->len - 1;
}

static void add_refusal(const struct repository *repository, struct refusals *refusals,
			size_t place, const struct error *failure)
{
	autofree char *name = place_name(&repository->places->items[place]);

	str_appendf(&refusals->text, "%s%s: %s", refusals->n ? "; " : "", name, failure->message);
	refusals->n++;
	if (place == origin_of(repository))
		refusals->of_origin = *failure;
}

/* No place had it. The answer of a single one is told as it is. */
static int all_refused(const struct refusals *refusals, struct error *err)
{
	const struct error *origin = &refusals->of_origin;

	if (refusals->n == 1)
		return error_move(err, origin);
	error_set(err, (enum error_code)origin->code, "%s", refusals->text.data);
	return origin->hint[0] ? error_hint(err, "%s", origin->hint) : -1;
}

static int ask_place(struct repository_connection *connection, size_t place,
		     const struct question *question, struct error *err)
{
	struct http *http = connect_place(connection, place, err);

	return http ? question->ask(question->data, connection->repository->sessions[place], http,
				    err)
		    : -1;
}

/* The order in which a question is put, new: the preferred place, those behind it, those before. For a list
 * the mirrors come last. */
static size_t *order_places(struct repository *repository, bool is_list)
{
	const struct place_list *places = repository->places;
	size_t *order = xcalloc(places->len + 1, sizeof(*order));
	size_t first = preferred_place(repository);
	size_t n = 0;

	for (int mirrors = 0; mirrors <= 1; mirrors++)
		for (size_t i = 0; i < places->len; i++) {
			size_t place = (first + i) % places->len;
			bool is_late = is_list && places->items[place].is_mirror;

			if (is_late == (mirrors == 1))
				order[n++] = place;
		}
	return order;
}

/* Ask one place after the other. The one that answers is preferred from then on, but for what a list says. */
static int ask_places(struct repository *repository, struct repository_connection *connection,
		      const struct question *question, struct error *err)
{
	autocleanup(refusals_release) struct refusals refusals = { .text = STR_INIT };
	autofree size_t *order = order_places(repository, question->is_list);

	for (size_t i = 0; i < repository->places->len; i++) {
		size_t place = order[i];
		struct error failure = { 0 };

		if (ask_place(connection, place, question, &failure) == 0) {
			if (!question->is_list)
				prefer_place(repository, place);
			return 0;
		}
		if (is_ours(repository, &failure))
			return error_move(err, &failure);
		add_refusal(repository, &refusals, place, &failure);
	}
	return all_refused(&refusals, err);
}

/* Ask about a manifest. By digest the mirrors are asked first in any case. */
static int ask_about_manifest(struct repository *repository,
			      struct repository_connection *connection, const char *tag_or_digest,
			      const struct question *question, struct error *err)
{
	if (repository->places->origin_has_tags && !strchr(tag_or_digest, ':'))
		return ask_place(connection, origin_of(repository), question, err);
	return ask_places(repository, connection, question, err);
}

struct lookup_question {
	const char *tag;
	struct descriptor *ret;
	bool *ret_answered; /* some place did, whatever it said */
};

static int ask_lookup(const void *data, struct session *session, struct http *http,
		      struct error *err)
{
	const struct lookup_question *question = data;
	int result = lookup_tag(session, http, question->tag, question->ret, err);

	if (result != LOOKUP_UNKNOWN)
		return result;
	*question->ret_answered = true;
	return error_set(err, ERROR_NOT_FOUND, "%s does not say what '%s' stands for",
			 session_authority(session), question->tag);
}

int repository_lookup_tag(struct repository *repository, struct repository_connection *connection,
			  const char *tag, struct descriptor *ret, struct error *err)
{
	bool is_answered = false;
	const struct lookup_question lookup = { tag, ret, &is_answered };
	const struct question question = { .ask = ask_lookup, .data = &lookup };

	if (ask_about_manifest(repository, connection, tag, &question, err) == 0)
		return LOOKUP_FOUND;
	return is_answered ? LOOKUP_UNKNOWN : -1;
}

struct manifest_question {
	const char *tag_or_digest;
	struct document *document;
	bool is_only_place;
};

/* Is it what its Content-Type says, which no digest covers? */
static int check_form(const struct document *document, struct error *err)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autoindex struct index index = INDEX_INIT;

	return media_type_kind(document->media_type) == MEDIA_INDEX
		       ? document_parse_index(document, &index, err)
		       : document_parse_manifest(document, &manifest, err);
}

/* Where another place may have a better one, it is looked at here already. */
static int ask_manifest(const void *data, struct session *session, struct http *http,
			struct error *err)
{
	const struct manifest_question *question = data;
	autodocument struct document document = DOCUMENT_INIT;

	if (registry_get_manifest(session, http, question->tag_or_digest, &document, err) < 0 ||
	    (!question->is_only_place && check_form(&document, err) < 0))
		return -1;
	*question->document = document;
	document = (struct document)DOCUMENT_INIT;
	return 0;
}

static int get_manifest(struct repository *repository, struct repository_connection *connection,
			const char *tag_or_digest, struct document *ret, struct error *err)
{
	const struct manifest_question manifest = { tag_or_digest, ret,
						    repository->places->len == 1 };
	const struct question question = { ask_manifest, &manifest };

	return ask_about_manifest(repository, connection, tag_or_digest, &question, err);
}

/* The origin says what the tag stands for, and the first place gives it. */
static int get_looked_up(struct repository *repository, struct repository_connection *connection,
			 const char *tag, struct document *ret, struct error *err)
{
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	int result = repository_lookup_tag(repository, connection, tag, &found, err);

	if (result < 0)
		return -1;
	return get_manifest(repository, connection,
			    result == LOOKUP_FOUND ? found.digest.text : tag, ret, err);
}

int repository_get_manifest(struct repository *repository, struct repository_connection *connection,
			    const char *tag_or_digest, struct document *ret, struct error *err)
{
	const struct place_list *places = repository->places;

	if (places->origin_has_tags && places->len > 1 && !strchr(tag_or_digest, ':'))
		return get_looked_up(repository, connection, tag_or_digest, ret, err);
	return get_manifest(repository, connection, tag_or_digest, ret, err);
}

struct blob_question {
	struct blob_writer *writer;
	struct progress *progress;
	size_t task;
	bool is_only_place;
};

/* Get the rest of a blob, and verify the whole. *ret_is_wrong: what came was not the blob, and is
 * forgotten. */
static int get_verified_blob(const struct blob_question *question, struct session *session,
			     struct http *http, bool *ret_is_wrong, struct error *err)
{
	struct blob_writer *writer = question->writer;
	uint64_t before = writer->written;
	struct error failure = { 0 };

	*ret_is_wrong = false;
	if (registry_get_blob(session, http, writer, question->progress, question->task, &failure) <
	    0) {
		/* A server that was not believed has given nothing. */
		*ret_is_wrong = error_is(&failure, ERROR_VERIFY) && writer->written != before;
		if (*ret_is_wrong && blob_restart(writer, err) < 0)
			return -1;
		return error_move(err, &failure);
	}
	if (blob_verify_written(writer, err) == 0)
		return 0;
	*ret_is_wrong = error_is(err, ERROR_VERIFY);
	return -1;
}

static int ask_blob(const void *data, struct session *session, struct http *http, struct error *err)
{
	const struct blob_question *question = data;
	bool is_mixed = question->writer->written > 0;
	struct error failure = { 0 };
	bool is_wrong;

	if (get_verified_blob(question, session, http, &is_wrong, &failure) == 0)
		return 0;
	if (!is_wrong || !(is_mixed || question->is_only_place))
		return error_move(err, &failure);
	progress_update(question->progress, question->task, 0);
	return get_verified_blob(question, session, http, &is_wrong, err);
}

int repository_get_blob(struct repository *repository, struct repository_connection *connection,
			struct blob_writer *writer, struct progress *progress, size_t task,
			struct error *err)
{
	const struct blob_question blob = { writer, progress, task, repository->places->len == 1 };
	const struct question question = { ask_blob, &blob };

	return ask_places(repository, connection, &question, err);
}

struct bytes_question {
	const struct descriptor *blob;
	size_t max;
	struct str *ret;
};

static int ask_bytes(const void *data, struct session *session, struct http *http,
		     struct error *err)
{
	const struct bytes_question *question = data;

	return registry_get_bytes(session, http, question->blob, question->max, question->ret, err);
}

int repository_get_bytes(struct repository *repository, struct repository_connection *connection,
			 const struct descriptor *blob, size_t max, struct str *ret,
			 struct error *err)
{
	const struct bytes_question bytes = { blob, max, ret };
	const struct question question = { .ask = ask_bytes, .data = &bytes };

	return ask_places(repository, connection, &question, err);
}

struct tags_question {
	struct tag_list *ret;
};

static int ask_tags(const void *data, struct session *session, struct http *http, struct error *err)
{
	const struct tags_question *question = data;

	return tag_list_get(session, http, question->ret, err);
}

int repository_list_tags(struct repository *repository, struct repository_connection *connection,
			 struct tag_list *ret, struct error *err)
{
	const struct tags_question tags = { ret };
	const struct question question = { ask_tags, &tags, .is_list = true };

	return ask_places(repository, connection, &question, err);
}

struct referrers_question {
	const struct digest *subject;
	const char *artifact_type;
	struct referrers *ret;
};

static int ask_referrers(const void *data, struct session *session, struct http *http,
			 struct error *err)
{
	const struct referrers_question *question = data;

	return referrers_get(session, http, question->subject, question->artifact_type,
			     question->ret, err);
}

int repository_get_referrers(struct repository *repository,
			     struct repository_connection *connection, const struct digest *subject,
			     const char *artifact_type, struct referrers *ret, struct error *err)
{
	const struct referrers_question referrers = { subject, artifact_type, ret };
	const struct question question = { ask_referrers, &referrers, .is_list = true };

	return ask_places(repository, connection, &question, err);
}
