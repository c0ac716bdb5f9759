/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/short_name.h"

#include "base/alloc.h"
#include "base/number.h"
#include "system/userdb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHOSEN_NAME "containers/short-name-aliases.conf"
#define CHOSEN_OF_ROOT "/var/cache/" CHOSEN_NAME
#define ANSWER_MAX 64 /* bytes */

void short_name_release(struct short_name *name)
{
	if (!name)
		return;
	free(name->text);
	strlist_release(&name->candidates);
	free(name->reason);
	free(name->mode_reason);
	*name = (struct short_name)SHORT_NAME_INIT;
}

/* New; NULL for a user without a home. */
static char *chosen_path(void)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	autofree char *home = NULL;

	if (geteuid() == 0)
		return xstrdup(CHOSEN_OF_ROOT);
	if (cache && *cache == '/')
		return xasprintf("%s/" CHOSEN_NAME, cache);
	home = userdb_home();
	return home ? xasprintf("%s/.cache/" CHOSEN_NAME, home) : NULL;
}

int short_name_read_chosen(struct registries_conf *conf, struct error *err)
{
	autofree char *path = chosen_path();

	if (!path || access(path, F_OK) < 0)
		return 0;
	if (registries_conf_read(conf, path, REGISTRIES_OPTIONAL, err) < 0)
		return -1;
	return registries_conf_finish(conf, err);
}

/* Add what the name is with that before it. */
static int add_candidate(struct short_name *name, const char *text, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (reference_parse(text, &reference, err) < 0)
		return -1;
	strlist_take(&name->candidates, reference_format(&reference));
	return 0;
}

static int add_searched(const struct registries_conf *conf, struct short_name *name,
			struct error *err)
{
	for (size_t i = 0; i < conf->search.len; i++) {
		autofree char *text = xasprintf("%s/%s", conf->search.items[i], name->text);

		if (add_candidate(name, text, err) < 0)
			return -1;
	}
	return 0;
}

/* What is blocked is no candidate, unless all are: then that is what there is to say. */
static void leave_allowed(const struct registries_conf *conf, struct short_name *name)
{
	struct strlist allowed = STRLIST_INIT;

	for (size_t i = 0; i < name->candidates.len; i++)
		if (!registries_conf_blocks(conf, name->candidates.items[i]))
			strlist_append(&allowed, name->candidates.items[i]);
	if (allowed.len == 0)
		return;
	strlist_release(&name->candidates);
	name->candidates = allowed;
}

static int search_registries(const struct registries_conf *conf, struct short_name *name,
			     struct error *err)
{
	if (!conf->search_line.file)
		return add_candidate(name, name->text, err);
	name->reason = registries_line_format(&conf->search_line);
	if (conf->search.len == 0) {
		error_set(err, ERROR_NOT_FOUND, "'%s' names no registry, and none is searched (%s)",
			  name->text, name->reason);
		return error_hint(err, "write HOST/%s", name->text);
	}
	if (add_searched(conf, name, err) < 0)
		return -1;
	leave_allowed(conf, name);
	return 0;
}

int short_name_resolve(const struct registries_conf *conf, const char *text, struct short_name *ret,
		       struct error *err)
{
	autoshortname struct short_name name = SHORT_NAME_INIT;
	autoreference struct reference reference = REFERENCE_INIT;
	size_t len = strcspn(text, ":@");
	autofree char *bare = xstrndup(text, len);
	const struct registries_alias *alias = registries_conf_alias(conf, bare);
	int result;

	if (reference_parse(text, &reference, err) < 0)
		return -1;
	name.text = xstrdup(text);
	name.mode = conf->mode;
	if (conf->mode_line.file)
		name.mode_reason = registries_line_format(&conf->mode_line);
	if (alias) {
		autofree char *whole = xasprintf("%s%s", alias->value, text + len);

		name.reason = registries_line_format(&alias->line);
		result = add_candidate(&name, whole, err);
	} else {
		result = search_registries(conf, &name, err);
	}
	if (result < 0)
		return -1;
	*ret = name;
	name = (struct short_name)SHORT_NAME_INIT;
	return 0;
}

int short_name_check(const struct short_name *name, struct error *err)
{
	autostr struct str list = STR_INIT;

	if (name->candidates.len < 2 || name->mode != SHORT_NAME_ENFORCING)
		return 0;
	for (size_t i = 0; i < name->candidates.len; i++)
		str_appendf(&list, "%s%s", i ? ", " : "", name->candidates.items[i]);
	error_set(err, ERROR_USAGE, "'%s' may be any of: %s (short-name-mode of %s)", name->text,
		  list.data, name->mode_reason);
	return error_hint(err, "write one of them, or an alias into registries.conf");
}

/* The number that somebody typed, from 1 on; 0: none. An empty line is the first. */
static size_t read_answer(size_t n)
{
	char line[ANSWER_MAX] = "";
	uint64_t number = 1;
	ssize_t len = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (len <= 0)
		return 0;
	line[strcspn(line, "\r\n")] = '\0';
	if (*line && number_parse(line, n, &number, NULL) < 0)
		return 0;
	return (size_t)number;
}

static void leave_candidate(struct short_name *name, size_t chosen)
{
	struct strlist candidates = STRLIST_INIT;

	strlist_append(&candidates, name->candidates.items[chosen]);
	strlist_release(&name->candidates);
	name->candidates = candidates;
}

/* The question stands on standard error, because standard output is for what is asked for. */
static int ask_choice(struct short_name *name, struct error *err)
{
	autostr struct str question = STR_INIT;
	size_t n = name->candidates.len;
	size_t answer;

	str_appendf(&question, "'%s' names no registry. Which one is meant?\n", name->text);
	for (size_t i = 0; i < n; i++)
		str_appendf(&question, "%3zu  %s\n", i + 1, name->candidates.items[i]);
	str_appendf(&question, "1 to %zu [1]: ", n);
	if (write(STDERR_FILENO, question.data, question.len) < 0)
		return error_errno(err, "cannot ask which image is meant");
	answer = read_answer(n);
	if (answer == 0)
		return error_set(err, ERROR_USAGE, "'%s': none was chosen", name->text);
	leave_candidate(name, answer - 1);
	return 0;
}

int short_name_choose(struct short_name *name, struct error *err)
{
	if (name->candidates.len < 2 || name->mode == SHORT_NAME_DISABLED)
		return 0;
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		return ask_choice(name, err);
	return short_name_check(name, err);
}
