/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/certificates.h"

#include "base/alloc.h"
#include "system/config_path.h"
#include "system/fd.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define AUTHORITY_SUFFIX ".crt"
#define CLIENT_SUFFIX ".cert"
#define KEY_SUFFIX ".key"
#define KEY_SIZE_USUAL 65536 /* bytes; RSA of 16384 bits has 13 kB */

void certificates_release(struct certificates *certificates)
{
	struct str *key = &certificates->key;

	if (key->capacity)
		explicit_bzero(key->data, key->capacity);
	str_release(key);
	str_release(&certificates->authorities);
	str_release(&certificates->client);
}

/* Is there something in PEM, a certificate or a key (what), behind the first start bytes of a text? */
static int check_pem(const struct str *text, size_t start, const char *path, const char *what,
		     struct error *err)
{
	static const char begin[] = "-----BEGIN ";

	if (memmem(text->data + start, text->len - start, begin, strlen(begin)))
		return 0;
	return error_set(err, ERROR_FAILED, "'%s' has no %s in PEM", path, what);
}

/* Append a file of a directory of certificates. */
static int read_pem(int dirfd, const char *name, const char *what, struct str *ret,
		    struct error *err)
{
	size_t start = ret->len;

	if (file_read_linked_at(dirfd, name, CERTIFICATES_FILE_MAX, ret, err) < 0)
		return error_recode(err, ERROR_FAILED);
	return check_pem(ret, start, name, what, err);
}

int certificates_read_authorities(const char *path, struct str *ret, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t start = ret->len;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (fd_read_rest(fd, CERTIFICATES_FILE_MAX, ret, err) < 0)
		return error_prefix(err, "'%s'", path);
	return check_pem(ret, start, path, "certificate", err);
}

/* "client" of "client.cert", new; NULL for another suffix. */
static char *name_without(const char *name, const char *suffix)
{
	return str_ends_with(name, suffix) ? xstrndup(name, strlen(name) - strlen(suffix)) : NULL;
}

/* The file of the same name with the other suffix must be there too. */
static int check_pair(const struct strlist *names, const char *name, const char *suffix,
		      const char *other_suffix, struct error *err)
{
	autofree char *stem = name_without(name, suffix);
	autofree char *other = stem ? xasprintf("%s%s", stem, other_suffix) : NULL;

	if (!other || strlist_contains(names, other))
		return 0;
	return error_set(err, ERROR_FAILED, "'%s' is there without '%s'", name, other);
}

/* The client certificate among the names (borrowed), or NULL. */
static int find_client(const struct strlist *names, const char **ret, struct error *err)
{
	*ret = NULL;
	for (size_t i = 0; i < names->len; i++) {
		const char *name = names->items[i];

		if (check_pair(names, name, CLIENT_SUFFIX, KEY_SUFFIX, err) < 0 ||
		    check_pair(names, name, KEY_SUFFIX, CLIENT_SUFFIX, err) < 0)
			return -1;
		if (!str_ends_with(name, CLIENT_SUFFIX))
			continue;
		if (*ret)
			return error_set(err, ERROR_FAILED,
					 "there are two client certificates, '%s' and '%s'", *ret,
					 name);
		*ret = name;
	}
	return 0;
}

static void cleanup_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void cleanup_x509(X509 **certificate)
{
	X509_free(*certificate);
}

static void cleanup_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}
#define autobio autocleanup(cleanup_bio)

/* Stands in for OpenSSL's own, which asks on the terminal: there is no passphrase. */
static int no_passphrase(char *buffer, int size, int writes, void *data)
{
	(void)buffer;
	(void)size;
	(void)writes;
	(void)data;
	return -1;
}

/* Is the certificate readable, and the key its own? libcurl would tell it as a failure of the server's. */
static int check_client(const struct certificates *certificates, const char *client,
			const char *key_name, struct error *err)
{
	autobio BIO *text =
		BIO_new_mem_buf(certificates->client.data, (int)certificates->client.len);
	autobio BIO *key_text = BIO_new_mem_buf(certificates->key.data, (int)certificates->key.len);
	autocleanup(cleanup_x509) X509 *certificate =
		PEM_read_bio_X509(text, NULL, no_passphrase, NULL);
	autocleanup(cleanup_key) EVP_PKEY *key =
		PEM_read_bio_PrivateKey(key_text, NULL, no_passphrase, NULL);
	bool is_pair = certificate && key && X509_check_private_key(certificate, key) == 1;

	ERR_clear_error();
	if (!certificate)
		return error_set(err, ERROR_FAILED, "'%s' is no certificate", client);
	if (!key && memmem(certificates->key.data, certificates->key.len, "ENCRYPTED", 9))
		return error_set(err, ERROR_FAILED, "'%s' has a passphrase, which is not supported",
				 key_name);
	if (!key)
		return error_set(err, ERROR_FAILED, "'%s' is no key", key_name);
	if (!is_pair)
		return error_set(err, ERROR_FAILED, "'%s' is not the key of '%s'", key_name,
				 client);
	return 0;
}

static int read_client(int dirfd, const char *client, struct certificates *ret, struct error *err)
{
	autofree char *stem = name_without(client, CLIENT_SUFFIX);
	autofree char *key = xasprintf("%s" KEY_SUFFIX, stem);

	/* So that no growing leaves a copy of the secret behind. */
	str_reserve(&ret->key, KEY_SIZE_USUAL);
	if (read_pem(dirfd, client, "certificate", &ret->client, err) < 0 ||
	    read_pem(dirfd, key, "key", &ret->key, err) < 0)
		return -1;
	return check_client(ret, client, key, err);
}

static int read_names(int dirfd, const struct strlist *names, struct certificates *ret,
		      struct error *err)
{
	const char *client;

	for (size_t i = 0; i < names->len; i++) {
		if (!str_ends_with(names->items[i], AUTHORITY_SUFFIX))
			continue;
		if (read_pem(dirfd, names->items[i], "certificate", &ret->authorities, err) < 0)
			return -1;
		/* A last line may have no end. */
		str_append_char(&ret->authorities, '\n');
	}
	if (find_client(names, &client, err) < 0)
		return -1;
	return client ? read_client(dirfd, client, ret, err) : 0;
}

/* Read the directory that is open at dirfd; dir is its name. */
static int read_directory(int dirfd, const char *dir, struct certificates *ret, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (dir_list_at(dirfd, ".", &names, err) < 0)
		return error_prefix(err, "'%s'", dir);
	strlist_sort(&names);
	return read_names(dirfd, &names, ret, err) < 0 ? error_prefix(err, "'%s'", dir) : 0;
}

static int open_directory(const char *dir)
{
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int certificates_read(const char *dir, struct certificates *ret, struct error *err)
{
	autoclose int fd = open_directory(dir);

	return fd < 0 ? error_errno(err, "cannot open '%s'", dir)
		      : read_directory(fd, dir, ret, err);
}

/* Read the directory of a registry in a certs.d: 1 when it is there, 0 when not. Docker's may be root's
 * alone. */
static int read_registry(const char *certs_d, const char *registry, struct certificates *ret,
			 struct error *err)
{
	autofree char *dir = xasprintf("%s/%s", certs_d, registry);
	autoclose int fd = open_directory(dir);
	int cause = errno;

	if (fd < 0 && (cause == EACCES || config_path_is_free(dir)))
		return 0;
	errno = cause;
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", dir);
	return read_directory(fd, dir, ret, err) < 0 ? -1 : 1;
}

int certificates_find(const char *registry, struct certificates *ret, struct error *err)
{
	autofree char *user = config_path_of_user("containers/certs.d");
	const char *const places[] = { user, "/etc/containers/certs.d", "/etc/docker/certs.d" };

	/* A name that would lead elsewhere is no registry's. */
	if (strchr(registry, '/') || registry[0] == '.')
		return 0;
	for (size_t i = 0; i < array_size(places); i++) {
		int result = places[i] ? read_registry(places[i], registry, ret, err) : 0;

		if (result != 0)
			return result < 0 ? -1 : 0;
	}
	return 0;
}
