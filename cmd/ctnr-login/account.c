/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"

#include "base/alloc.h"
#include "oci/reference.h"
#include "registry/auth_file.h"

#include <stdlib.h>
#include <string.h>

void account_release(struct account *account)
{
	free(account->name);
	free(account->registry);
}

/* Is the name the beginning of a reference with that registry? */
static bool begins_reference(const char *name, const char *registry)
{
	autofree char *text = xasprintf("%s/x", name);
	autoreference struct reference reference = REFERENCE_INIT;

	return reference_parse(text, &reference, NULL) == 0 &&
	       strcmp(reference.registry, registry) == 0;
}

int account_parse(const char *text, struct account *ret, struct error *err)
{
	ret->name = auth_file_normal_name(text);
	ret->registry = xstrndup(ret->name, strcspn(ret->name, "/"));
	ret->is_namespace = strcmp(ret->name, ret->registry) != 0;
	if (begins_reference(ret->name, ret->registry))
		return 0;
	return error_set(err, ERROR_USAGE, "'%s' is not a registry's HOST[:PORT][/NAMESPACE]",
			 text);
}

int account_of_operands(const struct strlist *operands, struct account *ret, struct error *err)
{
	if (operands->len > 1)
		return error_set(err, ERROR_USAGE, "expected one REGISTRY, got %zu", operands->len);
	return account_parse(operands->len ? operands->items[0] : REFERENCE_DEFAULT_REGISTRY, ret,
			     err);
}
