#include "io/tls_certificate.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define DAY_S (24L * 3600)

/* What the certificates differ in. */
struct form {
    const char *name;                             /* the subject's */
    long from_s, until_s;                         /* from now */
    const char *basic, *usage, *extended, *hosts; /* NULL: left out */
};

static const struct form authority_form = {
    "wsproof self-made authority",  -DAY_S, 365 * DAY_S, "critical,CA:TRUE",
    "critical,keyCertSign,cRLSign", NULL,   NULL,
};

#define USAGE "critical,digitalSignature"
#define HERE "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1"

static const struct form server_forms[IO_TLS_FLAWS] = {
    [IO_TLS_GOOD] = { "localhost", -DAY_S, 365 * DAY_S, "critical,CA:FALSE", USAGE, "serverAuth",
                      HERE },
    [IO_TLS_EXPIRED] = { "localhost", -400 * DAY_S, -30 * DAY_S, "critical,CA:FALSE", USAGE,
                         "serverAuth", HERE },
    [IO_TLS_WRONG_HOST] = { "wsproof.invalid", -DAY_S, 365 * DAY_S, "critical,CA:FALSE", USAGE,
                            "serverAuth", "DNS:wsproof.invalid" },
    [IO_TLS_SELF_SIGNED] = { "localhost", -DAY_S, 365 * DAY_S, "critical,CA:FALSE", USAGE,
                             "serverAuth", HERE },
};

void tls_identity_free(struct tls_identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->cert);
    *identity = (struct tls_identity){ 0 };
}

struct tls_identity tls_identity_share(const struct tls_identity *of)
{
    EVP_PKEY_up_ref(of->key);
    X509_up_ref(of->cert);
    return *of;
}

static bool add_extension(X509 *issuer, X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;

    if (!value)
        return true;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = ext && X509_add_ext(cert, ext, -1) == 1;
    X509_EXTENSION_free(ext);
    return ok;
}

/* The key identifiers are what strict verifiers look for first. */
static bool add_extensions(X509 *issuer, X509 *cert, const struct form *form)
{
    return add_extension(issuer, cert, NID_basic_constraints, form->basic) &&
           add_extension(issuer, cert, NID_key_usage, form->usage) &&
           add_extension(issuer, cert, NID_ext_key_usage, form->extended) &&
           add_extension(issuer, cert, NID_subject_alt_name, form->hosts) &&
           add_extension(issuer, cert, NID_subject_key_identifier, "hash") &&
           add_extension(issuer, cert, NID_authority_key_identifier, "keyid");
}

/* Two servers of one name and one number would look like a forgery to a browser. */
static bool set_serial(X509 *cert)
{
    uint32_t serial;

    return RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial) == 1;
}

static bool set_name(X509 *cert, const char *name)
{
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                                      (const unsigned char *)name, -1, -1, 0) == 1;
}

static bool fill(struct tls_identity *own, const struct tls_identity *issuer,
                 const struct form *form)
{
    X509 *cert = own->cert;

    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           set_name(cert, form->name) &&
           X509_set_issuer_name(cert, X509_get_subject_name(issuer->cert)) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(cert), form->from_s) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), form->until_s) &&
           X509_set_pubkey(cert, own->key) == 1 && add_extensions(issuer->cert, cert, form) &&
           X509_sign(cert, issuer->key, EVP_sha256()) > 0;
}

/* `issuer` NULL: signed by its own key. */
static bool make(const struct tls_identity *issuer, const struct form *form,
                 struct tls_identity *out, struct err *err)
{
    *out = (struct tls_identity){ EVP_EC_gen("P-256"), X509_new() };
    if (out->key && out->cert && fill(out, issuer ? issuer : out, form))
        return true;
    tls_identity_free(out);
    return err_set(err, ERR_SYSTEM, "cannot make a certificate");
}

bool tls_authority_make(struct tls_identity *out, struct err *err)
{
    return make(NULL, &authority_form, out, err);
}

bool tls_certificate_make(const struct tls_identity *authority, enum io_tls_flaw flaw,
                          struct tls_identity *out, struct err *err)
{
    bool own = flaw == IO_TLS_SELF_SIGNED;

    return make(own ? NULL : authority, &server_forms[flaw], out, err);
}
