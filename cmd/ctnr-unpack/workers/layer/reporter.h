/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the tool (store/layer_report.h). Reports that cannot be sent are lost: the tool is gone then. */
#ifndef CTNR_UNPACK_WORKERS_LAYER_REPORTER_H
#define CTNR_UNPACK_WORKERS_LAYER_REPORTER_H

#include "store/layer_report.h"

void report_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_error(const struct error *error);
void report_start(const char *digest, uint64_t size);
void report_progress(uint64_t bytes);
void report_done(void);

#endif
