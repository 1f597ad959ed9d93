#include "model/settings.h"

#include "model/ids.h"
#include "model/model.h"
#include "model/values.h"

/* ---- security ----------------------------------------------------------------------------------
 */

static struct text trimmed(const struct reading *r, node_id object, const char *key, place around) {
    struct text t = value_text(r, object, key, around, STR(""));
    t.v = ids_trim(t.v);
    return t;
}

static void read_suppressions(struct model *m, const struct reading *r) {
    node_id security = read_member(r, m->loaded->root, "security", NODE_OBJECT);
    node_id audit = read_member(r, security, "audit", NODE_OBJECT);
    node_id list = read_member(r, audit, "suppressions", NODE_ARRAY);
    m->audit_suppressions_at = value_place(list, m->at);
    for (TREE_EACH(r->tree, entry, list)) {
        if (!read_is(r, entry, NODE_OBJECT)) continue;
        ARRAY_PUSH(m->arena, m->audit_suppressions) =
            (struct audit_suppression){.check_id = trimmed(r, entry, "checkId", entry),
                                       .title = trimmed(r, entry, "titleIncludes", entry),
                                       .detail = trimmed(r, entry, "detailIncludes", entry),
                                       .reason = trimmed(r, entry, "reason", entry),
                                       .at = entry};
    }
}

void model_build_settings(struct model *m, const struct reading *r, const struct environment *env) {
    (void)env;
    read_suppressions(m, r);
}
