/*
 * template_private.h - the folder of templates in memory.
 */
#ifndef RENDER_TEMPLATE_PRIVATE_H
#define RENDER_TEMPLATE_PRIVATE_H

#include "meterpost/render/template.h"

#define TEMPLATE_LANGUAGE_MAX 32   /* bytes of a language's code, NUL included */
#define TEMPLATE_NAME_MAX     64   /* bytes of "bill.sms", NUL included */
#define TEMPLATE_PATH_MAX     1024 /* bytes, NUL included */
#define TEMPLATE_SHARED       "shared"
#define TEMPLATE_SAMPLES      "samples"
#define TEMPLATE_CASES        "_cases" /* of a sample: what else it may be */
#define TEMPLATE_ENDING       ".mustache"

enum template_kind {
    TEMPLATE_SMS,
    TEMPLATE_TXT,
    TEMPLATE_HTML,
    TEMPLATE_SLIP,
};

struct template_entry {
    char language[TEMPLATE_LANGUAGE_MAX];
    char name[TEMPLATE_NAME_MAX]; /* with the kind: "bill.sms" */
    enum template_kind kind;
    struct mustache *m;
};

struct templates {
    char dir[TEMPLATE_PATH_MAX];
    char language[TEMPLATE_LANGUAGE_MAX]; /* when the one wanted is not there */
    struct template_entry *entries;       /* by language and name */
    size_t n, room;
};

/* Where a template's partials come from. */
struct template_shelf {
    const struct templates *templates;
    const char *language, *ending; /* "sms" */
};

/* "sms", "txt", "html", "slip" to a kind, and back. */
bool template_kind_parse(const char *word, enum template_kind *kind);
const char *template_kind_name(enum template_kind kind);

/* A whole file of at most `max` bytes as a new text with a NUL behind it; a byte order mark
 * at its start is dropped. */
bool template_file_read(const char *path, size_t max, char **text, size_t *n,
                        struct err *e);

/* The entry of exactly this language and name, or NULL. */
const struct template_entry *template_find(const struct templates *t, const char *language,
                                           const char *name);

/* The sample for "bill.sms" in a language: bill.zh.json before bill.json; NULL when there
 * is none, or when it cannot be read: then `fault`, unless NULL, was told. */
json_t *template_sample(const struct templates *t, const struct template_entry *entry,
                        mustache_fault *fault, void *arg);

/* mustache_how.partial for a struct template_shelf. */
bool template_partial(void *arg, const char *name, const struct mustache **out,
                      struct err *e);

/* Renders and gives the text the form of its kind. */
bool template_fill(const struct mustache *m, enum template_kind kind, const json_t *view,
                   const struct mustache_how *how, char **text, struct err *e);

#endif
