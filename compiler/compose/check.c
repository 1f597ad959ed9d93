/* Compose files against the schema of the Compose Specification, as `docker compose` checks them:
 * each file by itself, with its variables replaced. Of a file that only services are taken from by
 * `extends`, those services. */
#include <stdlib.h>

#include "compose/project.h"
#include "load/gateway.h"
#include "load/schema/check.h"

enum {
    BUDGET = 20 * 1000 * 1000, /* values of a project that are looked at */
    REPORTED = 100,
};

/* Keys that older versions of Compose had. */
static const char *const gone[][2] = {
    {"services.*.net", "it is called `network_mode` now"},
    {"services.*.dockerfile", "it is `build.dockerfile` now"},
    {"services.*.log_driver", "it is `logging.driver` now"},
    {"services.*.log_opt", "it is `logging.options` now"},
    {"services.*.volume_driver", "the volume has a `driver` now, below `volumes` at the top"},
};

static struct name_map *gone_keys(struct arena *a) {
    enum { N = sizeof gone / sizeof *gone };
    struct name_map *m = ARENA_NEW(a, struct name_map);
    struct str *keys = ARENA_ARRAY(a, struct str, N), *advice = ARENA_ARRAY(a, struct str, N);
    struct names *values = ARENA_ARRAY(a, struct names, N);
    for (size_t i = 0; i < N; i++) {
        keys[i] = str_from(gone[i][0]);
        advice[i] = str_from(gone[i][1]);
        values[i] = (struct names){&advice[i], 1};
    }
    *m = (struct name_map){keys, values, N};
    return m;
}

/* ---- files of Compose 1 ------------------------------------------------------------------------
 */

/* Services at the top, as Compose 1 had them: one message for all of them. */
static bool is_first_format(struct composing *c, const struct compose_file *f) {
    const struct tree *t = c->tree;
    if (tree_member(t, f->root, STR("services")) || tree_member(t, f->root, STR("include")))
        return false;
    for (TREE_EACH(t, member, f->root)) {
        if (!tree_is(t, member, NODE_OBJECT)) continue;
        if (!tree_member(t, member, STR("image")) && !tree_member(t, member, STR("build")))
            continue;
        COMPOSE_ERROR(c, tree_key_span(t, member),
                      "services at the top of a file are the format of Compose 1, which Compose "
                      "does not read any more: put them below `services:`");
        return true;
    }
    return false;
}

/* ---- checks ------------------------------------------------------------------------------------
 */

/* A service that something extends. */
static void check_extended(struct composing *c, struct checking *s, const struct compose_file *f) {
    static const struct str services = {"services", 8};
    bool named;
    const struct schema *schema = s->schema;
    schema_id id = schema_member(schema, schema->root, services, &named);
    const struct schema_node *object = &schema->nodes[id];
    if (!named || !object->patterned.n) return;
    checking_enter_key(s, services);
    for (size_t i = 0; i < f->entries.n; i++) {
        const struct entry *e = &f->entries.v[i];
        if (e->state == ENTRY_NEW || tree_node(c->tree, e->raw)->tag == NODE_TAG_RESET) continue;
        checking_enter_key(s, e->name);
        checking_at(s, e->raw);
        schema_check(s, e->raw, 0, schema->properties[object->patterned.first].node);
        checking_leave(s);
    }
    checking_leave(s);
}

/* What stands in an anchor is met wherever it is used, and said once; so is a file that is read
 * twice. */
static bool is_said(struct composing *c, struct map *said, const struct diag *d) {
    bool is_new;
    struct str file = source_name(c->tree->sources, d->span.file);
    struct str key =
        str_format(c->arena, STR_FMT "\n%u %u\n" STR_FMT, STR_ARG(file), (unsigned)d->span.start,
                   (unsigned)d->span.end, STR_ARG(d->message));
    map_put(said, key, 1, &is_new);
    return !is_new;
}

static int by_place(const void *left, const void *right) {
    const struct issue *a = left, *b = right;
    const struct span *x = &a->diag.span, *y = &b->diag.span;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    return x->start < y->start ? -1 : x->start > y->start;
}

static void hand_over(struct composing *c, const struct checking *s) {
    struct map said = map_new(c->arena);
    size_t reported = 0;
    if (s->issues.n) qsort(s->issues.v, s->issues.n, sizeof *s->issues.v, by_place);
    for (size_t i = 0; i < s->issues.n && reported < REPORTED; i++) {
        const struct diag *d = &s->issues.v[i].diag;
        if (is_said(c, &said, d)) continue;
        struct diag *out =
            COMPOSE_ERROR(c, d->span, STR_FMT " (Compose refuses the file)", STR_ARG(d->message));
        out->path = d->path;
        out->notes.v = d->notes.v;
        out->notes.n = out->notes.capacity = d->notes.n;
        reported++;
    }
}

void compose_check_files(struct composing *c) {
    const struct schema *schema = schema_of_compose();
    struct checking *s = checking_new(c->arena, c->arena, c->tree, 1, schema);
    s->compose = true;
    s->budget = BUDGET;
    s->moved = gone_keys(c->arena);
    for (size_t i = 0; i < c->files.n; i++) {
        const struct compose_file *f = c->files.v[i];
        if (!f->root) continue;
        if (f->extended)
            check_extended(c, s, f);
        else if (!is_first_format(c, f))
            schema_check(s, f->root, 0, schema->root);
    }
    hand_over(c, s);
}
