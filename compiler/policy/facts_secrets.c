/* The fields of secrets that a config holds: where they stand, never what they are. */
#include "policy/facts_table.h"

static const struct kept_secret *earlier(const struct analysis *s, const struct kept_secret *k) {
    return k->same_as < 0 ? NULL : &s->model->surface.secrets.v[k->same_as];
}

static struct cel_value secret_value(const struct secret_fact *f) {
    return cel_with_origin(cel_object(&fact_secret, f), f->secret->at);
}

static struct cel_value same_as(struct cel_run *run, const struct secret_fact *f) {
    const struct kept_secret *first = earlier(f->in, f->secret);
    if (!first) return cel_null();
    struct secret_fact *same = arena_alloc(run->arena, sizeof *same);
    *same = (struct secret_fact){f->in, first};
    return secret_value(same);
}

static struct cel_value secret_element(struct cel_run *run, const void *host, size_t i) {
    const struct analysis *s = host;
    struct secret_fact *f = arena_alloc(run->arena, sizeof *f);
    *f = (struct secret_fact){s, &s->model->surface.secrets.v[i]};
    return secret_value(f);
}

struct cel_value secrets_value(struct cel_run *run, const struct analysis *s) {
    struct cel_host_list *list = arena_alloc(run->arena, sizeof *list);
    *list = (struct cel_host_list){s->model->surface.secrets.n, secret_element, s};
    return cel_with_origin(cel_host_list(list), s->model->at);
}

/* clang-format off: one field a line, so that the table reads as one. */
#define SECRET_FIELDS(F)                                                                           \
    F(secret, key, S(CEL_STRING), "The key that it stands at.",                                    \
      string_at(o->secret->key, o->secret->at))                                                    \
    F(secret, file, S(CEL_STRING), "The file that it stands in, as reports call it.",              \
      string_at(o->secret->file, o->secret->at))                                                   \
    F(secret, in_env, S(CEL_BOOL), "It stands in the `env` block, as the value of a variable.",    \
      bool_at(o->secret->in_env, o->secret->at))                                                   \
    F(secret, same_as, OBJ(fact_secret),                                                           \
      "An earlier one with the same value; absent when there is none.", same_as(run, o))
/* clang-format on */

DEFINE_FACT(secret, struct secret_fact, "secret",
            "A secret that stands in the config itself, not as a variable or a reference. Its "
            "value is in no fact.",
            SECRET_FIELDS)
