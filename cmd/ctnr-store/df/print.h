/* SPDX-License-Identifier: Apache-2.0 */
/* What df prints: a table for people, with a table for the objects of each kind behind it when they are
 * wanted, or a record on a line for each. */
#ifndef CTNR_STORE_DF_PRINT_H
#define CTNR_STORE_DF_PRINT_H

#include "df/usage.h"

void usage_print_tables(const struct usage *usage);
int usage_print_records(const struct usage *usage, struct error *err);

#endif
