/* clawc route: which agent a message reaches, from a config or from a compiled table. */
#include <errno.h>
#include <string.h>

#include "clawrt.h"
#include "commands/queries.h"
#include "commands/run.h"
#include "table/table.h"

struct routing_source {
    const struct resolver *resolver; /* from a config */
    const struct model *model;
    struct clawrt *table; /* or from a table */
    bool has_scopes;
};

/* ---- through a table ---------------------------------------------------------------------------
 */

static struct clawrt_text given(struct str s) {
    return (struct clawrt_text){s.p, s.n};
}
static struct str taken(struct clawrt_text t) {
    return (struct str){t.p, t.n};
}

static struct route_answer route_table(const struct clawrt *table, struct arena *a,
                                       const struct route_query *q) {
    struct clawrt_peer peer = {given(q->peer.kind), given(q->peer.id)};
    struct clawrt_peer parent = {given(q->parent.kind), given(q->parent.id)};
    struct clawrt_text *roles = ARENA_ARRAY(a, struct clawrt_text, q->n_roles);
    for (size_t i = 0; i < q->n_roles; i++) roles[i] = given(q->roles[i]);
    struct clawrt_query query = {.channel = given(q->channel),
                                 .account = given(q->account),
                                 .peer = q->has_peer ? &peer : NULL,
                                 .parent_peer = q->has_parent ? &parent : NULL,
                                 .guild_id = given(q->guild),
                                 .team_id = given(q->team),
                                 .roles = roles,
                                 .n_roles = q->n_roles,
                                 .default_agent_id = given(q->default_agent),
                                 .dm_scope = given(q->dm_scope),
                                 .group_scope = given(q->group_scope)};
    size_t room = clawrt_room(table, &query);
    struct clawrt_answer answer = {0};
    enum clawrt_status status = clawrt_route(table, &query, arena_alloc(a, room), room, &answer);
    if (status != CLAWRT_OK) return (struct route_answer){.failed = true, .binding = -1};
    return (struct route_answer){
        .agent = taken(answer.agent_id),
        .channel = taken(answer.channel),
        .account = taken(answer.account_id),
        .dm_scope = taken(answer.dm_scope),
        .group_scope = taken(answer.group_scope),
        .session_key = taken(answer.session_key),
        .main_session_key = taken(answer.main_session_key),
        .main_policy = str_equal(taken(answer.last_route_policy), STR("main")),
        .tier = (enum route_tier)answer.tier,
        .binding = answer.binding == CLAWRT_NO_BINDING ? -1 : (int32_t)answer.binding};
}

static struct route_answer route_one(const struct routing_source *s, struct arena *a,
                                     const struct route_query *q) {
    return s->table ? route_table(s->table, a, q) : resolve(s->resolver, a, q);
}

/* ---- batch -------------------------------------------------------------------------------------
 */

static void answer_line(void *user, struct arena *scratch, struct str line, struct buf *out) {
    const struct routing_source *s = user;
    struct route_query q;
    struct str why;
    if (!query_parse(scratch, line, &q, &why)) {
        struct buf error = buf_new(scratch);
        query_add_error(&error, "BadQuery", "message", why);
        buf_add(out, buf_str(&error));
        return;
    }
    struct route_answer answer = route_one(s, scratch, &q);
    struct buf text = buf_new(scratch);
    query_add_answer(&text, &answer, s->has_scopes);
    buf_add(out, buf_str(&text));
}

/* ---- for people --------------------------------------------------------------------------------
 */

static void print_place(struct run *run, place at) {
    struct span span = place_span(run->tree, at);
    if (!span.file) return;
    struct position p = source_position(run->sources, span.file, span.start);
    struct str name = source_name(run->sources, span.file);
    printf(STR_FMT ":%u:%u", STR_ARG(name), p.line, p.column);
}

static void print_binding(struct run *run, const struct binding *b, const char *verdict) {
    fputs("  ", stdout);
    print_place(run, b->at);
    struct str agent = source_quote(run->sources, run->arena, place_span(run->tree, b->agent.at));
    if (b->added)
        printf("  added at load: channel " STR_FMT ", agent " STR_FMT "  (%s)\n",
               STR_ARG(b->channel_token), STR_ARG(b->agent.v), verdict);
    else
        printf("  " STR_FMT "  (%s)\n", STR_ARG(agent), verdict);
}

static const char *verdict_text(enum binding_verdict v) {
    static const char *const texts[] = {
        [VERDICT_WINS] = "wins",
        [VERDICT_LESS_SPECIFIC] = "matches, but a more specific binding won",
        [VERDICT_LATER] = "matches, but an earlier one of the same kind won",
        [VERDICT_OTHER_CHANNEL] = "another channel",
        [VERDICT_OTHER_ACCOUNT] = "another account",
        [VERDICT_OTHER_PEER] = "another peer",
        [VERDICT_OTHER_GUILD] = "another guild",
        [VERDICT_OTHER_TEAM] = "another team",
        [VERDICT_NO_ROLE] = "the author has none of its roles"};
    return texts[v];
}

/* The losers that a person would ask about: on this channel, nearest misses last, a screenful. */
static void print_losers(struct run *run, const struct routing_source *s,
                         const struct route_query *q, const struct route_answer *answer) {
    enum { SHOWN = 12 };
    const struct model *m = s->model;
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < m->routing.n_bindings; i++) {
        enum binding_verdict v = resolve_verdict(s->resolver, run->arena, q, answer, i);
        if (v == VERDICT_WINS || v == VERDICT_OTHER_CHANNEL || v == VERDICT_OTHER_PEER) continue;
        if (shown++ == 0) fputs("lost:\n", stdout);
        if (shown > SHOWN)
            more++;
        else
            print_binding(run, &m->bindings.v[m->routing.bindings[i].index], verdict_text(v));
    }
    if (more) printf("  and %zu more\n", more);
}

static void print_answer(struct run *run, const struct routing_source *s,
                         const struct route_query *q, const struct route_answer *answer) {
    if (answer->failed) {
        fputs("nobody: the gateway raises AgentSelectionRequiredError for this message.\n"
              "Bind the account or channel to an agent, or mark one agent as the default.\n",
              stdout);
        return;
    }
    printf("agent        " STR_FMT "\n", STR_ARG(answer->agent));
    printf("session      " STR_FMT "\n", STR_ARG(answer->session_key));
    printf("matched by   %s\n", route_tier_name(answer->tier));
    if (!s->model) {
        if (answer->binding >= 0) printf("binding      bindings[%d]\n", (int)answer->binding);
        return;
    }
    if (answer->binding < 0)
        fputs("won          the default agent: no binding takes this message\n", stdout);
    else {
        fputs("won:\n", stdout);
        const struct model *m = s->model;
        print_binding(run, &m->bindings.v[m->routing.bindings[answer->binding].index],
                      route_tier_name(answer->tier));
    }
    print_losers(run, s, q, answer);
}

/* KIND:ID; the id may hold colons. */
static bool parse_peer(const char *option, const char *text, bool *has, struct query_peer *peer) {
    if (!text) return true;
    struct str s = str_from(text);
    size_t colon = str_find(s, STR(":"), 0);
    if (colon == SIZE_MAX) {
        fprintf(stderr, "clawc: %s takes KIND:ID, such as direct:+15551234567\n", option);
        return false;
    }
    *has = true;
    *peer = (struct query_peer){str_slice(s, 0, colon), str_slice(s, colon + 1, s.n)};
    return true;
}

static bool query_of_options(struct run *run, struct route_query *q) {
    const struct options *o = run->o;
    struct str *roles = ARENA_ARRAY(run->arena, struct str, o->roles.list.n);
    for (size_t i = 0; i < o->roles.list.n; i++) roles[i] = str_from(o->roles.list.v[i]);
    *q = (struct route_query){.channel = str_from(o->channel),
                              .account = str_from(o->account),
                              .guild = str_from(o->guild),
                              .team = str_from(o->team),
                              .roles = roles,
                              .n_roles = o->roles.list.n,
                              .default_agent = str_from(o->default_agent),
                              .dm_scope = str_from(o->dm_scope),
                              .group_scope = str_from(o->group_scope)};
    if (!o->channel) {
        fputs("clawc: route needs --channel (or --batch)\n", stderr);
        return false;
    }
    return parse_peer("--peer", o->peer, &q->has_peer, &q->peer) &&
           parse_peer("--parent-peer", o->parent_peer, &q->has_parent, &q->parent);
}

/* ---- the command -------------------------------------------------------------------------------
 */

static enum exit_code open_table(struct run *run, struct routing_source *s) {
    enum clawrt_status status = clawrt_open(run->o->table, &s->table);
    if (status != CLAWRT_OK) {
        bool has_cause = status == CLAWRT_CANNOT_OPEN;
        fprintf(stderr, "clawc: %s: %s%s%s\n", run->o->table, clawrt_strerror(status),
                has_cause ? ": " : "", has_cause ? strerror(errno) : "");
        return EXIT_CONFIG;
    }
    struct clawrt_info info;
    clawrt_get_info(s->table, &info);
    s->has_scopes = info.has_scopes;
    return EXIT_FINE;
}

static enum exit_code open_config(struct run *run, struct routing_source *s) {
    struct loaded *loaded = ARENA_NEW(run->arena, struct loaded);
    const char *path = run->o->arguments.list.v[0];
    run_load(run, path, loaded);
    if (loaded->root) s->model = run_model(run, path, loaded);
    if (!run->o->quiet || run_load_code(loaded)) run_print_errors(run, stderr);
    if (!s->model || run_load_code(loaded) != EXIT_FINE) return EXIT_CONFIG;
    if (loaded->startup == STARTUP_REPAIRED)
        fprintf(stderr, "clawc: routed as gateway " STR_FMT " repairs the file at its start\n",
                STR_ARG(loaded->gateway->version));
    s->resolver = resolver_new(run->arena, &s->model->routing);
    s->has_scopes = s->model->routing.rules & ROUTING_GROUP_SCOPE;
    return EXIT_FINE;
}

static enum exit_code answer_single(struct run *run, const struct routing_source *s) {
    struct route_query q;
    if (!query_of_options(run, &q)) return EXIT_USAGE;
    struct route_answer answer = route_one(s, run->arena, &q);
    if (run->o->format && strcmp(run->o->format, "json") == 0) {
        struct buf b = buf_new(run->arena);
        query_add_answer(&b, &answer, s->has_scopes);
        printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
    } else {
        print_answer(run, s, &q, &answer);
    }
    return answer.failed ? EXIT_FINDINGS : EXIT_FINE;
}

enum exit_code command_route(struct run *run) {
    const struct options *o = run->o;
    struct routing_source s = {0};
    if ((o->table != NULL) == (o->arguments.list.n == 1) || o->arguments.list.n > 1) {
        fputs("clawc: route takes one config, or --table FILE\n", stderr);
        return EXIT_USAGE;
    }
    if (o->table && o->gateway) {
        fputs("clawc: --gateway says how to read a config; a table has its gateway in it\n",
              stderr);
        return EXIT_USAGE;
    }
    if (o->format && strcmp(o->format, "json") != 0 && strcmp(o->format, "text") != 0) {
        fprintf(stderr, "clawc: route prints text or json, not `%s`\n", o->format);
        return EXIT_USAGE;
    }
    enum exit_code code = o->table ? open_table(run, &s) : open_config(run, &s);
    if (code == EXIT_FINE && o->batch) {
        struct query_stream stream = {stdin, stdout, &s, answer_line};
        if (!query_stream_run(&stream)) code = EXIT_MACHINE;
    } else if (code == EXIT_FINE) {
        code = answer_single(run, &s);
    }
    clawrt_close(s.table);
    return run_flush(stdout, code);
}
