/* SPDX-License-Identifier: Apache-2.0 */
#include "check/finding.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>

const char *const finding_kind_names[] = { "index",  "name",   "manifest", "config",
					   "blob",   "chains", "layer",    "bundle",
					   "volume", "policy", "leftover", NULL };

const char *const finding_remedy_names[] = { "none",   "rewrite", "fetch", "remove",
					     "unpack", "collect", NULL };

/* What people read of a remedy; "": nothing. */
static const char *const remedy_hints[REMEDY_MAX] = {
	[REMEDY_NONE] = "",
	[REMEDY_REWRITE] = "'ctnr check --repair' writes a new one",
	[REMEDY_FETCH] = "'ctnr check --repair' fetches it again",
	[REMEDY_REMOVE] = "'ctnr check --repair' removes it",
	[REMEDY_UNPACK] = "'ctnr check --repair' unpacks it again",
	[REMEDY_COLLECT] = "",
};

static void finding_release(struct finding *finding)
{
	free(finding->name);
	free(finding->path);
	free(finding->problem);
	free(finding->reason);
	strlist_release(&finding->details);
	strlist_release(&finding->needed_by);
}

void findings_release(struct findings *findings)
{
	if (!findings)
		return;
	for (size_t i = 0; i < findings->len; i++)
		finding_release(&findings->items[i]);
	free(findings->items);
	*findings = (struct findings)FINDINGS_INIT;
}

/* Take a finding. */
static struct finding *take_finding(struct findings *findings, const struct finding *finding)
{
	findings->items = xgrow(findings->items, findings->len, sizeof(*findings->items));
	findings->items[findings->len] = *finding;
	return &findings->items[findings->len++];
}

struct finding *findings_add(struct findings *findings, enum finding_kind kind, const char *name,
			     const char *path)
{
	return take_finding(findings, &(struct finding) {
					      .kind = kind,
					      .name = xstrdup(name),
					      .path = path ? xstrdup(path) : NULL,
					      .problem = xstrdup("is damaged"),
					      .details = STRLIST_INIT,
					      .needed_by = STRLIST_INIT,
					      .is_damage = true,
				      });
}

void finding_describe(struct finding *finding, const char *format, ...)
{
	va_list args;

	free(finding->problem);
	va_start(args, format);
	finding->problem = xvasprintf(format, args);
	va_end(args);
}

void finding_describe_error(struct finding *finding, const struct error *cause)
{
	finding_describe(finding, "%s", cause->message);
}

void finding_set_remark(struct finding *finding, enum finding_remedy remedy)
{
	finding->is_damage = false;
	finding->remedy = remedy;
}

void findings_append(struct findings *findings, struct findings *other)
{
	for (size_t i = 0; i < other->len; i++)
		take_finding(findings, &other->items[i]);
	other->len = 0;
}

bool findings_have_damage(const struct findings *findings)
{
	for (size_t i = 0; i < findings->len; i++)
		if (findings->items[i].is_damage && !findings->items[i].is_mended)
			return true;
	return false;
}

/* A text that two findings share when they are about the same object; a key of JSON can have it. Whether a
 * blob is a document is known while a name leads to it. */
static char *finding_key(const struct finding *finding)
{
	autostr struct str key = STR_INIT;
	enum finding_kind kind = finding->kind;

	if (kind == FINDING_MANIFEST || kind == FINDING_CONFIG)
		kind = FINDING_BLOB;
	str_appendf(&key, "%d ", kind);
	str_append_escaped(&key, finding->name);
	return str_steal(&key);
}

/* The keys of all damage, and where it stands. */
static json_t *damage_keys(const struct findings *findings)
{
	json_t *keys = json_object();

	for (size_t i = 0; i < findings->len; i++) {
		autofree char *key = finding_key(&findings->items[i]);

		if (findings->items[i].is_damage)
			json_object_set_new(keys, key, json_integer((json_int_t)i));
	}
	return keys;
}

/* Where the damage stands that is the same, or NULL. */
static const json_t *find_key(const json_t *keys, const struct finding *finding)
{
	autofree char *key = finding_key(finding);

	return json_object_get(keys, key);
}

void findings_keep_confirmed(struct findings *findings, const struct findings *second)
{
	autojson json_t *keys = damage_keys(second);
	size_t kept = 0;

	for (size_t i = 0; i < findings->len; i++) {
		struct finding *finding = &findings->items[i];

		if (finding->is_damage && !find_key(keys, finding))
			finding_release(finding);
		else
			findings->items[kept++] = *finding;
	}
	findings->len = kept;
}

/* What is still wrong may be something else by now. */
static void take_problem(struct finding *finding, struct finding *now)
{
	char *problem = finding->problem;

	finding->problem = now->problem;
	now->problem = problem;
}

void findings_settle(struct findings *findings, struct findings *second)
{
	autojson json_t *before = damage_keys(findings);
	autojson json_t *after = damage_keys(second);

	for (size_t i = 0; i < findings->len; i++) {
		struct finding *finding = &findings->items[i];
		const json_t *position = find_key(after, finding);

		if (!finding->is_damage)
			continue;
		finding->is_mended = !position && !finding->is_kept;
		if (position)
			take_problem(finding, &second->items[json_integer_value(position)]);
	}
	for (size_t i = 0; i < second->len; i++) {
		if (!second->items[i].is_damage || find_key(before, &second->items[i]))
			finding_release(&second->items[i]);
		else
			take_finding(findings, &second->items[i]);
	}
	second->len = 0;
}

/* Names of files need not be UTF-8, which JSON is. */
static json_t *json_any_text(const char *text)
{
	autostr struct str escaped = STR_INIT;
	json_t *value = json_string(text);

	if (value)
		return value;
	str_append_escaped(&escaped, text);
	return json_string(escaped.data);
}

static json_t *json_texts(const struct strlist *texts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < texts->len; i++)
		json_array_append_new(array, json_any_text(texts->items[i]));
	return array;
}

json_t *finding_to_json(const struct finding *finding)
{
	json_t *object = json_object();

	json_object_set_new(object, "kind", json_string(finding_kind_names[finding->kind]));
	json_object_set_new(object, "name", json_any_text(finding->name));
	if (finding->path)
		json_object_set_new(object, "path", json_any_text(finding->path));
	json_object_set_new(object, "problem", json_any_text(finding->problem));
	json_object_set_new(object, "damage", json_boolean(finding->is_damage));
	if (finding->details.len)
		json_object_set_new(object, "details", json_texts(&finding->details));
	if (finding->n_more)
		json_object_set_new(object, "more", json_integer((json_int_t)finding->n_more));
	json_object_set_new(object, "neededBy", json_texts(&finding->needed_by));
	json_object_set_new(object, "remedy", json_string(finding_remedy_names[finding->remedy]));
	if (finding->is_damage)
		json_object_set_new(object, "mended", json_boolean(finding->is_mended));
	if (finding->reason && !finding->is_mended)
		json_object_set_new(object, "reason", json_any_text(finding->reason));
	if (finding->bytes)
		json_object_set_new(object, "bytes", json_integer((json_int_t)finding->bytes));
	return object;
}

#define NEEDED_BY_SHOWN 4 /* names in a line */

static void format_needed_by(const struct finding *finding, struct str *out)
{
	const struct strlist *names = &finding->needed_by;

	for (size_t i = 0; i < names->len && i < NEEDED_BY_SHOWN; i++) {
		str_append(out, i ? ", " : "; needed by ");
		str_append_escaped(out, names->items[i]);
	}
	if (names->len > NEEDED_BY_SHOWN)
		str_appendf(out, " and %zu more", names->len - NEEDED_BY_SHOWN);
}

void finding_format(const struct finding *finding, struct str *out)
{
	const char *hint = remedy_hints[finding->remedy];
	uint64_t more;

	str_appendf(out, "%s ", finding_kind_names[finding->kind]);
	str_append_escaped(out, finding->name);
	str_append(out, ": ");
	str_append_escaped(out, finding->problem);
	more = finding->details.len + finding->n_more;
	if (more > 1)
		str_appendf(out, ", and %" PRIu64 " more", more - 1);
	format_needed_by(finding, out);
	if (finding->is_mended) {
		str_append(out, "; mended");
	} else if (finding->reason) {
		str_append(out, "; ");
		str_append_escaped(out, finding->reason);
	} else if (finding->is_damage && *hint) {
		str_appendf(out, "; %s", hint);
	}
}
