/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/upload_course.h"

#include "registry/refusal.h"
#include "registry/retry.h"
#include "registry/stored_digest.h"

/* Bytes of a piece, where the registry wants pieces and the caller does not say. */
#define CHUNK_USUAL (16U << 20)
#define PROGRESS_MIN (1U << 20) /* bytes more at the registry, after which failures count anew */
#define RESTARTS_MAX 5 /* times that an upload begins anew */
#define QUESTIONS_MAX 4 /* times that a registry is asked where it stands, without having failed */

#define STATUS_BAD_REQUEST 400
#define STATUS_NOT_FOUND 404
#define STATUS_TOO_LARGE 413
#define STATUS_NO_SUCH_RANGE 416

/* What a failed request of an upload means for the next one. */
enum upload_step {
	STEP_MADE, /* it did not fail */
	STEP_UNSURE, /* the registry knows how much it has */
	STEP_LOST, /* what the registry has is of no use */
	STEP_REFUSED, /* there is no next one */
};

void upload_course_release(struct upload_course *c)
{
	blob_upload_release(&c->u);
	http_response_release(&c->response);
}

static int tell_refusal(struct upload_course *c, struct error *err)
{
	refusal_error(c->u.session, &c->response, err);
	if (c->response.status == STATUS_TOO_LARGE)
		error_hint(
			err,
			"the registry, or a proxy before it, takes no request of that size: send pieces, with --chunk-size SIZE");
	return -1;
}

/* What came in pieces is not what was sent, so next all of it goes in one request. */
static enum upload_step lose_pieces(struct upload_course *c)
{
	c->is_whole = true;
	return STEP_LOST;
}

/* What follows from an answer that is none of those that are wanted. */
static enum upload_step judge_refusal(struct upload_course *c)
{
	long status = c->response.status;

	switch (status) {
	case STATUS_NO_SUCH_RANGE:
		return STEP_UNSURE;
	case STATUS_NOT_FOUND:
		return STEP_LOST;
	case STATUS_BAD_REQUEST:
		return c->is_resumed ? lose_pieces(c) : STEP_REFUSED;
	default:
		return retry_is_temporary(status) ? STEP_UNSURE : STEP_REFUSED;
	}
}

/* What follows from an answer, or from there being none. */
static enum upload_step judge_step(struct upload_course *c, int result)
{
	if (result < 0)
		return session_is_temporary(c->u.session, c->u.http, result, &c->response,
					    &c->failure)
			       ? STEP_UNSURE
			       : STEP_REFUSED;
	if (c->response.status / 100 == 2)
		return STEP_MADE;
	tell_refusal(c, &c->failure);
	return judge_refusal(c);
}

/* Bytes of a piece; UINT64_MAX: all at once. */
static uint64_t chunk_size(const struct upload_course *c)
{
	uint64_t chunk = c->upload->chunk;

	if (c->is_whole || (!chunk && !c->u.least_chunk))
		return UINT64_MAX;
	if (!chunk)
		chunk = CHUNK_USUAL;
	return chunk > c->u.least_chunk ? chunk : c->u.least_chunk;
}

/* Take over what the registry says behind a piece. */
static enum upload_step take_piece(struct upload_course *c, uint64_t len)
{
	uint64_t wanted = c->u.offset + len;
	uint64_t has = wanted;

	if (blob_upload_follow(&c->u, &c->response, &c->failure) < 0)
		return STEP_REFUSED;
	if (blob_upload_range(&c->response, &has) && has != wanted) {
		error_set(&c->failure, ERROR_FAILED,
			  "the registry says that it has %llu bytes, after %llu were sent",
			  (unsigned long long)has, (unsigned long long)wanted);
		return lose_pieces(c);
	}
	c->is_resumed = c->is_resumed || c->u.offset > 0;
	c->u.offset = wanted;
	return STEP_MADE;
}

/* PATCH. */
static enum upload_step send_piece(struct upload_course *c, uint64_t len)
{
	int result = blob_upload_send(&c->u, len, &c->response, &c->failure);
	enum upload_step step = judge_step(c, result);

	return step == STEP_MADE ? take_piece(c, len) : step;
}

/* PUT. */
static enum upload_step finish_blob(struct upload_course *c)
{
	int result = blob_upload_finish(&c->u, &c->response, &c->failure);
	enum upload_step step = judge_step(c, result);

	if (step != STEP_MADE)
		return step;
	if (c->response.status != 201) {
		tell_refusal(c, &c->failure);
		return STEP_REFUSED;
	}
	return stored_digest_check(&c->response, &c->upload->blob->digest, &c->failure) < 0
		       ? STEP_REFUSED
		       : STEP_MADE;
}

static enum upload_step begin_blob(struct upload_course *c)
{
	int state = blob_upload_begin(&c->u, NULL, &c->response, &c->failure);

	if (state == BLOB_UPLOAD_REFUSED)
		tell_refusal(c, &c->failure);
	return state == BLOB_UPLOAD_BEGUN ? STEP_MADE : STEP_REFUSED;
}

/* Make the next request; ret_ended when it was the last one. */
static enum upload_step make_step(struct upload_course *c, bool *ret_ended)
{
	uint64_t left = c->upload->blob->size - c->u.offset;
	uint64_t chunk = chunk_size(c);
	enum upload_step step;

	if (!c->u.location)
		return begin_blob(c);
	if (left && (c->u.offset || chunk < left))
		return send_piece(c, chunk < left ? chunk : left);
	step = finish_blob(c);
	*ret_ended = step == STEP_MADE;
	return step;
}

/* Ask how much the registry has, and go on from there. */
static enum upload_step ask_blob(struct upload_course *c)
{
	bool was_refused = c->response.status == STATUS_NO_SUCH_RANGE;
	struct error failure = { 0 };
	int result = blob_upload_ask(&c->u, &c->response, &failure);
	uint64_t has = 0;

	if (session_is_temporary(c->u.session, c->u.http, result, &c->response, &failure))
		return STEP_UNSURE;
	if (result < 0) {
		c->failure = failure;
		return STEP_REFUSED;
	}
	if (c->response.status / 100 != 2 || !blob_upload_range(&c->response, &has) ||
	    has > c->upload->blob->size || has < c->u.offset)
		return STEP_LOST;
	/* The range that was refused is the one that is wanted. */
	if (was_refused && has == c->u.offset)
		return lose_pieces(c);
	if (blob_upload_follow(&c->u, &c->response, &c->failure) < 0)
		return STEP_REFUSED;
	c->is_resumed = true;
	c->u.offset = has;
	return STEP_MADE;
}

/* Wait, where something failed for a moment: as often as the session allows without progress. What a registry
 * merely refused (416) is no reason to wait, but has an end too. */
static int await_turn(struct upload_course *c, struct error *err)
{
	int waited;

	if (c->u.offset >= c->reached + PROGRESS_MIN) {
		c->reached = c->u.offset;
		c->failures = 0;
	}
	if (c->response.status == STATUS_NO_SUCH_RANGE) {
		waited = ++c->questions <= QUESTIONS_MAX;
	} else {
		waited = session_back_off(c->u.session, c->failures, &c->response, err);
		c->failures++;
	}
	return waited ? waited : error_move(err, &c->failure);
}

/* Find out where an upload stands that broke off: an enum upload_step, or -1. */
static int resume_blob(struct upload_course *c, struct error *err)
{
	enum upload_step step;

	do {
		if (await_turn(c, err) < 0)
			return -1;
		step = ask_blob(c);
	} while (step == STEP_UNSURE);
	return (int)step;
}

/* Begin anew, unless it was all there after all: 1 then. The answer to the last byte may have got lost. */
static int restart_blob(struct upload_course *c, struct error *err)
{
	blob_upload_forget(&c->u);
	c->is_resumed = false;
	return upload_has_blob(c->u.session, c->u.http, c->upload->blob, err);
}

/* Do what a step calls for that was not made. Returns 1 when the blob is there, 0 when the next step is to be
 * made, -1. */
static int recover_blob(struct upload_course *c, enum upload_step step, struct error *err)
{
	int next = (int)step;

	if (step == STEP_UNSURE)
		next = resume_blob(c, err);
	if (next < 0)
		return -1;
	/* However much a registry takes before it loses all of it. */
	if (next == STEP_REFUSED || (next == STEP_LOST && c->restarts++ == RESTARTS_MAX))
		return error_move(err, &c->failure);
	return next == STEP_LOST ? restart_blob(c, err) : 0;
}

int upload_course_run(struct upload_course *c, struct error *err)
{
	bool ended = false;

	while (!ended) {
		enum upload_step step;
		int recovered;

		c->failure = (struct error) { 0 };
		step = make_step(c, &ended);
		if (step == STEP_MADE)
			continue;
		recovered = recover_blob(c, step, err);
		if (recovered < 0)
			blob_upload_cancel(&c->u);
		if (recovered)
			return recovered < 0 ? -1 : 0;
	}
	return 0;
}
