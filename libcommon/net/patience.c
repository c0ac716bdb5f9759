/* SPDX-License-Identifier: Apache-2.0 */
#include "net/patience.h"

void patience_enter(struct patience *patience, enum patience_phase phase)
{
	if (phase == patience->phase && phase != PATIENCE_CONNECT)
		return;
	patience->phase = phase;
	patience->silence = 0;
	patience->window = 0;
	patience->window_bytes = 0;
}

void patience_count(struct patience *patience, uint64_t bytes)
{
	if (!bytes)
		return;
	patience->silence = 0;
	patience->window_bytes += bytes;
}

void patience_wait(struct patience *patience, int64_t from, int64_t to)
{
	uint64_t waited = to > from ? (uint64_t)to - (uint64_t)from : 0;

	if (waited > PATIENCE_WAIT_MAX)
		waited = PATIENCE_WAIT_MAX;
	patience->total += waited;
	patience->silence += waited;
	patience->window += waited;
}

/* How long nothing may come in this phase. */
static uint64_t longest_silence(const struct patience *patience)
{
	const struct patience_rules *rules = patience->rules;

	return patience->phase == PATIENCE_HEAD && rules->answer > rules->silence ? rules->answer
										  : rules->silence;
}

static int check_silence(const struct patience *patience, struct error *err)
{
	uint64_t longest = longest_silence(patience);
	static const char *const reasons[] = {
		[PATIENCE_CONNECT] = "no connection",
		[PATIENCE_SEND] = "nothing was taken",
		[PATIENCE_HEAD] = "no answer",
		[PATIENCE_BODY] = "nothing came",
	};

	if (patience->silence < longest)
		return 0;
	return error_set(err, ERROR_TEMPORARY, "%s in %llu seconds", reasons[patience->phase],
			 (unsigned long long)longest / 1000);
}

static int check_rate(struct patience *patience, struct error *err)
{
	const struct patience_rules *rules = patience->rules;

	if ((patience->phase != PATIENCE_BODY && patience->phase != PATIENCE_SEND) ||
	    !rules->rate || patience->window < rules->window)
		return 0;
	if (patience->window_bytes < rules->rate * patience->window / 1000) {
		error_set(err, ERROR_TEMPORARY,
			  "only %llu bytes %s in %llu seconds, at least %llu a second are wanted",
			  (unsigned long long)patience->window_bytes,
			  patience->phase == PATIENCE_SEND ? "went" : "came",
			  (unsigned long long)patience->window / 1000,
			  (unsigned long long)rules->rate);
		return error_hint(err, "if this network is that slow, add --low-speed 0");
	}
	patience->window = 0;
	patience->window_bytes = 0;
	return 0;
}

int patience_check(struct patience *patience, struct error *err)
{
	const struct patience_rules *rules = patience->rules;

	if (rules->total && patience->total >= rules->total)
		return error_set(err, ERROR_TEMPORARY,
				 "the answer was not there after %llu seconds",
				 (unsigned long long)rules->total / 1000);
	if (check_silence(patience, err) < 0)
		return -1;
	return check_rate(patience, err);
}

bool patience_was_stopped(const struct patience *patience)
{
	return patience->phase == PATIENCE_CONNECT &&
	       patience->silence < patience->rules->silence / 2;
}
