/* The gateway's own suppressions, `security.audit.suppressions`: what they hide from its audit is
 * hidden here, too. They may name a piece of the gateway's English texts; ours are others, so such
 * an entry is compared with ours, and the report says that this is not certain. */
#include "model/ids.h"
#include "policy/engine.h"

/* The note that suppressions are in force is made when they have been applied. */
static const char always_shown[] = "security.audit.suppressions.active";

static bool holds(struct arena *a, struct str text, const struct text *needle) {
    return !needle->v.n || str_find(ids_lower(a, text), ids_lower(a, needle->v), 0) != SIZE_MAX;
}

static struct str details(struct arena *a, const struct finding *f) {
    return str_format(a, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(f->message),
                      STR_ARG(f->why), STR_ARG(f->fix), STR_ARG(f->at.path));
}

static bool hides(struct arena *scratch, const struct audit_suppression *s,
                  const struct finding *f) {
    if (!s->check_id.v.n || !str_equal(s->check_id.v, f->id)) return false;
    if (!s->title.v.n && !s->detail.v.n) return true;
    struct str title =
        str_format(scratch, STR_FMT "\n" STR_FMT, STR_ARG(f->title), STR_ARG(f->message));
    return holds(scratch, title, &s->title) && holds(scratch, details(scratch, f), &s->detail);
}

/* The suppressions of one gateway; by id the first of them, so that most findings ask no further.
 */
struct hiding {
    struct engine *e;
    const struct model *m;
    struct map first, found; /* id -> index; ids that were found */
};

static const struct audit_suppression *first_that_hides(const struct hiding *h,
                                                        const struct finding *f) {
    const uint32_t *first = map_get(&h->first, f->id);
    if (!first || str_equal(f->id, str_from(always_shown))) return NULL;
    for (size_t i = *first; i < h->m->audit.suppressions.n; i++)
        if (hides(h->e->arena, &h->m->audit.suppressions.v[i], f))
            return &h->m->audit.suppressions.v[i];
    return NULL;
}

static bool names_text(const struct audit_suppression *s) {
    return s->title.v.n || s->detail.v.n;
}

/* Entries that hang on a text, where no entry without one hides the same id anyway. */
static void note_uncertain(struct hiding *h, struct report *report) {
    const struct model *m = h->m;
    struct map certain = map_new(h->e->arena);
    for (size_t i = 0; i < m->audit.suppressions.n; i++)
        if (!names_text(&m->audit.suppressions.v[i]))
            map_put(&certain, m->audit.suppressions.v[i].check_id.v, 1, NULL);
    for (size_t i = 0; i < m->audit.suppressions.n; i++) {
        const struct audit_suppression *s = &m->audit.suppressions.v[i];
        if (!names_text(s) || map_get(&certain, s->check_id.v) ||
            !map_get(&h->found, s->check_id.v))
            continue;
        ARRAY_PUSH(h->e->arena, report->undecided) = (struct undecided){
            .id = s->check_id.v,
            .reason = str_format(
                h->e->arena,
                "security.audit.suppressions[%zu] names words of the gateway's own text; it "
                "was compared with clawc's, which differ",
                i)};
    }
}

static struct hiding *begin(struct engine *e, const struct analysis *const *gateways, size_t n) {
    struct hiding *list = ARENA_ARRAY(e->arena, struct hiding, n);
    for (size_t g = 0; g < n; g++) {
        const struct model *m = gateways[g]->model;
        list[g] = (struct hiding){e, m, map_new(e->arena), map_new(e->arena)};
        for (size_t i = 0; i < m->audit.suppressions.n; i++)
            map_put(&list[g].first, m->audit.suppressions.v[i].check_id.v, (uint32_t)i, NULL);
    }
    return list;
}

void suppress_by_gateway(struct engine *e, const struct analysis *const *gateways, size_t n,
                         struct report *report) {
    struct hiding *list = begin(e, gateways, n);
    size_t kept = 0;
    for (size_t i = 0; i < report->findings.n; i++) {
        struct finding *f = &report->findings.v[i];
        struct hiding *h = f->gateway ? &list[f->gateway - 1] : NULL;
        const struct audit_suppression *s = h ? first_that_hides(h, f) : NULL;
        if (h && h->m->audit.suppressions.n) map_put(&h->found, f->id, 1, NULL);
        if (!s) {
            report->findings.v[kept++] = *f;
            continue;
        }
        f->suppressed_by_gateway = true;
        f->suppressed_by = s->reason.v.n ? s->reason.v : STR("security.audit.suppressions");
        ARRAY_PUSH(e->arena, report->suppressed) = *f;
    }
    report->findings.n = kept;
    for (size_t g = 0; g < n; g++) note_uncertain(&list[g], report);
}
