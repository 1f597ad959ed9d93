/* For the tests of tables: routings by hand and at random. */
#ifndef CLAWC_TABLE_TESTING_H
#define CLAWC_TABLE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "clawrt.h"
#include "clawt_format.h"
#include "table/table.h"

/* STR for static initialisers, which must be constant. */
#define TEXT(literal)                                                                              \
    { "" literal, sizeof(literal) - 1 }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const uint8_t test_digest[TABLE_DIGEST] = {0xd1, 0x6e, 0x57};

static const struct keep_case test_keep_case[] = {
    {TEXT("signal"), PEER_GROUP}, {TEXT("matrix"), PEER_CHANNEL}, {TEXT("matrix"), PEER_GROUP}};

static const struct str test_agents[] = {TEXT("main"), TEXT("work"), TEXT("a-b_c"), TEXT("other")};

enum { TEST_RULES_NEW = ROUTING_PEER_WILDCARD | ROUTING_GROUP_SCOPE | ROUTING_SELECTION_ERROR };

/* One binding of every tier, with every kind of condition, an identity link, a long id. */
static inline struct routing test_routing(void) {
    static const struct str roles[] = {TEXT("admin"), TEXT("mod")};
    static const struct route_binding bindings[] = {
        {.channel = TEXT("telegram"),
         .account = TEXT("default"),
         .agent = 1,
         .peer = PEER_EXACT,
         .peer_kind = PEER_DIRECT,
         .peer_id = TEXT("7192195698"),
         .dm_scope = DM_PER_PEER,
         .group_scope = SCOPE_NONE,
         .index = 0},
        {.channel = TEXT("whatsapp"),
         .account = {NULL, 0},
         .agent = 2,
         .peer = PEER_EXACT,
         .peer_kind = PEER_GROUP,
         .peer_id = TEXT("120363000000000000@g.us"),
         .dm_scope = SCOPE_NONE,
         .group_scope = GROUP_MAIN,
         .index = 1},
        {.channel = TEXT("discord"),
         .account = TEXT("biz"),
         .agent = 0,
         .guild = TEXT("42"),
         .roles = roles,
         .n_roles = 2,
         .dm_scope = SCOPE_NONE,
         .group_scope = SCOPE_NONE,
         .index = 2},
        {.channel = TEXT("discord"),
         .account = TEXT("biz"),
         .agent = 1,
         .guild = TEXT("42"),
         .team = TEXT("T1"),
         .dm_scope = SCOPE_NONE,
         .group_scope = SCOPE_NONE,
         .index = 4},
        {.channel = TEXT("slack"),
         .account = {NULL, 0},
         .agent = 1,
         .team = TEXT("T1"),
         .dm_scope = SCOPE_NONE,
         .group_scope = SCOPE_NONE,
         .index = 5},
        {.channel = TEXT("telegram"),
         .account = {NULL, 0},
         .agent = 2,
         .peer = PEER_WILDCARD,
         .peer_kind = PEER_CHANNEL,
         .dm_scope = SCOPE_NONE,
         .group_scope = SCOPE_NONE,
         .index = 6},
        {.channel = TEXT("discord"),
         .account = TEXT("biz"),
         .agent = AGENT_DEFAULT,
         .dm_scope = SCOPE_NONE,
         .group_scope = SCOPE_NONE,
         .index = 7},
        {.channel = TEXT("whatsapp"),
         .account = {NULL, 0},
         .agent = 3,
         .dm_scope = SCOPE_NONE,
         .group_scope = SCOPE_NONE,
         .index = 9},
    };
    static const struct identity_link links[] = {{TEXT("Alice"), TEXT("telegram:7192195698")},
                                                 {TEXT("Alice"), TEXT("+56912345678")},
                                                 {TEXT("Bob"), TEXT("+56912345678")}};
    return (struct routing){.gateway = STR("2026.9.6"),
                            .rules = TEST_RULES_NEW,
                            .keep_case = test_keep_case,
                            .n_keep_case = COUNT(test_keep_case),
                            .agents = test_agents,
                            .n_agents = COUNT(test_agents),
                            .n_roster = 3,
                            .default_agent = 0,
                            .dm_scope = DM_PER_CHANNEL_PEER,
                            .bindings = bindings,
                            .n_bindings = COUNT(bindings),
                            .links = links,
                            .n_links = COUNT(links)};
}

/* The table of `r`, in memory of its exact size, so that a sanitizer sees a read past its end. The
 * caller frees it. */
static inline unsigned char *test_table(const struct routing *r, size_t *size) {
    struct arena *a = arena_new();
    struct buf out = buf_new(a);
    struct str error;
    assert_true(table_build(r, test_digest, &out, &error));
    unsigned char *bytes = malloc(out.n);
    assert_non_null(bytes);
    memcpy(bytes, out.p, out.n);
    *size = out.n;
    arena_free(a);
    return bytes;
}

static inline struct clawrt_text test_text(struct str s) {
    return (struct clawrt_text){s.p, s.n};
}

/* ---- at random ------------------------------------------------------------------------------- */

static inline uint32_t test_random(uint64_t *state, uint32_t below) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 20) % below);
}

static inline struct str test_pick(uint64_t *state, const struct str *from, size_t n) {
    return from[test_random(state, (uint32_t)n)];
}

static const struct str test_channels[] = {TEXT("telegram"), TEXT("signal"), TEXT("matrix"),
                                           TEXT("ch\xcf\x82"), TEXT("x")};
static const struct str test_accounts[] = {{NULL, 0},       {NULL, 0},
                                           TEXT("default"), TEXT("default"),
                                           TEXT("biz"),     TEXT("a-rather-long-account-id")};
static const struct str test_peers[] = {TEXT("a"),
                                        TEXT("B"),
                                        TEXT("7192195698"),
                                        TEXT("exactly-16-bytes"),
                                        TEXT("exactly-17-bytes!"),
                                        TEXT("120363000000000000@g.us"),
                                        TEXT("x:y"),
                                        TEXT("\xce\x91\xce\xa3"),
                                        TEXT("a longer one that differs at its end: A"),
                                        TEXT("a longer one that differs at its end: B")};
static const struct str test_groups[] = {TEXT("1"), TEXT("2"), TEXT("G 3")};
static const struct str test_roles[] = {TEXT("r1"), TEXT("r2"), TEXT("R1"), TEXT("")};

static inline const struct str *test_role_list(struct arena *a, uint64_t *s, uint32_t *n) {
    *n = test_random(s, 3) ? 0 : 1 + test_random(s, 3);
    struct str *roles = ARENA_ARRAY(a, struct str, *n);
    for (uint32_t i = 0; i < *n; i++) roles[i] = test_pick(s, test_roles, COUNT(test_roles));
    return roles;
}

static inline struct route_binding test_random_binding(struct arena *a, uint64_t *s,
                                                       unsigned rules) {
    struct route_binding b = {.channel = test_pick(s, test_channels, COUNT(test_channels)),
                              .account = test_pick(s, test_accounts, COUNT(test_accounts)),
                              .agent = (int32_t)test_random(s, 6) - 2,
                              .dm_scope = (int8_t)((int)test_random(s, 9) - 5),
                              .group_scope = (int8_t)((int)test_random(s, 4) - 2)};
    if (b.dm_scope < 0) b.dm_scope = SCOPE_NONE;
    if (b.group_scope < 0) b.group_scope = SCOPE_NONE;
    if (test_random(s, 2)) {
        bool wildcard = rules & ROUTING_PEER_WILDCARD && test_random(s, 5) == 0;
        b.peer = wildcard ? PEER_WILDCARD : PEER_EXACT;
        b.peer_kind = (uint8_t)(PEER_DIRECT + test_random(s, 3));
        if (!wildcard) b.peer_id = test_pick(s, test_peers, COUNT(test_peers));
    }
    if (test_random(s, 3) == 0) b.guild = test_pick(s, test_groups, COUNT(test_groups));
    if (test_random(s, 4) == 0) b.team = test_pick(s, test_groups, COUNT(test_groups));
    b.roles = test_role_list(a, s, &b.n_roles);
    return b;
}

/* A routing of up to 60 bindings; about half of them old. */
static inline struct routing test_random_routing(struct arena *a, uint64_t *s) {
    bool old = test_random(s, 2);
    uint32_t n = test_random(s, 60), links = test_random(s, 2) * test_random(s, 6);
    struct routing r = test_routing();
    r.rules = old ? ROUTING_LOWER_WHOLE_KEY : (unsigned)TEST_RULES_NEW;
    r.n_keep_case = old ? 0 : COUNT(test_keep_case);
    r.default_agent = !old && test_random(s, 3) == 0 ? AGENT_ERROR : (int32_t)test_random(s, 4);
    r.dm_scope = (enum dm_scope)test_random(s, 4);
    r.group_scope = old ? GROUP_PER_GROUP : (enum group_scope)test_random(s, 2);
    struct route_binding *b = ARENA_ARRAY(a, struct route_binding, n);
    for (uint32_t i = 0; i < n; i++) {
        b[i] = test_random_binding(a, s, r.rules);
        b[i].index = i * 2;
    }
    r.bindings = b;
    r.n_bindings = n;
    static const struct identity_link known[] = {
        {TEXT("Alice"), TEXT("a")},
        {TEXT("Bob"), TEXT("telegram:a")},
        {TEXT("Carl"), TEXT("b")},
        {TEXT("\xce\xa3igma"), TEXT("ch\xcf\x82:\xce\xb1\xcf\x82")},
        {TEXT("Dora"), TEXT("unknown:a")},
        {TEXT("Eve"), TEXT("unknown")}};
    struct identity_link *l = ARENA_ARRAY(a, struct identity_link, links);
    for (uint32_t i = 0; i < links; i++) l[i] = known[test_random(s, COUNT(known))];
    r.links = l;
    r.n_links = links;
    return r;
}

/* A query's texts, with what they point to. */
struct test_query {
    struct clawrt_query q;
    struct clawrt_peer peer, parent;
    struct clawrt_text roles[3];
};

static inline struct clawrt_peer test_random_peer(uint64_t *s) {
    static const struct str kinds[] = {TEXT("direct"),  TEXT(" DM"),    TEXT("group"),
                                       TEXT("Channel"), TEXT("Thread"), TEXT("\xce\xa3"),
                                       TEXT(""),        {NULL, 0}};
    struct str id = test_pick(s, test_peers, COUNT(test_peers));
    if (test_random(s, 8) == 0) id = STR(" ");
    if (test_random(s, 8) == 0) id = STR("\xc2\xa0 a\n");
    return (struct clawrt_peer){test_text(test_pick(s, kinds, COUNT(kinds))), test_text(id)};
}

static inline void test_random_query(uint64_t *s, struct test_query *t) {
    static const struct str accounts[] = {{NULL, 0},
                                          TEXT(""),
                                          TEXT(" Default"),
                                          TEXT("biz"),
                                          TEXT("BIZ\t"),
                                          TEXT("**"),
                                          TEXT("A rather long account id"),
                                          TEXT("nobody")};
    static const struct str scopes[] = {TEXT("main"),
                                        TEXT("per-peer"),
                                        TEXT("per-channel-peer"),
                                        TEXT("per-account-channel-peer"),
                                        TEXT("per-group"),
                                        TEXT("Per-Peer"),
                                        TEXT("")};
    static const struct str agents[] = {TEXT("work"), TEXT("MAIN"), TEXT("A.B_c"), TEXT("nobody"),
                                        TEXT(" ")};
    *t = (struct test_query){.peer = test_random_peer(s), .parent = test_random_peer(s)};
    struct clawrt_query *q = &t->q;
    q->channel = test_text(test_pick(s, test_channels, COUNT(test_channels)));
    if (test_random(s, 10) == 0) q->channel = test_text(STR(" TELEGRAM"));
    if (test_random(s, 20) == 0) q->channel = test_text(STR(" "));
    if (test_random(s, 20) == 0) q->channel = test_text(STR("elsewhere"));
    q->account = test_text(test_pick(s, accounts, COUNT(accounts)));
    if (test_random(s, 6)) q->peer = &t->peer;
    if (test_random(s, 3) == 0) q->parent_peer = &t->parent;
    if (test_random(s, 2)) q->guild_id = test_text(test_pick(s, test_groups, COUNT(test_groups)));
    if (test_random(s, 2)) q->team_id = test_text(test_pick(s, test_groups, COUNT(test_groups)));
    q->roles = t->roles;
    q->n_roles = test_random(s, 4);
    for (size_t i = 0; i < q->n_roles; i++)
        t->roles[i] = test_text(test_pick(s, test_roles, COUNT(test_roles)));
    if (test_random(s, 6) == 0)
        q->default_agent_id = test_text(test_pick(s, agents, COUNT(agents)));
    if (test_random(s, 4) == 0) q->dm_scope = test_text(test_pick(s, scopes, COUNT(scopes)));
    if (test_random(s, 4) == 0) q->group_scope = test_text(test_pick(s, scopes, COUNT(scopes)));
}

#endif
