/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-spec: write the runtime config of a bundle from its image's config and options.
 *
 * 1. Read the bundle record, and by it the manifest and the config of its image.
 * 2. Find out who will run it (the identity ladder): that decides maps, groups, devices.
 * 3. Run the stages (stages.c): user, namespaces, process, capabilities, seccomp, mounts, and so on.
 * 4. Write BUNDLE/config.json, whole by rename and synced unless the bundle is for one run, and print the
 *    bundle record.
 *
 * With --image-config or --edit it is a filter from JSON to JSON over the same stages. With --check it
 * looks at the options alone (check.c).
 */
#include "check.h"
#include "input.h"
#include "opts.h"
#include "stages.h"

#include "base/alloc.h"
#include "base/tool.h"
#include "oci/runtime.h"
#include "store/bundle_stack.h"
#include "store/ephemeral.h"
#include "store/store.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

#define FIELD(name) offsetof(struct spec_opts, name)

static const struct option options[] = {
	OPTION_INCLUDE(environment_options, FIELD(environment)),
	OPTION_INCLUDE(mounts_options, FIELD(mounts)),
	OPTION_INCLUDE(process_options, FIELD(process)),
	OPTION_INCLUDE(etc_options, FIELD(etc)),
	OPTION_INCLUDE(namespace_options, FIELD(namespace)),
	{ "read-only", 0, NULL, "mount the root filesystem read-only", OPTION_TRISTATE,
	  FIELD(read_only) },
	OPTION_INCLUDE(capability_options, FIELD(capability)),
	OPTION_INCLUDE(seccomp_options, FIELD(seccomp)),
	{ "privileged", 0, NULL, "give all that the user has: capabilities, devices, no seccomp",
	  OPTION_BOOL, FIELD(privileged) },
	{ "image-config", 0, "FILE", "filter: image config from FILE or - to stdout", OPTION_STRING,
	  FIELD(image_config) },
	{ "rootfs", 0, "DIR", "with --image-config: the root filesystem", OPTION_STRING,
	  FIELD(rootfs) },
	{ "edit", 0, "FILE", "change an existing config.json, in place or - as a filter",
	  OPTION_STRING, FIELD(edit) },
	{ "check", 0, NULL, "check the options, and do nothing; the operands are CMD", OPTION_BOOL,
	  FIELD(check) },
	{ "store", 0, "DIR", "the store", OPTION_STRING, FIELD(store) },
	OPTION_INCLUDE(sync_options, FIELD(sync)),
	OPTION_END,
};

static const struct spec_opts defaults = { .namespace = NAMESPACE_OPTS_DEFAULT };

/* A whole file, "-" is stdin. */
static int read_input(const char *path, size_t max, struct str *ret, struct error *err)
{
	autoclose int fd = input_open(path, err);

	if (fd < 0) {
		if (error_errno_is(err, ENOENT))
			error_recode(err, ERROR_NOT_FOUND);
		return -1;
	}
	return fd_read_rest(fd, max, ret, err) < 0 ? error_prefix(err, "%s", path) : 0;
}

/* Find out who will run the container. A user without namespaces is told what forbids them. */
static int probe_identity(struct spec *spec, struct error *err)
{
	if (identity_probe(&spec->identity, err) < 0)
		return -1;
	if (spec->identity.rung == IDENTITY_NONE) {
		error_set(err, ERROR_FAILED, "no container can run here: %s", spec->identity.why);
		return spec->identity.grant[0] ? error_hint(err, "%s", spec->identity.grant) : -1;
	}
	spec->has_user_namespace = spec->identity.rung != IDENTITY_PRIVILEGED;
	return 0;
}

/* The image config of a bundle that was not made from an image. */
static const char no_image[] =
	"{\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";

static int read_image_config(const struct image *image, struct image_config *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (!image->layout)
		return image_config_parse(no_image, strlen(no_image), ret, err);
	if (image_open(image, &layout, &manifest, err) < 0)
		return -1;
	return image_config_read(&layout, &manifest.config, ret, err);
}

static int open_bundle(const struct spec_opts *opts, const char *word, struct bundle *ret,
		       struct error *err)
{
	autostore struct store store = STORE_INIT;

	/* Only a bare ID needs the store. */
	if (word[0] != '{' && strcmp(word, "-") != 0 && strcmp(word, ".") != 0 &&
	    !strchr(word, '/') && store_open(opts->store, STORE_READ, &store, err) < 0)
		return -1;
	return bundle_open(&store, word, ret, err);
}

static int write_config(const struct spec *spec, int dirfd, const char *name, mode_t mode,
			struct error *err)
{
	autofree char *text = spec_format(spec);
	autofree char *line = xasprintf("%s\n", text);

	return file_write_at(dirfd, name, line, strlen(line), mode, spec->sync, err);
}

static int print_config(const struct spec *spec, struct error *err)
{
	autofree char *text = spec_format(spec);

	return json_print_text(stdout, text, err);
}

/* ctnr-spec BUNDLE */
static int spec_bundle(const struct spec_opts *opts, const char *word, char *const *command,
		       struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autoimageconfig struct image_config image = IMAGE_CONFIG_INIT;
	autospec struct spec spec = SPEC_INIT;
	autojson json_t *record = NULL;

	if (open_bundle(opts, word, &bundle, err) < 0 ||
	    read_image_config(&bundle.image, &image, err) < 0)
		return -1;
	spec.opts = opts;
	spec.command = command;
	spec.image = &image;
	spec.bundle = &bundle;
	spec.sync = ephemeral_is_bundle(bundle.dirfd, bundle.id) ? FILE_NO_SYNC : FILE_SYNC;
	if (probe_identity(&spec, err) < 0 ||
	    bundle_stack_open(bundle.dirfd, "rootfs", &spec.identity, &spec.root, err) < 0)
		return error_prefix(err, "%s '%s'", bundle_word(), bundle.id);
	spec.has_root = true;
	if (stages_apply(&spec, err) < 0)
		return -1;
	if (write_config(&spec, bundle.dirfd, RUNTIME_CONFIG_FILE, 0600, err) < 0)
		return error_prefix(err, "%s '%s'", bundle_word(), bundle.id);
	bundle.stdin_mode = opts->process.interactive ? BUNDLE_STDIN_OPEN : BUNDLE_STDIN_CLOSED;
	record = bundle_to_json(&bundle);
	return json_print(stdout, record, err);
}

/* ctnr-spec --image-config FILE */
static int spec_filter(const struct spec_opts *opts, char *const *command, struct error *err)
{
	autoimageconfig struct image_config image = IMAGE_CONFIG_INIT;
	autospec struct spec spec = SPEC_INIT;
	autostr struct str text = STR_INIT;

	if (read_input(opts->image_config, IMAGE_CONFIG_MAX, &text, err) < 0)
		return -1;
	/* An empty pipe: the tool before has already said why. */
	if (!text.len && strcmp(opts->image_config, "-") == 0)
		return error_silent(err, ERROR_FAILED);
	if (image_config_parse(text.data, text.len, &image, err) < 0)
		return error_prefix(err, "%s", opts->image_config);
	spec.opts = opts;
	spec.command = command;
	spec.image = &image;
	if (probe_identity(&spec, err) < 0)
		return -1;
	if (opts->rootfs) {
		if (json_check_text(opts->rootfs, err) < 0 ||
		    bundle_stack_open_plain(AT_FDCWD, opts->rootfs, &spec.identity, &spec.root,
					    err) < 0)
			return error_prefix(err, "option --rootfs");
		spec.has_root = true;
	}
	if (stages_apply(&spec, err) < 0)
		return -1;
	return print_config(&spec, err);
}

/* Open the root filesystem of an edited config, in which names of users and groups are looked up. A
 * failure is told when a name is looked up: numbers need no root filesystem. */
static void open_edited_root(struct spec *spec, int dirfd)
{
	const char *path =
		json_string_value(json_object_get(json_object_get(spec->config, "root"), "path"));

	if (spec->opts->process.user || spec->opts->process.group_add.len)
		spec->has_root = bundle_stack_open(dirfd, path ? path : "rootfs", &spec->identity,
						   &spec->root, NULL) == 0;
}

/* ctnr-spec --edit FILE */
static int spec_edit(const struct spec_opts *opts, char *const *command, struct error *err)
{
	bool is_filter = strcmp(opts->edit, "-") == 0;
	autofree char *dir_copy = xstrdup(opts->edit), *name_copy = xstrdup(opts->edit);
	autoclose int dirfd = -EBADF;
	autospec struct spec spec = SPEC_INIT;
	autostr struct str text = STR_INIT;
	struct stat st;

	if (read_input(opts->edit, RUNTIME_CONFIG_MAX, &text, err) < 0)
		return -1;
	if (!text.len && is_filter)
		return error_silent(err, ERROR_FAILED);
	spec.opts = opts;
	spec.command = command;
	spec.config = json_parse(text.data, text.len, opts->edit, err);
	if (!spec.config)
		return -1;
	if (!json_is_object(spec.config))
		return error_set(err, ERROR_FAILED, "%s: expected an object", opts->edit);
	spec.sync = FILE_SYNC;
	if (namespace_read_identity(&spec, err) < 0)
		return -1;
	if (is_filter)
		return stages_apply(&spec, err) < 0 ? -1 : print_config(&spec, err);
	dirfd = dir_open_at(AT_FDCWD, dirname(dir_copy), err);
	if (dirfd < 0)
		return -1;
	open_edited_root(&spec, dirfd);
	if (stages_apply(&spec, err) < 0)
		return -1;
	if (fstatat(dirfd, basename(name_copy), &st, 0) < 0)
		return error_errno(err, "cannot look at '%s'", opts->edit);
	return write_config(&spec, dirfd, basename(name_copy), st.st_mode & 0777, err);
}

/* ctnr-spec --check */
static int spec_check(const struct spec_opts *opts, char *const *command, struct error *err)
{
	autospec struct spec spec = SPEC_INIT;

	spec.opts = opts;
	spec.command = command;
	return probe_identity(&spec, err) < 0 ? -1 : check_options(&spec, err);
}

static int check_usage(const struct spec_opts *o, struct error *err)
{
	if (o->edit && o->image_config)
		return error_set(err, ERROR_USAGE, "--edit and --image-config exclude each other");
	if (o->rootfs && !o->image_config)
		return error_set(err, ERROR_USAGE, "--rootfs needs --image-config");
	if (o->process.interactive && (o->edit || o->image_config))
		return error_set(err, ERROR_USAGE,
				 "--interactive is kept in the bundle record, "
				 "and a filter has none");
	return 0;
}

static int run_spec(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct spec_opts *opts = opts_;
	bool is_filter = opts->edit || opts->image_config;
	size_t skip = is_filter || opts->check ? 0 : 1;

	sync_apply(&opts->sync);
	if (check_usage(opts, err) < 0)
		return -1;
	if (operands->len < skip)
		return error_set(err, ERROR_USAGE, "no bundle given");
	char *const *command = operands->len > skip ? operands->items + skip : NULL;

	if (opts->check)
		return spec_check(opts, command, err);
	if (opts->edit)
		return spec_edit(opts, command, err);
	if (opts->image_config)
		return spec_filter(opts, command, err);
	return spec_bundle(opts, operands->items[0], command, err);
}

static const struct command commands[] = {
	{ .synopsis = "[OPTIONS] BUNDLE|RECORD|- [-- CMD [ARG...]]",
	  .summary = "Write a bundle's config.json from its image's config and options.",
	  .options = options,
	  .opts_size = sizeof(struct spec_opts),
	  .defaults = &defaults,
	  .run = run_spec },
	COMMAND_END,
};

static const struct tool tool = {
	.name = "ctnr-spec",
	.summary = "write the runtime config of a bundle",
	.commands = commands,
};

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
