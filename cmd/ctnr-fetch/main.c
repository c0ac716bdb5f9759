/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-fetch copies images from registries or layouts into a layout, the store's by default, and prints
 * their image records.
 *
 *  1. With --explain, print where it would be fetched from.
 *  2. Look whether every image is there already (present.h): then their records are all there is to do, and
 *     nothing was loaded for it.
 *  3. Otherwise become the worker that copies (workers/copy), which reads the same command line: it loads
 *     what TLS and digests need, three times what the rest of this program costs.
 */
#include "explain.h"
#include "present.h"
#include "request.h"
#include "short_source.h"

#include "base/alloc.h"
#include "base/message.h"
#include "system/process.h"

#include <string.h>

#define WORKER "ctnr-fetch-copy"
#define STATUS_NOT_ALL_PRESENT 255 /* no tool ends with it */

static int find_present_address(const struct fetch_opts *opts, const char *address,
				struct image *ret, struct error *err)
{
	autorequest struct request request = REQUEST_INIT;

	if (request_read(opts, address, &request, err) < 0)
		return -1;
	return present_find(&request, ret, err);
}

/* Of what a short name may mean the first that is there. */
static int find_present(const struct fetch_opts *opts, const char *source, struct image *ret,
			struct error *err)
{
	autoshortname struct short_name name = SHORT_NAME_INIT;
	autostrlist struct strlist addresses = STRLIST_INIT;
	int result = 0;

	/* What is asked for by a tag is asked for each time: then nothing need be read for it here. */
	if (!opts->if_missing && !strchr(source, '@'))
		return 0;
	if (short_source_read(opts, source, &name, err) < 0)
		return -1;
	short_source_addresses(source, &name, &addresses);
	for (size_t i = 0; result == 0 && i < addresses.len; i++)
		result = find_present_address(opts, addresses.items[i], ret, err);
	return result;
}

/* Print the records of what is there. Returns STATUS_NOT_ALL_PRESENT, and prints nothing, when one is not:
 * what is wrong with any of them is the worker's to say. */
static int print_present(const void *opts_, const struct strlist *sources, struct error *err)
{
	const struct fetch_opts *opts = opts_;
	autofree struct image *images = xcalloc(sources->len + 1, sizeof(*images));
	int result = STATUS_NOT_ALL_PRESENT;
	size_t n = 0;

	if (opts->check || query_kind(&opts->query) != QUERY_NONE ||
	    request_check_options(opts, sources->len, NULL) < 0)
		return STATUS_NOT_ALL_PRESENT;
	while (n < sources->len && find_present(opts, sources->items[n], &images[n], NULL) == 1)
		n++;
	if (n == sources->len)
		result = 0;
	for (size_t i = 0; i < n; i++) {
		if (result == 0)
			result =
				image_print(stdout, &images[i], (enum image_print)opts->print, err);
		image_release(&images[i]);
	}
	return result;
}

static int run_fetch(const void *opts_, const struct strlist *sources, struct error *err)
{
	const struct fetch_opts *opts = opts_;

	if (!opts->explain)
		return print_present(opts, sources, err);
	if (request_check_options(opts, sources->len, err) < 0)
		return -1;
	return explain_sources(stdout, opts, sources, err);
}

static const struct command commands[] = { REQUEST_COMMAND(run_fetch), COMMAND_END };

static const struct tool tool = { REQUEST_TOOL_NAME, REQUEST_TOOL_SUMMARY, commands };

static int become_worker(char **argv)
{
	struct error err = { 0 };
	autofree char *path = process_libexec(WORKER, &err);

	if (path)
		return tool_become(path, argv);
	message_error(&err);
	return err.code;
}

int main(int argc, char **argv)
{
	int status = tool_main(&tool, argc, argv);

	return status == STATUS_NOT_ALL_PRESENT ? become_worker(argv) : status;
}
