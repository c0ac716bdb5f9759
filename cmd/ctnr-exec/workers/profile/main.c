/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles a seccomp profile for ctnr-exec, which does not want to load libseccomp each time:
 * linux.seccomp on stdin, the filter on stdout (protocol.h).
 */
#include "workers/profile/profile.h"
#include "workers/profile/protocol.h"

#include "base/str.h"
#include "format/json.h"
#include "system/fd.h"

#define PROFILE_MAX (4U << 20) /* bytes */

static int compile(struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct worker_answer answer = { 0 };
	struct jnode profile;

	if (fd_read_rest(STDIN_FILENO, PROFILE_MAX, &text, err) < 0)
		return -1;
	document = json_parse(text.data, text.len, "config.json: linux.seccomp", err);
	if (!document)
		return -1;
	profile = jnode_root(document, "profile");
	if (profile_flags(&profile, &answer.flags, err) < 0)
		return -1;
	if (fd_write_all(STDOUT_FILENO, &answer, sizeof(answer)) < 0)
		return error_errno(err, "cannot write the filter");
	return profile_compile(&profile, STDOUT_FILENO, err);
}

int main(void)
{
	struct error err = { 0 };

	if (compile(&err) == 0)
		return 0;
	if (ftruncate(STDOUT_FILENO, 0) < 0 || lseek(STDOUT_FILENO, 0, SEEK_SET) < 0)
		return 1;
	return fd_write_all(STDOUT_FILENO, &err, sizeof(err)) < 0 ? 1 : WORKER_FAILED;
}
