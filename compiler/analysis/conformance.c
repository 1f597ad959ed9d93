#include "analysis/conformance.h"

#include "model/ids.h"

/* ---- results -----------------------------------------------------------------------------------
 */

bool conformance_work(struct conformance *c, size_t n) {
    c->work += n;
    if (c->work <= CONFORMANCE_WORK_MAX) return true;
    c->cut = true;
    return false;
}

static int32_t agent_of(const struct claim *claim, const struct observation *seen) {
    if (!seen || seen->agent < 0) return -1;
    return model_agent(claim->s->model, claim->c->observed->agents.v[seen->agent].canonical);
}

struct violation *violation_add(const struct claim *claim, struct str check,
                                const struct observation *seen) {
    struct conformance *c = claim->c;
    if (c->violations.n >= CONFORMANCE_MAX) {
        c->cut = true;
        return NULL;
    }
    struct violation *v = &ARRAY_PUSH(claim->s->arena, c->violations);
    *v = (struct violation){.in = claim->s,
                            .check = check,
                            .seen = seen,
                            .rule = claim->rule,
                            .scope = claim->scope,
                            .item = STR(""),
                            .value = seen ? seen->value : STR(""),
                            .expected = claim->list,
                            .detail = STR(""),
                            .target = seen ? seen->target : STR(""),
                            .requirement = claim->requirement,
                            .at = seen ? seen->at : claim->s->model->at,
                            .asked_at = claim->value,
                            .agent = agent_of(claim, seen)};
    return v;
}

void conformance_undecided(struct conformance *c, struct str check, struct str reason) {
    for (size_t i = 0; i < c->undecided.n; i++)
        if (str_equal(c->undecided.v[i].check, check)) return;
    ARRAY_PUSH(c->observed->model->arena, c->undecided) = (struct undecided_rule){check, reason};
}

/* ---- one observation ---------------------------------------------------------------------------
 */

static void add_item(const struct claim *claim, struct str check, const struct observation *o,
                     struct str item) {
    struct violation *v = violation_add(claim, check, o);
    if (v) v->item = item;
}

static bool has(const struct claim *claim, const struct map *set, struct str value) {
    return map_get(set, claim->rule->exact ? value : ids_lower(claim->s->arena, value)) != NULL;
}

static void judge_missing(const struct claim *claim, const struct observation *o) {
    struct map given = map_new(claim->s->arena);
    for (size_t i = 0; i < o->list.n; i++) map_put(&given, o->list.v[i], 1, NULL);
    for (size_t i = 0; i < claim->list.n; i++)
        if (!map_get(&given, claim->list.v[i]))
            add_item(claim, claim->rule->checks.v[0], o, claim->list.v[i]);
}

static void judge_undenied(const struct claim *claim, const struct observation *o) {
    struct arena *a = claim->s->arena;
    struct names tools = claim->tools;
    if (!conformance_work(claim->c, tools.n * (o->list.n + 1))) return;
    struct denied_tools denied = denied_tools_new(a, claim->s->model->gateway, o->list);
    for (size_t i = 0; i < tools.n; i++)
        if (!denied_tools_have(&denied, tools.v[i]))
            add_item(claim, claim->rule->checks.v[0], o, tools.v[i]);
}

/* Each name once, whichever side lacks it. */
static void judge_unequal(const struct claim *claim, const struct observation *o) {
    struct arena *a = claim->s->arena;
    struct map given = map_new(a), asked = map_new(a);
    bool is_new;
    if (!conformance_work(claim->c, o->list.n + claim->list.n)) return;
    for (size_t i = 0; i < o->list.n; i++) map_put(&given, ids_token(a, o->list.v[i]), 1, NULL);
    for (size_t i = 0; i < claim->list.n; i++) {
        map_put(&asked, claim->list.v[i], 1, &is_new);
        if (is_new && !map_get(&given, claim->list.v[i]))
            add_item(claim, claim->rule->checks.v[0], o, claim->list.v[i]);
    }
    for (size_t i = 0; i < o->list.n; i++) {
        struct str name = ids_token(a, o->list.v[i]);
        map_put(&asked, name, 1, &is_new);
        if (is_new) add_item(claim, claim->rule->checks.v[1], o, name);
    }
}

static void judge_lacked(const struct claim *claim, const struct observation *o) {
    struct str *lacked = ARENA_ARRAY(claim->s->arena, struct str, o->list.n);
    size_t n = 0;
    for (size_t i = 0; i < o->list.n; i++)
        if (map_get(&claim->set, o->list.v[i])) lacked[n++] = o->list.v[i];
    struct violation *v = n ? violation_add(claim, claim->rule->checks.v[0], o) : NULL;
    if (v) v->expected = (struct names){lacked, n};
}

/* Whatever access is allowed is access from inside of a sandbox. */
static bool is_open_workspace(const struct observation *o) {
    return o->kind == OBSERVED_WORKSPACE && o->fails;
}

static bool fails(const struct claim *claim, const struct observation *o) {
    switch (claim->rule->when) {
    case POLICY_FLAGGED: return o->fails;
    case POLICY_DIFFERS: return !has(claim, &claim->set, o->value);
    case POLICY_LISTED: return has(claim, &claim->set, o->value);
    case POLICY_UNLISTED:
        return claim->list.n && !has(claim, &claim->except, o->value) &&
               (is_open_workspace(o) || !has(claim, &claim->set, o->value));
    default: return false;
    }
}

static void note_unknown(const struct claim *claim, const struct observation *o) {
    struct arena *a = claim->s->arena;
    struct str path = str_slice(o->target, STR("oc://openclaw.config/").n, o->target.n);
    conformance_undecided(
        claim->c, claim->rule->checks.v[0],
        str_format(a,
                   STR_FMT ": " STR_FMT " is a variable whose value is not known: give it with "
                           "--env, --env-file or --process-env",
                   STR_ARG(claim->s->model->name), STR_ARG(path)));
}

static void judge(const struct claim *claim, const struct observation *o) {
    if (!conformance_work(claim->c, 1)) return;
    if (o->unknown && claim->rule->when != POLICY_NEVER) {
        note_unknown(claim, o);
        return;
    }
    switch (claim->rule->when) {
    case POLICY_NEVER: break;
    case POLICY_MISSING: judge_missing(claim, o); break;
    case POLICY_UNDENIED: judge_undenied(claim, o); break;
    case POLICY_UNEQUAL: judge_unequal(claim, o); break;
    case POLICY_LACKED: judge_lacked(claim, o); break;
    case POLICY_LISTED:
    case POLICY_UNLISTED:
    case POLICY_DIFFERS:
    case POLICY_FLAGGED:
        if (fails(claim, o)) violation_add(claim, claim->rule->checks.v[0], o);
    }
}

/* ---- what a scope is about ---------------------------------------------------------------------
 */

/* Agents of one canonical id, and what there is about them. */
struct same_agents {
    ARRAY(uint32_t) numbers;
    uint64_t has[SURFACE_APPARMOR + 1]; /* bits of kinds, by surface */
    bool opaque, unbrowsed; /* the first one's backend cannot be seen into; it has no browser */
    bool backend_seen, browser_seen;
};

struct range {
    size_t first, n;
};

struct index {
    struct conformance *c;
    ARRAY(struct same_agents) agents;
    struct map agent_numbers; /* canonical id -> agents */
    ARRAY(struct range) channels;
    struct map channel_numbers; /* lower case -> channels */
};

static void index_agent(struct index *x, uint32_t number) {
    const struct observed *o = x->c->observed;
    const struct observed_agent *agent = &o->agents.v[number];
    struct arena *a = o->model->arena;
    bool is_new;
    uint32_t at = *map_put(&x->agent_numbers, agent->canonical, (uint32_t)x->agents.n, &is_new);
    if (is_new) ARRAY_PUSH(a, x->agents) = (struct same_agents){0};
    struct same_agents *same = &x->agents.v[at];
    ARRAY_PUSH(a, same->numbers) = number;
    for (size_t i = agent->first; i < agent->first + agent->n; i++) {
        const struct observation *seen = &o->list.v[i];
        same->has[seen->surface] |= (uint64_t)1 << seen->kind;
        if (seen->kind == OBSERVED_BACKEND && !same->backend_seen) {
            same->backend_seen = true;
            same->opaque = seen->fails;
        }
        if (seen->kind == OBSERVED_CDP_RANGE && !same->browser_seen) {
            same->browser_seen = true;
            same->unbrowsed = seen->off;
        }
    }
}

static struct index index_new(struct conformance *c) {
    const struct observed *o = c->observed;
    struct arena *a = o->model->arena;
    struct index x = {.c = c, .agent_numbers = map_new(a), .channel_numbers = map_new(a)};
    for (uint32_t i = 0; i < o->agents.n; i++) index_agent(&x, i);
    size_t end = o->channels_first + o->channels_n;
    for (size_t first = o->channels_first, next; first < end; first = next) {
        struct str channel = o->list.v[first].channel;
        for (next = first + 1; next < end && str_equal(o->list.v[next].channel, channel);) next++;
        map_put(&x.channel_numbers, ids_token(a, channel), (uint32_t)x.channels.n, NULL);
        ARRAY_PUSH(a, x.channels) = (struct range){first, next - first};
    }
    return x;
}

/* What all inherit stands for an agent where nothing is said of the agent itself: one that is not
 * in the roster, or a part of the sandbox that it does not have. */
static bool stands_for(const struct same_agents *same, const struct observation *o) {
    bool of_container = o->surface == SURFACE_DOCKER || o->surface == SURFACE_SECCOMP ||
                        o->surface == SURFACE_APPARMOR;
    bool of_browser = o->surface == SURFACE_BROWSER || o->kind == OBSERVED_CDP_RANGE;
    if (!same) return true;
    if ((of_container && same->opaque) || (of_browser && same->unbrowsed)) return false;
    return !(same->has[o->surface] >> o->kind & 1);
}

static void judge_range(const struct claim *claim, enum observed_kind kind, size_t first,
                        size_t n) {
    for (size_t i = first; i < first + n; i++)
        if (claim->c->observed->list.v[i].kind == kind)
            judge(claim, &claim->c->observed->list.v[i]);
}

static void judge_agent(const struct claim *claim, const struct index *x, enum observed_kind kind,
                        struct str agent) {
    const struct observed *o = claim->c->observed;
    const uint32_t *number = map_get(&x->agent_numbers, agent);
    const struct same_agents *same = number ? &x->agents.v[*number] : NULL;
    for (size_t i = 0; same && i < same->numbers.n; i++) {
        const struct observed_agent *one = &o->agents.v[same->numbers.v[i]];
        if (!conformance_work(claim->c, one->n)) return;
        judge_range(claim, kind, one->first, one->n);
    }
    if (!conformance_work(claim->c, o->defaults_n)) return;
    for (size_t i = o->defaults_first; i < o->defaults_first + o->defaults_n; i++)
        if (o->list.v[i].kind == kind && stands_for(same, &o->list.v[i]))
            judge(claim, &o->list.v[i]);
}

static void judge_channel(const struct claim *claim, const struct index *x, enum observed_kind kind,
                          struct str channel) {
    const uint32_t *number = map_get(&x->channel_numbers, channel);
    if (!number || !x->channels.v) return;
    struct range range = x->channels.v[*number];
    if (conformance_work(claim->c, range.n)) judge_range(claim, kind, range.first, range.n);
}

/* ---- rules -------------------------------------------------------------------------------------
 */

/* Where a rule is looked for: the document itself (`overlay` NULL), or one of its scopes. */
struct part {
    const struct index *index;
    struct analysis *s;
    const struct policy_overlay *overlay;
    node_id owner;
    struct str requirement;
};

static enum observed_kind kind_of(struct str name) {
    for (enum observed_kind kind = OBSERVED_NOTHING; kind < OBSERVED_KINDS; kind++)
        if (str_equal(name, str_from(observed_kind_names[kind]))) return kind;
    return OBSERVED_NOTHING;
}

static void judge_all(const struct claim *claim, const struct part *p, enum observed_kind kind) {
    const struct policy_overlay *o = p->overlay;
    if (!o)
        judge_range(claim, kind, 0, claim->c->observed->list.n);
    else if (claim->rule->scope == POLICY_AGENTS)
        for (size_t i = 0; i < o->agents.n; i++) judge_agent(claim, p->index, kind, o->agents.v[i]);
    else
        for (size_t i = 0; i < o->channels.n; i++)
            judge_channel(claim, p->index, kind, o->channels.v[i]);
}

/* A rule about containers is not kept, either, where nothing can be seen of them. */
static void judge_unseen(const struct claim *claim, const struct part *p) {
    struct policy_rule unseen = *claim->rule;
    struct claim other = *claim;
    unseen.checks = (struct names){claim->rule->checks.v + 1, 1};
    other.rule = &unseen;
    size_t before = claim->c->violations.n;
    judge_all(&other, p, OBSERVED_BACKEND);
    for (size_t i = before; i < claim->c->violations.n; i++)
        claim->c->violations.v[i].rule = claim->rule;
}

static struct map set_of(struct arena *a, struct names list) {
    struct map set = map_new(a);
    for (size_t i = 0; i < list.n; i++) map_put(&set, list.v[i], 1, NULL);
    return set;
}

/* The list of a list, the text of a text as a list of one. */
static struct names listed(const struct claim *claim) {
    const struct policy_document *d = claim->c->document;
    if (claim->rule->value != POLICY_TEXT)
        return policy_list(claim->s->arena, d, claim->rule, claim->value);
    struct str *one = ARENA_NEW(claim->s->arena, struct str);
    *one = ids_token(claim->s->arena, tree_text(d->tree, claim->value));
    return (struct names){one, 1};
}

static bool asks(const struct claim *claim) {
    const struct tree *t = claim->c->document->tree;
    bool flag = tree_is(t, claim->value, NODE_BOOL) && tree_node(t, claim->value)->u.boolean;
    switch (claim->rule->value) {
    case POLICY_TRUE: return flag;
    case POLICY_FALSE: return tree_is(t, claim->value, NODE_BOOL) && !flag;
    case POLICY_TEXT: return tree_is(t, claim->value, NODE_STRING);
    default: return tree_is(t, claim->value, NODE_ARRAY);
    }
}

static void note_needed(struct claim *claim) {
    for (size_t i = 0; i < claim->rule->checks.n; i++)
        conformance_undecided(claim->c, claim->rule->checks.v[i], claim->rule->needs);
}

static struct names excepted(const struct part *p, const struct policy_rule *rule) {
    const struct policy_document *d = p->index->c->document;
    const struct policy_rule *other =
        rule->except.n ? policy_rule_find(d->format, rule->except) : NULL;
    if (!other) return (struct names){NULL, 0};
    return policy_list(p->index->c->observed->model->arena, d, other,
                       policy_value_of(d, p->owner, other));
}

static void check_rule(const struct part *p, const struct policy_rule *rule) {
    struct conformance *c = p->index->c;
    struct arena *a = p->s->arena;
    struct claim claim = {.c = c,
                          .s = p->s,
                          .rule = rule,
                          .value = policy_value_of(c->document, p->owner, rule),
                          .scope = p->overlay ? p->overlay->name : STR(""),
                          .requirement = p->requirement};
    if (!claim.value || !policy_takes_part(c->document, rule, p->overlay != NULL)) return;
    if (!rule->checks.n || !asks(&claim)) return;
    for (size_t i = 0; i < rule->parts.n; i++)
        claim.requirement = policy_path(a, claim.requirement, rule->parts.v[i]);
    if (rule->needs.n) {
        note_needed(&claim);
    } else if (rule->value == POLICY_DENY_RULES) {
        conformance_deny_channels(&claim);
    } else if (rule->value == POLICY_PROBES) {
        conformance_probes(&claim);
    } else {
        claim.list = listed(&claim);
        claim.set = set_of(a, claim.list);
        claim.except = set_of(a, excepted(p, rule));
        if (rule->when == POLICY_UNDENIED)
            claim.tools = policy_tools_expand(a, p->s->model->gateway, claim.list);
        judge_all(&claim, p, kind_of(rule->sees));
        if (rule->when == POLICY_FLAGGED && rule->checks.n > 1) judge_unseen(&claim, p);
    }
}

static void check_part(const struct part *p) {
    const struct policy_format *f = p->index->c->document->format;
    for (size_t i = 0; i < f->n_rules; i++)
        if (!p->overlay || f->rules[i].scope != POLICY_GLOBAL) check_rule(p, &f->rules[i]);
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void add_problems(struct conformance *c, struct analysis *s) {
    struct claim claim = {.c = c, .s = s, .scope = STR("")};
    for (size_t i = 0; i < c->document->problems.n; i++) {
        const struct policy_problem *problem = &c->document->problems.v[i];
        struct violation *v = violation_add(&claim, STR("policy/policy-jsonc-invalid"), NULL);
        if (!v) return;
        v->detail = problem->message;
        v->target = problem->target;
        v->at = v->asked_at = problem->at | (problem->at_key ? PLACE_KEY : 0);
    }
}

/* Whether the document is the one that the config approves. Another one is not gone by. */
static bool is_approved(struct conformance *c, struct analysis *s) {
    const struct tree *t = s->model->tree;
    node_id n = tree_path(t, s->model->loaded->root, "plugins", "entries", "policy", "config",
                          "expectedHash", NULL);
    struct str expected = ids_trim(tree_text(t, n));
    if (!expected.n || !c->document->root) return true;
    struct str hash = policy_document_hash(s->arena, c->document);
    if (!hash.n || str_equal(hash, expected)) return true;
    struct claim claim = {.c = c, .s = s, .scope = STR("")};
    struct violation *v = violation_add(&claim, STR("policy/policy-hash-mismatch"), NULL);
    v->value = hash;
    v->at = v->asked_at = n;
    v->target = str_concat(s->arena, STR("oc://"), c->document->name);
    v->requirement = STR("oc://openclaw.config/plugins/entries/policy/config/expectedHash");
    return false;
}

struct conformance *conformance_check(struct analysis *s, const struct policy_document *d,
                                      bool with_problems) {
    struct conformance *c = ARENA_NEW(s->arena, struct conformance);
    c->document = d;
    c->observed = observe(s->arena, s->model, d->format);
    if (!is_approved(c, s)) return c;
    if (with_problems) add_problems(c, s);
    if (!d->root) return c;
    struct index index = index_new(c);
    struct part part = {.index = &index,
                        .s = s,
                        .owner = d->root,
                        .requirement = str_concat(s->arena, STR("oc://"), d->name)};
    check_part(&part);
    struct str scopes = str_concat(s->arena, part.requirement, STR("/scopes"));
    for (size_t i = 0; i < d->overlays.n; i++) {
        part.overlay = &d->overlays.v[i];
        part.owner = part.overlay->node;
        part.requirement = policy_path(s->arena, scopes, part.overlay->name);
        check_part(&part);
    }
    return c;
}
