/* What of a config does not keep the gateway's policy document. */
#include "base/buf.h"
#include "policy/facts_table.h"

struct str violation_account(struct arena *a, const struct violation *v) {
    const struct observation *seen = v->seen;
    if (!seen || !seen->channel.n) return STR("");
    if (!seen->account.p) return seen->channel;
    return str_format(a, STR_FMT "/" STR_FMT, STR_ARG(seen->channel), STR_ARG(seen->account));
}

/* What agents inherit from, by the block that it stands in. */
static struct str inherited_from(const struct observation *seen) {
    switch (seen->kind) {
    case OBSERVED_PROFILE:
    case OBSERVED_WORKSPACE_ONLY:
    case OBSERVED_WORKSPACE_TOOL:
    case OBSERVED_EXEC_SECURITY:
    case OBSERVED_EXEC_ASK:
    case OBSERVED_EXEC_HOST:
    case OBSERVED_ELEVATED:
    case OBSERVED_ALSO_ALLOW:
    case OBSERVED_TOOL_DENY: return STR("`tools` of all agents");
    case OBSERVED_TRANSCRIPT_MEMORY: return STR("`memory.search` of all agents");
    default: return STR("`agents.defaults`");
    }
}

static struct str who(struct cel_run *run, const struct violation *v) {
    const struct observation *seen = v->seen;
    struct buf b = buf_new(run->arena);
    if (!seen) return STR("");
    if (seen->channel.n) {
        buf_add(&b, violation_account(run->arena, v));
        if (seen->group.n) buf_addf(&b, " group \"" STR_FMT "\"", STR_ARG(seen->group));
    } else if (seen->agent >= 0) {
        struct str id = v->in->conformance->observed->agents.v[seen->agent].id;
        buf_addf(&b, "agent \"" STR_FMT "\"", STR_ARG(id));
    } else if (seen->kind >= OBSERVED_WORKSPACE) {
        buf_add(&b, inherited_from(seen));
    }
    return buf_str(&b);
}

static bool is_confined(const struct violation *v) {
    return !(v->seen && v->seen->kind == OBSERVED_WORKSPACE && v->seen->fails);
}

/* clang-format off: one field a line, so that the tables read as tables. */

#define POLICY_VIOLATION_FIELDS(F)                                                                 \
    F(policy_violation, check, S(CEL_STRING),                                                      \
      "The id of the gateway's check: `policy/sandbox-mode-unapproved`.",                          \
      string_at(o->check, o->at))                                                                  \
    F(policy_violation, who, S(CEL_STRING),                                                        \
      "Whom it is about: `agent \"work\"`, `telegram/default`; empty for the gateway as a whole.", \
      string_at(who(run, o), o->at))                                                               \
    F(policy_violation, value, S(CEL_STRING),                                                      \
      "What the config has there, defaults applied; may be empty.", string_at(o->value, o->at))    \
    F(policy_violation, item, S(CEL_STRING),                                                       \
      "The tool, the command or the probe that it is about; may be empty.",                        \
      string_at(o->item, o->at))                                                                   \
    F(policy_violation, expected, LIST(CEL_STRING),                                                \
      "What the document lists, lower case where that is how it is compared.",                     \
      cel_with_origin(strings(run, o->expected.v, o->expected.n), o->asked_at))                    \
    F(policy_violation, detail, S(CEL_STRING),                                                     \
      "What is wrong with the document; the reason for which a channel is denied; how a probe "    \
      "was matched.",                                                                              \
      string_at(o->detail, o->at))                                                                 \
    F(policy_violation, confined, S(CEL_BOOL), "Of a workspace: every session runs in a sandbox.", \
      bool_at(is_confined(o), o->at))                                                              \
    F(policy_violation, scope, S(CEL_STRING),                                                      \
      "The scope of the document that asks for it, or empty.", string_at(o->scope, o->asked_at))   \
    F(policy_violation, rule, S(CEL_STRING), "The rule of the document: `sandbox.requireMode`.",   \
      string_at(o->rule ? o->rule->path : STR(""), o->asked_at))                                   \
    F(policy_violation, target, S(CEL_STRING), "The place as `openclaw policy check` names it.",   \
      string_at(o->target, o->at))                                                                 \
    F(policy_violation, requirement, S(CEL_STRING),                                                \
      "What the document asks for, as `openclaw policy check` names it.",                          \
      string_at(o->requirement, o->asked_at))                                                      \
    F(policy_violation, agent, OBJ(fact_agent), "The agent it is about; absent when it is none.",  \
      agent_value(o->in, o->agent))                                                                \
    F(policy_violation, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

/* clang-format on */

DEFINE_FACT(policy_violation, struct violation, "policy_violation",
            "A place of a config that does not keep a rule of the gateway's policy document, or a "
            "mistake in the document.",
            POLICY_VIOLATION_FIELDS)
