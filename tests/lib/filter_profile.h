/* SPDX-License-Identifier: Apache-2.0 */
/* Seccomp profiles for tests, and the filters that libseccomp makes of them. */
#ifndef TESTS_LIB_FILTER_PROFILE_H
#define TESTS_LIB_FILTER_PROFILE_H

#include "workers/profile/profile.h"
#include "workers/profile/program.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json.h"
#include "system/fd.h"
#include "system/process.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* A profile's program by libseccomp: the instructions in ret, which is empty. */
static inline struct program compile_profile(const char *text, struct str *ret)
{
	autoclose int fd = memfd_create("filter", MFD_CLOEXEC);
	struct error err = { 0 };
	autojson json_t *document = json_parse(text, strlen(text), "profile", &err);
	struct jnode root = jnode_root(document, "profile");
	struct program program = { 0 };

	if (!document || profile_compile(&root, fd, &err) < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
	    fd_read_rest(fd, 1 << 20, ret, &err) < 0) {
		printf("# %s\n", err.message);
		return program;
	}
	program.code = (const struct sock_filter *)(const void *)ret->data;
	program.len = ret->len / sizeof(*program.code);
	return program;
}

/* The default profile for some options of ctnr-spec, new. */
static inline char *default_profile(const char *options)
{
	autofree char *script = xasprintf("ctnr-spec %s --image-config - -- true", options);
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", script, NULL };
	const char *image = "{\"architecture\":\"amd64\",\"os\":\"linux\","
			    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";
	struct process_exchange x = {
		.argv = argv, .in = image, .in_len = strlen(image), .out_max = 1 << 20
	};
	autostr struct str text = STR_INIT;
	autojson json_t *config = NULL;

	if (process_exchange(&x, &text, NULL) != 0)
		return xstrdup("");
	config = json_parse(text.data, text.len, "config", NULL);
	return json_format(json_object_get(json_object_get(config, "linux"), "seccomp"));
}

#endif
