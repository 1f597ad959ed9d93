/* The gateway's own suppressions, `security.audit.suppressions`: what they hide from its audit is
 * hidden here, too. They may name a piece of the gateway's English texts; ours are others, so such
 * an entry is compared with ours, and the report says that this is not certain. */
#include "model/ids.h"
#include "policy/engine.h"

/* The note that suppressions are in force is made when they have been applied. */
static const char always_shown[] = "security.audit.suppressions.active";

/* Most texts that are searched in one run: entries times findings of one id may be more than any
 * machine can do. */
enum { SEARCHES_MAX = 1000000, NONE = -1 };

/* A suppression, ready to be compared: in lower case, with the next one of the same id. */
struct entry {
    const struct audit_suppression *from;
    struct str title, detail; /* empty: any */
    int32_t next;
};

/* The suppressions of one gateway. */
struct hiding {
    struct engine *e;
    struct entry *entries;
    size_t n;
    struct map first, found; /* id -> its first entry; ids of findings */
    struct map certain;      /* ids that an entry hides whatever the text */
    size_t *searches;        /* that are left, for all gateways */
};

/* A finding's texts, put together and lowered when an entry asks for them. */
struct texts {
    struct str title, detail;
};

static struct texts texts_of(struct arena *a, const struct finding *f) {
    struct str title = str_format(a, STR_FMT "\n" STR_FMT, STR_ARG(f->title), STR_ARG(f->message));
    struct str detail =
        str_format(a, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(f->message),
                   STR_ARG(f->why), STR_ARG(f->fix), STR_ARG(f->at.path));
    return (struct texts){ids_lower(a, title), ids_lower(a, detail)};
}

static bool names_text(const struct entry *s) {
    return s->title.n || s->detail.n;
}

static bool holds(const struct entry *s, const struct texts *t) {
    return (!s->title.n || str_find(t->title, s->title, 0) != SIZE_MAX) &&
           (!s->detail.n || str_find(t->detail, s->detail, 0) != SIZE_MAX);
}

static const struct entry *first_that_hides(struct hiding *h, const struct finding *f) {
    const uint32_t *first = map_get(&h->first, f->id);
    if (!first || str_equal(f->id, str_from(always_shown))) return NULL;
    struct texts texts = {0};
    for (int32_t i = (int32_t)*first; i != NONE; i = h->entries[i].next) {
        const struct entry *s = &h->entries[i];
        if (!names_text(s)) return s;
        if (!*h->searches) continue;
        --*h->searches;
        if (!texts.title.n) texts = texts_of(h->e->arena, f);
        if (holds(s, &texts)) return s;
    }
    return NULL;
}

/* Entries that hang on a text, where no entry without one hides the same id anyway. */
static void note_uncertain(struct hiding *h, struct report *report) {
    for (size_t i = 0; i < h->n; i++) {
        struct str id = h->entries[i].from->check_id.v;
        if (!names_text(&h->entries[i]) || map_get(&h->certain, id) || !map_get(&h->found, id))
            continue;
        struct str reason = str_format(
            h->e->arena,
            "security.audit.suppressions[%zu] names words of the gateway's own text; it was "
            "compared with clawc's, which differ%s",
            i, *h->searches ? "" : ", as far as there was time");
        ARRAY_PUSH(h->e->arena, report->undecided) = (struct undecided){.id = id, .reason = reason};
    }
}

static void begin(struct hiding *h, struct engine *e, const struct model *m, size_t *searches) {
    size_t n = m->audit.suppressions.n;
    *h = (struct hiding){.e = e, .n = n, .searches = searches};
    h->first = map_new(e->arena);
    h->found = map_new(e->arena);
    h->certain = map_new(e->arena);
    h->entries = ARENA_ARRAY(e->arena, struct entry, n);
    for (size_t i = n; i-- > 0;) { /* from the end, so that each knows the next of its id */
        const struct audit_suppression *from = &m->audit.suppressions.v[i];
        struct entry *s = &h->entries[i];
        *s = (struct entry){from, ids_lower(e->arena, from->title.v),
                            ids_lower(e->arena, from->detail.v), NONE};
        if (!from->check_id.v.n) continue;
        if (!names_text(s)) map_put(&h->certain, from->check_id.v, 1, NULL);
        bool is_new;
        uint32_t *first = map_put(&h->first, from->check_id.v, (uint32_t)i, &is_new);
        if (!is_new) s->next = (int32_t)*first;
        *first = (uint32_t)i;
    }
}

void suppress_by_gateway(struct engine *e, const struct model *const *gateways, size_t n,
                         struct report *report) {
    struct hiding *list = ARENA_ARRAY(e->arena, struct hiding, n);
    size_t kept = 0, searches = SEARCHES_MAX;
    for (size_t g = 0; g < n; g++) begin(&list[g], e, gateways[g], &searches);
    for (size_t i = 0; i < report->findings.n; i++) {
        struct finding *f = &report->findings.v[i];
        struct hiding *h = f->gateway ? &list[f->gateway - 1] : NULL;
        const struct entry *s = h ? first_that_hides(h, f) : NULL;
        if (h && h->n) map_put(&h->found, f->id, 1, NULL);
        if (!s) {
            report->findings.v[kept++] = *f;
            continue;
        }
        struct str reason = s->from->reason.v;
        f->suppressed_by_gateway = true;
        f->suppressed_by = reason.n ? reason : STR("security.audit.suppressions");
        ARRAY_PUSH(e->arena, report->suppressed) = *f;
    }
    report->findings.n = kept;
    for (size_t g = 0; g < n; g++) note_uncertain(&list[g], report);
}
