/* How the tables of facts are written: values with the place they were read from, and DEFINE_FACT,
 * which makes a kind of facts of the table of its fields. For the files of the tables alone. */
#ifndef CLAWC_POLICY_FACTS_TABLE_H
#define CLAWC_POLICY_FACTS_TABLE_H

#include "policy/facts.h"

/* ---- values with places ------------------------------------------------------------------------
 */

static inline struct cel_value text(const struct text *t) {
    return cel_with_origin(cel_string(t->v), t->at);
}
static inline struct cel_value flag(struct flag f) {
    return cel_with_origin(cel_bool(f.v), f.at);
}
static inline struct cel_value string_at(struct str s, place at) {
    return cel_with_origin(cel_string(s), at);
}
static inline struct cel_value bool_at(bool b, place at) {
    return cel_with_origin(cel_bool(b), at);
}
static inline struct cel_value int_at(int64_t i, place at) {
    return cel_with_origin(cel_int(i), at);
}
static inline struct cel_value constant(const char *s) {
    return cel_string(str_from(s));
}

static inline struct cel_value texts(struct cel_run *run, const struct text_list *list) {
    struct cel_value *v = arena_alloc(run->arena, list->n * sizeof *v);
    for (size_t i = 0; i < list->n; i++) v[i] = text(&list->v[i]);
    return cel_with_origin(cel_list(v, list->n), list->at);
}

static inline struct cel_value strings(struct cel_run *run, const struct str *list, size_t n) {
    struct cel_value *v = arena_alloc(run->arena, n * sizeof *v);
    for (size_t i = 0; i < n; i++) v[i] = cel_string(list[i]);
    return cel_list(v, n);
}

static inline struct cel_value agent_value(const struct analysis *s, int32_t index) {
    if (index < 0) return cel_null();
    return cel_with_origin(cel_object(&fact_agent, &s->agents[index]), s->agents[index].agent->at);
}

static inline struct cel_value account_value(const struct analysis *s, uint32_t index) {
    return cel_with_origin(cel_object(&fact_account, &s->accounts[index]),
                           s->accounts[index].account->at);
}

static inline struct cel_value binding_value(const struct analysis *s, int32_t index) {
    if (index < 0) return cel_null();
    return cel_with_origin(cel_object(&fact_binding, &s->bindings[index]),
                           s->bindings[index].binding->at);
}

static inline struct cel_value reach_value(const struct reach *r) {
    return r ? cel_with_origin(cel_object(&fact_reach, r), r->at) : cel_null();
}

static inline struct cel_value numbered_reach(const struct analysis *s, int32_t index) {
    return reach_value(index < 0 ? NULL : &s->reaches.v[index]);
}

static inline struct cel_value gateway_value(const struct analysis *s) {
    return cel_with_origin(cel_object(&fact_gateway, s), s->model->at);
}

/* facts_secrets.c: the secrets of a gateway. */
struct cel_value secrets_value(struct cel_run *run, const struct analysis *s);

/* ---- tables ------------------------------------------------------------------------------------
 *
 * F(kind, name, type, documentation, value) is a field; in a value, `o` is the object and `run` the
 * evaluation. */

#define S(KIND)  CEL_TYPE(KIND)
#define OBJ(T)   CEL_TYPE_OBJECT(&(T))
#define LIST(K)  CEL_TYPE_LIST(K)
#define LISTO(T) CEL_TYPE_LIST_OBJECT(&(T))

#define FIELD_NUMBER(kind, name, type, doc, value) kind##_##name,
#define FIELD_ROW(kind, name, type, doc, value)    {#name, type, doc},
#define FIELD_CASE(kind, name, type, doc, value)                                                   \
    case kind##_##name:                                                                            \
        return value;

#define DEFINE_FACT(kind, c_type, shown, about, FIELDS)                                            \
    enum kind##_field{FIELDS(FIELD_NUMBER)};                                                       \
    static const struct cel_field kind##_fields[] = {FIELDS(FIELD_ROW)};                           \
    static struct cel_value kind##_get(struct cel_run *run, const void *object, size_t field) {    \
        const c_type *o = object;                                                                  \
        (void)run;                                                                                 \
        switch ((enum kind##_field)field) { FIELDS(FIELD_CASE) }                                   \
        return cel_null();                                                                         \
    }                                                                                              \
    const struct cel_object_type fact_##kind = {                                                   \
        shown, about, kind##_fields, sizeof kind##_fields / sizeof *kind##_fields, kind##_get};

#endif
