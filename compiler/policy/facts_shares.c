/* The fields of what is found between things: sessions, directories and resources that several
 * share, pairs, entries of tool lists, suppressions. */
#include "policy/facts_table.h"

static struct cel_value members(struct cel_run *run, const struct fleet_share *share) {
    struct cel_value *v = arena_alloc(run->arena, share->n * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < share->n; i++)
        if (fleet_share_is_first(share, i))
            v[n++] = string_at(share->members[i].gateway->name, share->members[i].at);
    return cel_with_origin(cel_list(v, n), share->members[0].at);
}

static struct cel_value tools_in(struct cel_run *run, const struct tool_entry *e,
                                 const struct tool_set *tools) {
    const struct gateway_data *g = e->in->model->gateway;
    struct cel_value *v = arena_alloc(run->arena, g->n_tools * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < g->n_tools; i++)
        if (tool_set_has(tools, i)) v[n++] = cel_string(g->tools[i].name);
    return cel_with_origin(cel_list(v, n), e->text->at);
}

/* clang-format off: one field a line, so that the tables read as tables. */

#define SHARED_SESSION_FIELDS(F)                                                                   \
    F(shared_session, agent, OBJ(fact_agent), "The agent whose session it is.",                    \
      agent_value(o->in, o->agent))                                                                \
    F(shared_session, session_key, S(CEL_STRING),                                                  \
      "The session, or `symbolic:...` when senders that are not known can meet in one.",           \
      cel_string(o->session_key))                                                                  \
    F(shared_session, possible, S(CEL_BOOL), "Two senders can, but need not, end up in it.",       \
      cel_bool(o->possible))                                                                       \
    F(shared_session, reported_by_gateway, S(CEL_BOOL), "The gateway's own audit sees it, too.",   \
      cel_bool(o->reported_by_gateway))                                                            \
    F(shared_session, principals, S(CEL_INT),                                                      \
      "How many distinct senders share it; one id on two accounts is two.",                        \
      cel_int((int64_t)o->principals))                                                             \
    F(shared_session, accounts, LIST(CEL_STRING),                                                  \
      "The accounts they come from, `<channel>-<account>`.",                                       \
      strings(run, o->accounts, o->n_accounts))                                                    \
    F(shared_session, accounts_text, S(CEL_STRING), "The same, joined by `_`.",                    \
      cel_string(o->accounts_text))                                                                \
    F(shared_session, number, S(CEL_INT), "Rank among the shared sessions of the gateway.",        \
      cel_int((int64_t)o->number))                                                                 \
    F(shared_session, first, OBJ(fact_reach), "One who shares it.", reach_value(o->first))         \
    F(shared_session, second, OBJ(fact_reach), "Another one.", reach_value(o->second))             \
    F(shared_session, dm_scope, S(CEL_STRING), "The dmScope responsible.",                         \
      string_at(o->dm_scope, o->scope_at))                                                         \
    F(shared_session, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

#define SHARED_ROOM_FIELDS(F)                                                                      \
    F(shared_room, agent, OBJ(fact_agent), "The agent whose session it is.",                       \
      agent_value(o->in, o->room->agent))                                                          \
    F(shared_room, session_key, S(CEL_STRING), "The session.", cel_string(o->room->session_key))   \
    F(shared_room, room, OBJ(fact_reach), "A room that writes into it.", reach_value(o->room))     \
    F(shared_room, other, OBJ(fact_reach), "Somebody else who does: a sender, or another room.",   \
      reach_value(o->other))                                                                       \
    F(shared_room, principals, S(CEL_INT), "How many classes of senders write into it.",           \
      cel_int((int64_t)o->n))                                                                      \
    F(shared_room, group_scope, S(CEL_STRING), "The groupScope responsible.",                      \
      string_at(STR("main"), o->scope_at))                                                         \
    F(shared_room, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

#define CROWDED_FIELDS(F)                                                                          \
    F(crowded, account, OBJ(fact_account),                                                         \
      "The first account of the channel with more than one sender.",                               \
      account_value(o->in, o->account))                                                            \
    F(crowded, channel, S(CEL_STRING), "Its channel.",                                             \
      string_at(o->in->model->accounts.v[o->account].channel,                                      \
                o->in->model->accounts.v[o->account].allow_from.at))                               \
    F(crowded, senders, S(CEL_INT), "How many concrete senders it has.",                           \
      cel_int((int64_t)o->senders))                                                                \
    F(crowded, wildcard, S(CEL_BOOL), "It admits everybody.", cel_bool(o->wildcard))               \
    F(crowded, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

#define TOOL_ENTRY_FIELDS(F)                                                                       \
    F(tool_entry, written, S(CEL_STRING), "The entry as written.", text(o->text))                  \
    F(tool_entry, name, S(CEL_STRING), "The entry as the gateway reads it.",                       \
      string_at(o->name, o->text->at))                                                             \
    F(tool_entry, list, S(CEL_STRING), "`allow`, `alsoAllow` or `deny`.",                          \
      string_at(str_from(o->list), o->text->at))                                                   \
    F(tool_entry, scope, S(CEL_STRING),                                                            \
      "Where the list stands: tools, byProvider, sandbox, subagents, group or sender.",            \
      constant(o->scope))                                                                          \
    F(tool_entry, agent, OBJ(fact_agent),                                                          \
      "The agent whose list it is; absent for the global lists.", agent_value(o->in, o->agent))    \
    F(tool_entry, known, S(CEL_BOOL),                                                              \
      "It is a tool, group or plugin of this version, or a pattern that matches one.",             \
      bool_at(o->known, o->text->at))                                                              \
    F(tool_entry, list_nothing, S(CEL_BOOL),                                                       \
      "Of an agent's or the global allow list, in which no entry means anything.",                 \
      bool_at(o->list_nothing, o->text->at))                                                       \
    F(tool_entry, is_group, S(CEL_BOOL), "Begins with `group:`.",                                  \
      bool_at(o->is_group, o->text->at))                                                           \
    F(tool_entry, meant, S(CEL_STRING), "What was probably meant, or empty.",                      \
      string_at(o->meant, o->text->at))                                                            \
    F(tool_entry, renamed, S(CEL_STRING),                                                          \
      "The tool that took its place in this version, or empty.",                                   \
      string_at(o->renamed, o->text->at))                                                          \
    F(tool_entry, matched, LIST(CEL_STRING), "The tools that it means.",                           \
      tools_in(run, o, &o->matched))                                                               \
    F(tool_entry, unasked, LIST(CEL_STRING),                                                       \
      "Of an allow list: those of them that belong to plugins and are not built, because this "    \
      "version builds them only when they are asked for by name.",                                 \
      tools_in(run, o, &o->unasked))                                                               \
    F(tool_entry, lost, S(CEL_BOOL),                                                               \
      "Of an allow list: nothing it means is there in the sandbox, by the version's own lists.",   \
      bool_at(o->lost, o->text->at))                                                               \
    F(tool_entry, blocked, S(CEL_BOOL),                                                            \
      "Of an agent's allow list: lists that come before it take away all it means; points there.", \
      bool_at(o->blocked, o->blocked_at))                                                          \
    F(tool_entry, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

#define SHARED_PATH_FIELDS(F)                                                                      \
    F(shared_path, first, OBJ(fact_agent), "One agent.", agent_value(o->in, o->first))             \
    F(shared_path, second, OBJ(fact_agent), "The other.", agent_value(o->in, o->second))           \
    F(shared_path, path, S(CEL_STRING), "The directory, the outer one of two nested ones.",        \
      cel_string(o->path))                                                                         \
    F(shared_path, nested, S(CEL_BOOL), "One lies in the other; otherwise they are the same.",     \
      cel_bool(o->nested))                                                                         \
    F(shared_path, gateway, OBJ(fact_gateway), "Their gateway.", gateway_value(o->in))

#define AGENT_PAIR_FIELDS(F)                                                                       \
    F(agent_pair, a, OBJ(fact_agent), "The earlier agent.",                                        \
      agent_value(o->a->in, (int32_t)(o->a - o->a->in->agents)))                                   \
    F(agent_pair, b, OBJ(fact_agent), "The later one.",                                            \
      agent_value(o->b->in, (int32_t)(o->b - o->b->in->agents)))

#define GATEWAY_PAIR_FIELDS(F)                                                                     \
    F(gateway_pair, a, OBJ(fact_gateway), "The gateway of the earlier file.", gateway_value(o->a)) \
    F(gateway_pair, b, OBJ(fact_gateway), "That of the later one.", gateway_value(o->b))

#define FLEET_SHARE_FIELDS(F)                                                                      \
    F(fleet_share, kind, S(CEL_STRING), "The name of the rule about it, such as `port-conflict`.", \
      constant(o->kind))                                                                           \
    F(fleet_share, resource, S(CEL_STRING),                                                        \
      "What is shared; of a secret the variable's name or the beginning of a digest.",             \
      string_at(o->resource, o->members[o->primary].at))                                           \
    F(fleet_share, gateways, LIST(CEL_STRING), "The names of the gateways that use it.",           \
      members(run, o))                                                                             \
    F(fleet_share, what, S(CEL_STRING),                                                            \
      "Of two tenants: what they share; of a port that is not derived from the base port: what "   \
      "is "                                                                                        \
      "there; else empty.",                                                                        \
      cel_string(o->what.p ? o->what : STR("")))                                                   \
    F(fleet_share, risk, S(CEL_STRING), "Of two tenants: what can happen; else empty.",            \
      constant(o->risk ? o->risk : ""))                                                            \
    F(fleet_share, remedy, S(CEL_STRING), "Of two tenants: what to do; else empty.",               \
      constant(o->remedy ? o->remedy : ""))                                                        \
    F(fleet_share, port, S(CEL_INT), "The base port of the first gateway.",                        \
      cel_int(o->members[0].gateway->port))                                                        \
    F(fleet_share, advice, S(CEL_STRING),                                                          \
      "Of ports: which ones to take instead, such that nothing collides; or empty.",               \
      cel_string(o->advice.p ? o->advice : STR("")))                                               \
    F(fleet_share, read_only, S(CEL_BOOL),                                                         \
      "Of a mount or a config file: it is mounted read-only everywhere.", cel_bool(o->read_only))  \
    F(fleet_share, everybody, S(CEL_BOOL), "Of a channel: everybody may write to it directly.",    \
      cel_bool(o->everybody))                                                                      \
    F(fleet_share, makes_up_token, S(CEL_BOOL),                                                    \
      "The first gateway's version makes up a token at its start when it has none.",               \
      cel_bool(o->members[0].gateway->data->makes_up_token))                                       \
    F(fleet_share, apart, S(CEL_STRING),                                                           \
      "Where no two of them run together, by the profiles of Compose: those profiles; else "       \
      "empty. The severity is a level lower then.",                                                \
      cel_string(o->apart.p ? o->apart : STR("")))                                                 \
    F(fleet_share, assumed, S(CEL_BOOL), "Rests on a variable being unset.", cel_bool(o->assumed)) \
    F(fleet_share, assumption, S(CEL_STRING), "That variable, or empty.", cel_string(o->assumption))

#define SUPPRESSION_FIELDS(F)                                                                      \
    F(suppression, problem, S(CEL_STRING), "`no-reason`, `expired` or `unmatched`.",               \
      constant(o->problem))                                                                        \
    F(suppression, id, S(CEL_STRING), "The id it names.", cel_string(o->id))                       \
    F(suppression, until, S(CEL_STRING), "The date it was valid until, or empty.",                 \
      cel_string(o->until))

/* clang-format on */

#define fact_crowded fact_crowded_channel

DEFINE_FACT(shared_session, struct shared_session, "shared_session",
            "A session in which more than one sender talks to an agent, as the gateway's audit of "
            "2026.9.6 counts them.",
            SHARED_SESSION_FIELDS)
DEFINE_FACT(shared_room, struct shared_room, "shared_room",
            "An agent's main session into which a room writes and somebody else, too.",
            SHARED_ROOM_FIELDS)
DEFINE_FACT(crowded, struct crowded_channel, "crowded_channel",
            "A channel with several senders on one account while dmScope is main, as the gateway's "
            "audit of 2026.3.13 counts them.",
            CROWDED_FIELDS)
DEFINE_FACT(tool_entry, struct tool_entry, "tool_entry",
            "One entry of an allow or deny list of tools.", TOOL_ENTRY_FIELDS)
DEFINE_FACT(shared_path, struct shared_path, "shared_path",
            "A directory that two agents of a gateway share.", SHARED_PATH_FIELDS)
DEFINE_FACT(agent_pair, struct agent_pair, "agent_pair", "Two different agents of a gateway.",
            AGENT_PAIR_FIELDS)
DEFINE_FACT(gateway_pair, struct gateway_pair, "gateway_pair", "Two different gateways of the run.",
            GATEWAY_PAIR_FIELDS)
DEFINE_FACT(fleet_share, struct fleet_share, "fleet_share",
            "Something that several gateways use and each should have for itself, or what lets "
            "others into one of them.",
            FLEET_SHARE_FIELDS)
DEFINE_FACT(suppression, struct bad_suppression, "suppression",
            "A suppression that is not in order.", SUPPRESSION_FIELDS)
