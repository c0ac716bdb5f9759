/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions of a Dockerfile that touch an image's config alone, applied to one (image-spec config.md).
 *
 *	struct config_change change = { .image = config.json };
 *
 *	if (config_change_apply(&change, "ENV GREETING='good day' PATH=/opt/bin:$PATH", err) < 0) ...
 *
 *	ENV LABEL		variables and labels; what is there is replaced where it stands
 *	CMD ENTRYPOINT		the command: a JSON array, or a text for the shell (SHELL, else /bin/sh -c)
 *	SHELL			that shell, a JSON array
 *	USER WORKDIR STOPSIGNAL	one value; WORKDIR is relative to the one before
 *	EXPOSE VOLUME		more ports and volumes
 *	HEALTHCHECK ONBUILD	what Docker has beside the specification (oci/healthcheck.h)
 *	MAINTAINER		the author
 *
 *  - Variables are those of the image's Env, as they are then: in ENV, LABEL, EXPOSE, VOLUME, USER, WORKDIR and
 *    STOPSIGNAL.
 *  - ENTRYPOINT takes the command of the base away, as there is no telling whether that is good for another
 *    program; a CMD that came through here stays.
 *  - What makes files (RUN, COPY, ADD, WORKDIR's folder) or begins an image (FROM, ARG) is refused.
 *  - What the config has beside that is left as it is.
 */
#ifndef OCI_CONFIG_CHANGE_H
#define OCI_CONFIG_CHANGE_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>

/* A config that instructions are applied to, one after the other. */
struct config_change {
	json_t *image; /* the whole document of image_config.h; borrowed */
	bool has_cmd; /* a CMD was applied */
};

/* Apply one instruction: "ENV A=1" or, as podman has it, "ENV=A=1"; in either case of letters, and with lines that
 * go on behind a backslash. ERROR_USAGE, with the instruction's name, for what is none, is refused or has wrong
 * arguments; then the config says what it said. */
int config_change_apply(struct config_change *change, const char *instruction, struct error *err);

#endif
