/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the administrator and the user say about registries: containers-registries.conf(5), version 2.
 *
 *	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
 *
 *	if (registries_conf_load(&opts, &conf, err) < 0 ||
 *	    registries_conf_places(&conf, &reference, REGISTRIES_BY_TAG, &places, err) < 0) ...
 *
 * Which files are read, a later one over an earlier one:
 *  1. --registries-conf FILE, else $CONTAINERS_REGISTRIES_CONF, else the user's
 *     (~/.config/containers/registries.conf), else /etc/containers/registries.conf; a file that was named
 *     must be there
 *  2. /etc/containers/registries.conf.d/\*.conf, unless it was the user's file
 *  3. ~/.config/containers/registries.conf.d/\*.conf
 * each folder in the order of its names. A table [[registry]] takes the place of an earlier one with the
 * same prefix, an alias that of the same name, any other key its earlier value.
 *
 * All of it is read strictly (registry/registries_file.h): a file that is not understood is an error, because
 * what it forbids or redirects would not be done.
 */
#ifndef REGISTRY_REGISTRIES_CONF_H
#define REGISTRY_REGISTRIES_CONF_H

#include "base/cleanup.h"
#include "base/str.h"
#include "registry/place.h"
#include "registry/registries_conf_opts.h"

/* Where something was said. */
struct registries_line {
	const char *file; /* borrowed from the configuration; NULL: nowhere */
	unsigned line;
};

/* "FILE:LINE", new. */
char *registries_line_format(const struct registries_line *line);

enum registries_mirror_use {
	REGISTRIES_MIRROR_ALL,
	REGISTRIES_MIRROR_DIGEST_ONLY,
	REGISTRIES_MIRROR_TAG_ONLY,
	REGISTRIES_MIRROR_MAX,
};

struct registries_mirror {
	char *location;
	bool is_insecure;
	int use; /* enum registries_mirror_use */
	struct registries_line line;
};

/* A table [[registry]]. */
struct registries_entry {
	char *prefix; /* the host in lower case */
	char *location; /* NULL: as the name says */
	bool is_insecure;
	bool is_blocked;
	struct registries_mirror *mirrors; /* in the order in which they are asked */
	size_t n_mirrors;
	struct registries_line line;
};

/* A line of [aliases]. */
struct registries_alias {
	char *name;
	char *value; /* empty: the alias is none */
	struct registries_line line;
};

enum short_name_mode {
	SHORT_NAME_PERMISSIVE, /* ask on a terminal, else one after the other */
	SHORT_NAME_ENFORCING, /* ask on a terminal, else fail */
	SHORT_NAME_DISABLED, /* one after the other */
	SHORT_NAME_MODE_MAX,
};

struct registries_conf {
	struct strlist files; /* that were read */
	struct registries_entry *entries; /* sorted by prefix once all files are read */
	size_t n_entries;
	struct registries_alias *aliases; /* sorted by name likewise */
	size_t n_aliases;
	struct strlist search; /* of unqualified-search-registries */
	struct registries_line search_line;
	int mode; /* enum short_name_mode */
	struct registries_line mode_line;
};

#define REGISTRIES_CONF_INIT \
	{ \
		.files = STRLIST_INIT, .search = STRLIST_INIT \
	}

void registries_conf_release(struct registries_conf *conf);
#define autoregistriesconf autocleanup(registries_conf_release)

/* Read all files. None has to be there. */
int registries_conf_load(const struct registries_conf_opts *opts, struct registries_conf *ret,
			 struct error *err);

/* Read one file over what there is; registries_conf_finish() comes behind the last one. Without REQUIRED one
 * that is not there says nothing. */
enum registries_need {
	REGISTRIES_OPTIONAL,
	REGISTRIES_REQUIRED,
};
int registries_conf_read(struct registries_conf *conf, const char *path, enum registries_need need,
			 struct error *err);

/* Sort, and leave the last of each. The same prefix twice in one file is an error. */
int registries_conf_finish(struct registries_conf *conf, struct error *err);

/* How an image is asked for. */
enum registries_pull {
	REGISTRIES_BY_TAG,
	REGISTRIES_BY_DIGEST, /* also by a tag whose digest the registry itself has told */
};

/* Add the places where the reference can be read, in the order in which they are asked: the mirrors that are
 * for such a pull, then the registry that its name means. The table of the longest prefix counts; of the
 * same length the one that says more ("a.example.com", "*.example.com", "*.com"). ERROR_VERIFY for what
 * is blocked. */
int registries_conf_places(const struct registries_conf *conf, const struct reference *reference,
			   enum registries_pull pull, struct place_list *ret, struct error *err);

/* Is the image of that reference, a text, blocked? */
bool registries_conf_blocks(const struct registries_conf *conf, const char *reference);

/* Where a reference can be read, by the files that there are: what registries_conf_load() and
 * registries_conf_places() say together. A tag is a pull by digest too when --verify-tag has the registry
 * itself asked what it stands for. */
int registries_places_of(const struct registries_conf_opts *opts, const struct reference *reference,
			 struct place_list *ret, struct error *err);

/* The alias of a short name without tag and digest, borrowed, or NULL. */
const struct registries_alias *registries_conf_alias(const struct registries_conf *conf,
						     const char *name);

#endif
