/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check, for each layout that the operands name, or the store's:
 *
 *  1. Everything but the content of blobs and layers is looked at (check/look.h); where there is damage,
 *     once more, because other commands go on meanwhile.
 *  2. Without --quick, all blobs are read, and the unpacked layers are compared with them (check/verify.h).
 *  3. With --repair, index.json is written anew between both steps where it is damaged, and the rest is mended
 *     behind them (check/repair.h). What became of it is seen by a last look.
 *  4. With --policy, the images are found that it would not let in now (check/judge.h). No repair removes them.
 *  5. What was found is printed, and the sum.
 */
#include "check/check.h"

#include "check/judge.h"
#include "check/look.h"
#include "check/part.h"
#include "check/repair.h"
#include "check/report.h"
#include "check/selection.h"
#include "check/verify.h"
#include "operand.h"
#include "verbs.h"

#include "base/clock.h"

/* Look, and look again at what seems to be damaged. */
static void look_surely(struct look *look)
{
	autolook struct look second;

	look_init(&second, look->scope);
	look_take(look);
	if (!findings_have_damage(&look->findings))
		return;
	look_take(&second);
	findings_keep_confirmed(&look->findings, &second.findings);
}

/* Look once more, after something was mended: what was found before is settled by what is there now. */
static void look_anew(struct look *look)
{
	autolook struct look before = *look;

	look_init(look, before.scope);
	look_surely(look);
	/* Of blobs those count that were read. */
	if (before.counts.blobs > look->counts.blobs)
		look->counts.blobs = before.counts.blobs;
	findings_settle(&before.findings, &look->findings);
	findings_append(&look->findings, &before.findings);
}

/* One layout, with what is around it. */
static int check_scope(const struct check_opts *opts, const struct part *part,
		       const struct scope *scope, struct report *report, struct error *err)
{
	const struct verify_opts verify_opts = { part, opts->deep,
						 (enum progress_mode)opts->progress };
	autolook struct look look;
	struct repair repair = { scope, &look.findings, clock_wall_ns() };

	look_init(&look, scope);
	look_surely(&look);
	/* What else is damaged is seen by the names in index.json. */
	if (opts->repair && repair_index(&repair))
		look_anew(&look);
	if (!opts->quick && verify_content(&look, &verify_opts, err) < 0)
		return -1;
	if (opts->repair && findings_have_damage(&look.findings)) {
		repair_all(&repair);
		look_anew(&look);
	}
	if (scope->is_whole && scope->store)
		look_at_leftovers(&look);
	if (opts->policy.policy && judge_images(&look, &opts->policy, err) < 0)
		return -1;
	report_count(report, &look.counts);
	return report_findings(report, &look.findings, err);
}

static int select_scopes(struct selection *selection, const struct strlist *operands,
			 struct error *err)
{
	int status = operands->len ? operand_each(operands, selection_add_word, selection, err)
				   : selection_add_store(selection, err);

	selection_close(selection);
	return status;
}

/* A layout elsewhere has neither names with a source nor bundles. */
static int check_repairable(const struct selection *selection, struct error *err)
{
	for (size_t i = 0; i < selection->n_scopes; i++)
		if (!selection->scopes[i]->store)
			return error_set(err, ERROR_USAGE, "--repair mends the store, not '%s'",
					 selection->scopes[i]->layout.path);
	if (!selection->store->path)
		return 0;
	return store_check_links(selection->store, err) < 0
		       ? -1
		       : store_check_writable(selection->store, err);
}

static int check_usage(const struct check_opts *opts, struct part *ret_part, struct error *err)
{
	if (opts->quick && (opts->deep || opts->part))
		return error_set(err, ERROR_USAGE,
				 "--quick reads no blob: %s makes no sense with it",
				 opts->deep ? "--deep" : "--part");
	if (opts->policy.registries_d && !opts->policy.policy)
		return error_set(err, ERROR_USAGE, "--registries-d is for --policy");
	if (part_parse(opts->part, ret_part, err) < 0)
		return error_prefix(err, "option --part");
	return 0;
}

int store_check(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct check_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autoselection struct selection selection = { .store = &store };
	struct report report = { .form = opts_list_form(&opts->store) };
	struct part part;
	int status;

	if (check_usage(opts, &part, err) < 0 || opts_open_store(&opts->store, &store, err) < 0)
		return -1;
	status = select_scopes(&selection, operands, err);
	if (status < 0 || (opts->repair && check_repairable(&selection, err) < 0))
		return -1;
	for (size_t i = 0; i < selection.n_scopes; i++)
		if (check_scope(opts, &part, selection.scopes[i], &report, err) < 0)
			return -1;
	if (report_sum(&report, err) < 0)
		return -1;
	if (report.n_damaged > report.n_mended)
		return ERROR_VERIFY;
	return status;
}
