/* The fields of what the gateway's own audit says of channel accounts. */
#include "policy/facts_table.h"

static struct cel_value names(struct cel_run *run, const struct channel_check *c) {
    struct cel_value *v = arena_alloc(run->arena, c->n_names * sizeof *v);
    for (size_t i = 0; i < c->n_names; i++) v[i] = text(&c->names[i]);
    return cel_with_origin(cel_list(v, c->n_names), c->at);
}

#define CHECKED (&o->in->model->accounts.v[o->account])

static struct cel_value account_name(struct cel_run *run, const struct channel_check *o) {
    return string_at(str_format(run->arena, STR_FMT "/" STR_FMT, STR_ARG(CHECKED->channel),
                                STR_ARG(CHECKED->id)),
                     CHECKED->at);
}

/* clang-format off: one field a line, so that the tables read as tables. */

#define CHANNEL_CHECK_FIELDS(F)                                                                    \
    F(channel_check, kind, S(CEL_STRING),                                                          \
      "What it is about: the end of the rule's id, such as `dm.open`.",                            \
      string_at(str_from(o->kind), o->at))                                                         \
    F(channel_check, account, OBJ(fact_account),                                                   \
      "The account it is about, or the first of several "                                          \
      "of which the gateway says the same.",                                                       \
      account_value(o->in, o->account))                                                            \
    F(channel_check, name, S(CEL_STRING), "That account: `telegram/default`.",                     \
      account_name(run, o))                                                                        \
    F(channel_check, channel, S(CEL_STRING), "Its channel.",                                       \
      string_at(CHECKED->channel, CHECKED->at))                                                    \
    F(channel_check, number, S(CEL_INT),                                                           \
      "How many things the gateway has said of channels by then, this one and those that it says " \
      "twice included.",                                                                           \
      cel_int((int64_t)o->number))                                                                 \
    F(channel_check, names, LIST(CEL_STRING),                                                      \
      "The entries, guilds or groups it is about, where it names some.", names(run, o))            \
    F(channel_check, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

/* clang-format on */

DEFINE_FACT(channel_check, struct channel_check, "channel_check",
            "Something that the gateway's own audit says of a channel account, under the condition "
            "that it has for it.",
            CHANNEL_CHECK_FIELDS)
