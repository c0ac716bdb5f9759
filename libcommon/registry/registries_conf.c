/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registries_conf.h"

#include "base/alloc.h"
#include "format/toml.h"
#include "registry/registries_file.h"
#include "system/config_path.h"
#include "system/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "containers/registries.conf"
#define SYSTEM_FILE "/etc/" NAME
#define DROP_INS ".d" /* behind the name of the file */
#define VARIABLE "CONTAINERS_REGISTRIES_CONF"

char *registries_line_format(const struct registries_line *line)
{
	return xasprintf("%s:%u", line->file, line->line);
}

static void release_entry(struct registries_entry *entry)
{
	for (size_t i = 0; i < entry->n_mirrors; i++)
		free(entry->mirrors[i].location);
	free(entry->mirrors);
	free(entry->prefix);
	free(entry->location);
}

static void release_alias(struct registries_alias *alias)
{
	free(alias->name);
	free(alias->value);
}

void registries_conf_release(struct registries_conf *conf)
{
	if (!conf)
		return;
	for (size_t i = 0; i < conf->n_entries; i++)
		release_entry(&conf->entries[i]);
	for (size_t i = 0; i < conf->n_aliases; i++)
		release_alias(&conf->aliases[i]);
	free(conf->entries);
	free(conf->aliases);
	strlist_release(&conf->search);
	strlist_release(&conf->files);
	*conf = (struct registries_conf)REGISTRIES_CONF_INIT;
}

static int read_open_file(struct registries_conf *conf, int fd, const char *path, struct error *err)
{
	autostr struct str text = STR_INIT;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot read '%s'", path);
	if (fd_read_rest(fd, TOML_SIZE_MAX, &text, err) < 0)
		return error_prefix(err, "%s", path);
	if (S_ISFIFO(st.st_mode) && text.len == 0)
		return error_set(err, ERROR_FAILED, "'%s' is a FIFO that nobody writes to", path);
	strlist_append(&conf->files, path);
	return registries_file_read(text.data, text.len, conf->files.items[conf->files.len - 1],
				    conf, err);
}

int registries_conf_read(struct registries_conf *conf, const char *path, enum registries_need need,
			 struct error *err)
{
	autoclose int fd = config_open_at(AT_FDCWD, path);
	int cause = errno;

	if (fd < 0 && need == REGISTRIES_OPTIONAL && config_path_is_free(path))
		return 0;
	errno = cause;
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	return read_open_file(conf, fd, path, err);
}

/* A folder whose name ends as a drop-in's is passed over. */
static int read_drop_in(struct registries_conf *conf, const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return registries_conf_read(conf, path, REGISTRIES_REQUIRED, err);
}

static int read_drop_ins(struct registries_conf *conf, const char *folder, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct error cause = { 0 };

	if (dir_list_at(AT_FDCWD, folder, &names, &cause) < 0) {
		if (config_path_is_free(folder))
			return 0;
		error_prefix(&cause, "'%s'", folder);
		return error_move(err, &cause);
	}
	strlist_sort(&names);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *path = xasprintf("%s/%s", folder, names.items[i]);

		if (str_ends_with(path, ".conf") && read_drop_in(conf, path, err) < 0)
			return -1;
	}
	return 0;
}

/* A user who must not even look there has no file there. */
static bool file_exists(const char *path)
{
	struct stat st;

	return path && lstat(path, &st) == 0;
}

int registries_conf_load(const struct registries_conf_opts *opts, struct registries_conf *ret,
			 struct error *err)
{
	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
	autofree char *user_file = config_path_of_user(NAME);
	autofree char *user_folder = user_file ? xasprintf("%s" DROP_INS, user_file) : NULL;
	const char *variable = getenv(VARIABLE);
	const char *named = opts->file ? opts->file : variable && *variable ? variable : NULL;
	bool is_user = !named && file_exists(user_file);
	const char *path = named ? named : is_user ? user_file : SYSTEM_FILE;

	if (registries_conf_read(&conf, path, named ? REGISTRIES_REQUIRED : REGISTRIES_OPTIONAL,
				 err) < 0)
		return named ? error_prefix(err,
					    opts->file ? "option --registries-conf" : "$" VARIABLE)
			     : -1;
	if ((!is_user && read_drop_ins(&conf, SYSTEM_FILE DROP_INS, err) < 0) ||
	    (file_exists(user_folder) && read_drop_ins(&conf, user_folder, err) < 0) ||
	    registries_conf_finish(&conf, err) < 0)
		return -1;
	*ret = conf;
	conf = (struct registries_conf)REGISTRIES_CONF_INIT;
	return 0;
}

/* What is in one file keeps the order of its lines, which follow each other in memory too: files are read in
 * their order. */
static int compare_lines(const struct registries_conf *conf, const struct registries_line *a,
			 const struct registries_line *b)
{
	if (a->file == b->file)
		return (a->line > b->line) - (a->line < b->line);
	for (size_t i = 0; i < conf->files.len; i++)
		if (conf->files.items[i] == a->file || conf->files.items[i] == b->file)
			return conf->files.items[i] == a->file ? -1 : 1;
	return 0;
}

static int compare_entries(const void *a_, const void *b_, void *conf)
{
	const struct registries_entry *a = a_;
	const struct registries_entry *b = b_;
	int order = strcmp(a->prefix, b->prefix);

	return order ? order : compare_lines(conf, &a->line, &b->line);
}

static int compare_aliases(const void *a_, const void *b_, void *conf)
{
	const struct registries_alias *a = a_;
	const struct registries_alias *b = b_;
	int order = strcmp(a->name, b->name);

	return order ? order : compare_lines(conf, &a->line, &b->line);
}

static int refuse_same_prefixes(const struct registries_conf *conf, struct error *err)
{
	for (size_t i = 1; i < conf->n_entries; i++) {
		const struct registries_entry *entry = &conf->entries[i];
		const struct registries_line *before = &entry[-1].line;

		if (entry->line.file == before->file &&
		    strcmp(entry->prefix, entry[-1].prefix) == 0)
			return error_set(err, ERROR_FAILED,
					 "%s:%u: registry: '%s' is there already, in line %u",
					 entry->line.file, entry->line.line, entry->prefix,
					 before->line);
	}
	return 0;
}

static void leave_last_entries(struct registries_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->n_entries; i++) {
		struct registries_entry *entry = &conf->entries[i];

		if (i + 1 == conf->n_entries || strcmp(entry->prefix, entry[1].prefix) != 0)
			conf->entries[n++] = *entry;
		else
			release_entry(entry);
	}
	conf->n_entries = n;
}

static void leave_last_aliases(struct registries_conf *conf)
{
	size_t n = 0;

	for (size_t i = 0; i < conf->n_aliases; i++) {
		struct registries_alias *alias = &conf->aliases[i];

		if (i + 1 == conf->n_aliases || strcmp(alias->name, alias[1].name) != 0)
			conf->aliases[n++] = *alias;
		else
			release_alias(alias);
	}
	conf->n_aliases = n;
}

int registries_conf_finish(struct registries_conf *conf, struct error *err)
{
	/* qsort_r(3) may not be given nothing by NULL. */
	if (conf->n_entries)
		qsort_r(conf->entries, conf->n_entries, sizeof(*conf->entries), compare_entries,
			conf);
	if (conf->n_aliases)
		qsort_r(conf->aliases, conf->n_aliases, sizeof(*conf->aliases), compare_aliases,
			conf);
	if (refuse_same_prefixes(conf, err) < 0)
		return -1;
	leave_last_entries(conf);
	leave_last_aliases(conf);
	return 0;
}

static int compare_name(const void *name, const void *alias)
{
	return strcmp(name, ((const struct registries_alias *)alias)->name);
}

const struct registries_alias *registries_conf_alias(const struct registries_conf *conf,
						     const char *name)
{
	const struct registries_alias *found =
		conf->n_aliases ? bsearch(name, conf->aliases, conf->n_aliases,
					  sizeof(*conf->aliases), compare_name)
				: NULL;

	return found && *found->value ? found : NULL;
}
