/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "short_source.h"

#include "base/alloc.h"
#include "base/table.h"
#include "format/json.h"
#include "oci/reference.h"
#include "registry/registries_conf.h"

#include <string.h>

/* One thing that is asked of one place. */
struct step {
	const struct place *place;
	const char *reference; /* the name that the image gets */
	char *there; /* what it is called at the place */
	const char *name_reason; /* what made a short name that reference, or NULL */
	const char *
		asked_for; /* "image"; with --verify-tag "tag", what it stands for, and then "digest" */
};

static json_t *step_to_json(const struct step *step)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:b, s:b, s:s*}", "reference", step->reference,
				 "place", step->there, "asked_for", step->asked_for, "mirror",
				 step->place->is_mirror, "insecure", step->place->is_insecure,
				 "short_name_reason", step->name_reason);

	if (step->place->reason)
		json_object_set_new(json, "reason", json_string(step->place->reason));
	return json;
}

static void step_to_row(const struct step *step, struct table *table)
{
	autostr struct str how = STR_INIT;

	if (step->place->is_mirror)
		str_append(&how, "mirror");
	if (step->place->is_insecure)
		str_appendf(&how, "%sinsecure", how.len ? ", " : "");
	if (strcmp(step->asked_for, "image") != 0)
		str_appendf(&how, "%s%s alone", how.len ? ", " : "", step->asked_for);
	table_add(table, step->reference);
	table_add(table, step->there);
	table_add(table, how.data);
	table_add(table, step->place->reason ? step->place->reason : step->name_reason);
}

/* Where steps are shown. */
struct explanation {
	FILE *out;
	struct table *table; /* NULL: as JSON */
};

static int show_step(const struct explanation *explanation, const struct step *step,
		     struct error *err)
{
	autojson json_t *json = NULL;

	if (explanation->table) {
		step_to_row(step, explanation->table);
		return 0;
	}
	json = step_to_json(step);
	return json_print(explanation->out, json, err);
}

/* The tag at a place is that of the name, or the digest where it is asked by that. New. */
static char *name_at(const struct place *place, const struct reference *reference)
{
	const struct reference there = { place->registry, place->repository, reference->tag,
					 reference->digest };

	return reference_format(&there);
}

static int show_place(const struct explanation *explanation, const struct place *place,
		      const struct reference *reference, const struct short_name *name,
		      const char *asked_for, struct error *err)
{
	autofree char *whole = reference_format(reference);
	autofree char *there = name_at(place, reference);
	const struct step step = { place, whole, there, name->reason, asked_for };

	return show_step(explanation, &step, err);
}

static int explain_reference(const struct explanation *explanation, const struct fetch_opts *opts,
			     const struct short_name *name, const struct reference *reference,
			     struct error *err)
{
	autoplacelist struct place_list places = PLACE_LIST_INIT;
	bool is_split; /* the tag is looked up first, and then its digest is fetched */

	if (registries_places_of(&opts->registries, reference, &places, err) < 0)
		return -1;
	is_split = places.origin_has_tags && !reference->digest && places.len > 1;
	if (is_split &&
	    show_place(explanation, &places.items[places.len - 1], reference, name, "tag", err) < 0)
		return -1;
	for (size_t i = 0; i < places.len; i++)
		if (show_place(explanation, &places.items[i], reference, name,
			       is_split ? "digest" : "image", err) < 0)
			return -1;
	return 0;
}

static int explain_address(const struct explanation *explanation, const struct fetch_opts *opts,
			   const struct short_name *name, const char *text, struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;
	autoreference struct reference reference = REFERENCE_INIT;

	if (address_parse(text, &address, err) < 0)
		return -1;
	if (address.transport != TRANSPORT_DOCKER)
		return error_set(err, ERROR_USAGE, "--explain is for registries, '%s' is none",
				 text);
	if (reference_parse(address.reference, &reference, err) < 0)
		return -1;
	return explain_reference(explanation, opts, name, &reference, err) < 0
		       ? error_prefix(err, "%s", text)
		       : 0;
}

static int explain_source(const struct explanation *explanation, const struct fetch_opts *opts,
			  const char *source, struct error *err)
{
	autoshortname struct short_name name = SHORT_NAME_INIT;
	autostrlist struct strlist addresses = STRLIST_INIT;

	if (short_source_read(opts, source, &name, err) < 0 || short_name_check(&name, err) < 0)
		return -1;
	short_source_addresses(source, &name, &addresses);
	for (size_t i = 0; i < addresses.len; i++)
		if (explain_address(explanation, opts, &name, addresses.items[i], err) < 0)
			return -1;
	return 0;
}

int explain_sources(FILE *out, const struct fetch_opts *opts, const struct strlist *sources,
		    struct error *err)
{
	static const char *const headings[] = { "IMAGE", "PLACE", "HOW", "REASON", NULL };
	autotable struct table table;
	const struct explanation explanation = { out,
						 opts->print == IMAGE_PRINT_REF ? &table : NULL };

	table_init(&table, headings);
	for (size_t i = 0; i < sources->len; i++)
		if (explain_source(&explanation, opts, sources->items[i], err) < 0)
			return -1;
	if (explanation.table)
		table_print(out, &table);
	return 0;
}
