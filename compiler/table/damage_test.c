/* Tables with something wrong in them: by chance, cut short, and one test for each way of being
 * broken. Run under the sanitizers: bytes lie in memory of their exact size. */
#include "table/table_testing.h"

enum { CORRUPTIONS = 10000, QUERIES = 8 };

/* ---- helpers --------------------------------------------------------------------------------- */

static void put(unsigned char *p, int bytes, uint64_t x) {
    for (int i = 0; i < bytes; i++) p[i] = (unsigned char)(x >> (8 * i));
}

static unsigned char *section(unsigned char *t, enum clawt_section_id id) {
    return t + clawt_get64(t + clawt_section_field(id));
}

static uint64_t section_count(const unsigned char *t, enum clawt_section_id id) {
    return clawt_get64(t + clawt_section_field(id) + 8);
}

/* Makes the checksums fit again, so that what is behind them is tested. */
static void seal(unsigned char *t, size_t size) {
    put(t + CLAWT_H_BODY_CHECKSUM, 8,
        clawt_checksum(t + CLAWT_HEADER_SIZE, size - CLAWT_HEADER_SIZE));
    put(t + CLAWT_H_CHECKSUM, 8, clawt_checksum(t, CLAWT_H_CHECKSUM));
}

/* Reads every byte, so that a sanitizer sees a text that is not all there. */
static void touch(struct clawrt_text s) {
    volatile char sum = 0;
    for (size_t i = 0; i < s.n; i++) sum = (char)(sum + s.p[i]);
}

/* Asks a table that may be damaged; every answer is read to its last byte. */
static void ask(const unsigned char *bytes, size_t size, uint64_t *seed) {
    struct clawrt *table;
    if (clawrt_open_memory(bytes, size, &table) != CLAWRT_OK) {
        assert_null(table);
        return;
    }
    clawrt_verify(table);
    for (int i = 0; i < QUERIES; i++) {
        struct test_query t;
        test_random_query(seed, &t);
        if (test_random(seed, 2)) t.q.account = (struct clawrt_text){"biz", 3};
        if (test_random(seed, 4) == 0) t.q.channel = (struct clawrt_text){"discord", 7};
        size_t room = clawrt_room(table, &t.q);
        char *buffer = malloc(room);
        assert_non_null(buffer);
        struct clawrt_answer answer;
        if (clawrt_route(table, &t.q, buffer, room, &answer) == CLAWRT_OK) {
            touch(answer.session_key);
            touch(answer.main_session_key);
            touch(answer.agent_id);
        }
        free(buffer);
    }
    clawrt_close(table);
}

/* What a person does with a suspicious table. */
static void inspect(const unsigned char *bytes, size_t size) {
    struct arena *a = arena_new();
    struct buf out = buf_new(a);
    struct str error, table = {(const char *)bytes, size};
    table_info(table, &out, &error);
    table_dump(table, &out, &error);
    table_verify(table, &out);
    arena_free(a);
}

static unsigned char *random_table(struct arena *a, uint64_t *seed, size_t *size) {
    struct routing r = test_random(seed, 3) ? test_random_routing(a, seed) : test_routing();
    return test_table(&r, size);
}

/* ---- by chance ------------------------------------------------------------------------------- */

static void corrupt(unsigned char *t, size_t size, uint64_t *seed) {
    static const uint32_t nasty[] = {0,          1,          0x7f,       0xff,
                                     0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    uint32_t changes = 1 + test_random(seed, 4);
    for (uint32_t i = 0; i < changes; i++) {
        size_t at = test_random(seed, (uint32_t)size);
        if (test_random(seed, 2))
            t[at] = (unsigned char)test_random(seed, 256);
        else if (size - at >= 4)
            put(t + at, 4, nasty[test_random(seed, COUNT(nasty))]);
    }
}

static void survives_corruption(void **state) {
    (void)state;
    uint64_t seed = 0xbad;
    for (int i = 0; i < CORRUPTIONS; i++) {
        struct arena *a = arena_new();
        size_t size;
        unsigned char *bytes = random_table(a, &seed, &size);
        corrupt(bytes, size, &seed);
        if (i % 8) seal(bytes, size);
        ask(bytes, size, &seed);
        inspect(bytes, size);
        free(bytes);
        arena_free(a);
    }
}

static void survives_truncation(void **state) {
    (void)state;
    struct routing r = test_routing();
    size_t size;
    unsigned char *whole = test_table(&r, &size);
    for (size_t n = 0; n < size; n++) {
        unsigned char *cut = malloc(n ? n : 1);
        assert_non_null(cut);
        memcpy(cut, whole, n);
        struct clawrt *table;
        enum clawrt_status status = clawrt_open_memory(cut, n, &table);
        assert_true(status == (n == 0 ? CLAWRT_NOT_A_TABLE : CLAWRT_WRONG_SIZE));
        assert_null(table);
        free(cut);
    }
    free(whole);
}

/* A byte changed anywhere is noticed by the full check. */
static void verify_sees_every_byte(void **state) {
    (void)state;
    struct routing r = test_routing();
    size_t size;
    unsigned char *t = test_table(&r, &size);
    for (size_t i = 0; i < size; i++) {
        t[i] ^= 0x10;
        struct clawrt *table;
        if (clawrt_open_memory(t, size, &table) == CLAWRT_OK)
            assert_int_equal(clawrt_verify(table), CLAWRT_BAD_CHECKSUM);
        clawrt_close(table);
        t[i] ^= 0x10;
    }
    free(t);
}

/* ---- the header, one fault each -------------------------------------------------------------- */

struct header_fault {
    const char *what;
    int offset, bytes;
    uint64_t value;
    enum clawrt_status status;
};

static void refuses_header_faults(void **state) {
    (void)state;
    static const struct header_fault faults[] = {
        {"text file", CLAWT_H_MAGIC, 8, 0x2220657265687422, CLAWRT_NOT_A_TABLE},
        {"CRLF made LF", CLAWT_H_MAGIC + 5, 1, '\n', CLAWRT_NOT_A_TABLE},
        {"swapped bytes", CLAWT_H_BYTE_ORDER, 4, 0x0d0c0b0a, CLAWRT_BYTE_ORDER},
        {"newer major", CLAWT_H_MAJOR, 2, 2, CLAWRT_NEWER_FORMAT},
        {"older major", CLAWT_H_MAJOR, 2, 0, CLAWRT_OLDER_FORMAT},
        {"unknown rule", CLAWT_H_RULES, 4, 16, CLAWRT_NEWER_FORMAT},
        {"header too small", CLAWT_H_HEADER_SIZE, 4, 319, CLAWRT_BAD_HEADER},
        {"header too large", CLAWT_H_HEADER_SIZE, 4, 4097, CLAWRT_BAD_HEADER},
        {"header of 4 GB", CLAWT_H_HEADER_SIZE, 4, UINT32_MAX, CLAWRT_BAD_HEADER},
        {"other file size", CLAWT_H_FILE_SIZE, 8, 321, CLAWRT_WRONG_SIZE},
        {"huge file size", CLAWT_H_FILE_SIZE, 8, UINT64_MAX, CLAWRT_WRONG_SIZE},
        {"default agent is the last plus one", CLAWT_H_DEFAULT_AGENT, 4, 4, CLAWRT_BAD_HEADER},
        {"dmScope", CLAWT_H_DM_SCOPE, 1, 4, CLAWRT_BAD_HEADER},
        {"groupScope", CLAWT_H_GROUP_SCOPE, 1, 2, CLAWRT_BAD_HEADER},
        {"gateway's length", CLAWT_H_GATEWAY_LENGTH, 1, 41, CLAWRT_BAD_HEADER},
        {"longest name", CLAWT_H_LONGEST_NAME, 4, UINT32_MAX, CLAWRT_BAD_HEADER},
        {"tags begin in a gap", CLAWT_H_SECTIONS, 8, 321, CLAWRT_BAD_HEADER},
        {"tags begin in the header", CLAWT_H_SECTIONS, 8, 0, CLAWRT_BAD_HEADER},
        {"tags begin at the end of numbers", CLAWT_H_SECTIONS, 8, UINT64_MAX - 63,
         CLAWRT_BAD_HEADER},
        {"no tags", CLAWT_H_SECTIONS + 8, 8, 0, CLAWRT_BAD_HEADER},
        {"more tags than slots", CLAWT_H_SECTIONS + 8, 8, 40, CLAWRT_BAD_HEADER},
        {"tags without end", CLAWT_H_SECTIONS + 8, 8, UINT64_MAX, CLAWRT_BAD_HEADER},
        {"slots whose bytes overflow", CLAWT_H_SECTIONS + 16 + 8, 8, UINT64_MAX / 32 + 2,
         CLAWRT_BAD_HEADER},
        {"pool ends past the file", CLAWT_H_SECTIONS + 8 * 16 + 8, 8, UINT32_MAX - 1,
         CLAWRT_BAD_HEADER},
    };
    struct routing r = test_routing();
    for (size_t i = 0; i < COUNT(faults); i++) {
        size_t size;
        unsigned char *t = test_table(&r, &size);
        put(t + faults[i].offset, faults[i].bytes, faults[i].value);
        if (faults[i].offset != CLAWT_H_HEADER_SIZE) seal(t, size);
        struct clawrt *table;
        enum clawrt_status status = clawrt_open_memory(t, size, &table);
        if (status != faults[i].status)
            print_error("%s: %s\n", faults[i].what, clawrt_strerror(status));
        assert_int_equal(status, faults[i].status);
        assert_null(table);
        free(t);
    }
}

static void refuses_a_changed_header(void **state) {
    (void)state;
    struct routing r = test_routing();
    size_t size;
    unsigned char *t = test_table(&r, &size);
    t[CLAWT_H_DIGEST] ^= 1;
    struct clawrt *table;
    assert_int_equal(clawrt_open_memory(t, size, &table), CLAWRT_BAD_HEADER);
    free(t);
}

/* Bytes behind the last section belong to no table of this version. */
static void refuses_longer_files(void **state) {
    (void)state;
    struct routing r = test_routing();
    size_t size;
    unsigned char *t = test_table(&r, &size);
    unsigned char *longer = calloc(1, size + 1);
    assert_non_null(longer);
    memcpy(longer, t, size);
    struct clawrt *table;
    assert_int_equal(clawrt_open_memory(longer, size + 1, &table), CLAWRT_WRONG_SIZE);
    free(longer);
    free(t);
}

/* A later minor version may have a longer header and more sections behind the known ones. */
static void reads_newer_minor_versions(void **state) {
    (void)state;
    struct routing r = test_routing();
    size_t size, more = 64;
    unsigned char *t = test_table(&r, &size);
    unsigned char *n = calloc(1, size + 2 * more);
    assert_non_null(n);
    memcpy(n, t, CLAWT_H_CHECKSUM);
    memcpy(n + CLAWT_HEADER_SIZE + more, t + CLAWT_HEADER_SIZE, size - CLAWT_HEADER_SIZE);
    uint32_t header = (uint32_t)(CLAWT_HEADER_SIZE + more);
    put(n + CLAWT_H_MINOR, 2, 7);
    put(n + CLAWT_H_HEADER_SIZE, 4, header);
    put(n + CLAWT_H_FILE_SIZE, 8, size + 2 * more);
    for (int i = 0; i < CLAWT_SECTIONS; i++) {
        unsigned char *p = n + clawt_section_field((enum clawt_section_id)i);
        put(p, 8, clawt_get64(p) + more);
    }
    put(n + CLAWT_H_BODY_CHECKSUM, 8, clawt_checksum(n + header, size + 2 * more - header));
    put(n + header - 8, 8, clawt_checksum(n, header - 8));
    struct clawrt *table;
    assert_int_equal(clawrt_open_memory(n, size + 2 * more, &table), CLAWRT_OK);
    assert_int_equal(clawrt_verify(table), CLAWRT_OK);
    clawrt_close(table);
    free(n);
    free(t);
}

/* ---- records, one fault each ----------------------------------------------------------------- */

/* The first slot of a type. */
static unsigned char *slot_of(unsigned char *t, enum clawt_slot_type type) {
    unsigned char *slot = section(t, CLAWT_SLOTS);
    for (uint64_t i = 0; i < section_count(t, CLAWT_SLOTS); i++, slot += 32)
        if (slot[CLAWT_S_TYPE] == type) return slot;
    fail_msg("no slot of type %d", (int)type);
    return NULL;
}

static void break_agent(unsigned char *t) {
    put(slot_of(t, CLAWT_PEER_DIRECT) + CLAWT_S_VALUE, 4, section_count(t, CLAWT_AGENTS));
}

static void break_agent_text(unsigned char *t) {
    put(section(t, CLAWT_AGENTS) + 8, 4, section_count(t, CLAWT_POOL) - 5);
}

static void break_agent_length(unsigned char *t) {
    put(section(t, CLAWT_AGENTS) + 8 + 4, 4, 65);
}

/* The channel's scope of the account `default` does not exist. */
static void break_scope(unsigned char *t) {
    unsigned char *p = section(t, CLAWT_CHANNELS);
    for (uint64_t i = 0; i < section_count(t, CLAWT_CHANNELS); i++, p += 24)
        put(p + CLAWT_N_DEFAULT, 4, section_count(t, CLAWT_SCOPES));
}

static void break_list(unsigned char *t) {
    unsigned char *p = section(t, CLAWT_SCOPES);
    for (uint64_t i = 0; i < section_count(t, CLAWT_SCOPES); i++, p += 40)
        put(p + CLAWT_C_PLAIN, 4, section_count(t, CLAWT_LISTS));
}

static void break_list_count(unsigned char *t) {
    unsigned char *p = section(t, CLAWT_SCOPES);
    for (uint64_t i = 0; i < section_count(t, CLAWT_SCOPES); i++, p += 40)
        put(p + CLAWT_C_PLAIN + 4, 4, UINT32_MAX);
}

static void break_roles(unsigned char *t) {
    unsigned char *p = section(t, CLAWT_LISTS);
    for (uint64_t i = 0; i < section_count(t, CLAWT_LISTS); i++, p += 36)
        put(p + CLAWT_L_ROLES, 4, section_count(t, CLAWT_ROLES) - 1);
}

static void break_role_text(unsigned char *t) {
    put(section(t, CLAWT_ROLES), 4, section_count(t, CLAWT_POOL));
}

static void break_name(unsigned char *t) {
    put(slot_of(t, CLAWT_LINK) + CLAWT_S_VALUE, 4, section_count(t, CLAWT_NAMES));
}

static void break_name_length(unsigned char *t) {
    put(section(t, CLAWT_NAMES) + 4, 4, section_count(t, CLAWT_POOL));
}

static void break_long_id(unsigned char *t) {
    put(slot_of(t, CLAWT_PEER_GROUP), 4, section_count(t, CLAWT_POOL) - 1);
}

static void break_tag(unsigned char *t) {
    unsigned char *slot = slot_of(t, CLAWT_GUILD);
    section(t, CLAWT_TAGS)[(slot - section(t, CLAWT_SLOTS)) / 32] ^= 0x40;
}

static void break_type(unsigned char *t) {
    slot_of(t, CLAWT_TEAM)[CLAWT_S_TYPE] = CLAWT_SLOT_TYPES;
}

static void break_types(unsigned char *t) {
    section(t, CLAWT_SCOPES)[CLAWT_C_TYPES] ^= 1u << CLAWT_TEAM;
}

static void break_override(unsigned char *t) {
    slot_of(t, CLAWT_PEER_DIRECT)[CLAWT_S_OVERRIDE] = 0x35;
}

static void break_padding(unsigned char *t) {
    slot_of(t, CLAWT_PEER_DIRECT)[15] = 1;
}

static void break_gap(unsigned char *t) {
    section(t, CLAWT_CHANNELS)[-1] = 1;
}

static void break_channel_key(unsigned char *t) {
    unsigned char *slot = slot_of(t, CLAWT_CHANNEL);
    slot[CLAWT_S_SCOPE] = 1;
}

/* The validator sees each fault, and a reader stays inside the file. */
static void validator_sees_record_faults(void **state) {
    (void)state;
    static void (*const faults[])(unsigned char *) = {
        break_agent,      break_agent_text, break_agent_length, break_scope, break_list,
        break_list_count, break_roles,      break_role_text,    break_name,  break_name_length,
        break_long_id,    break_tag,        break_type,         break_types, break_override,
        break_padding,    break_gap,        break_channel_key};
    struct routing r = test_routing();
    uint64_t seed = 1;
    for (size_t i = 0; i < COUNT(faults); i++) {
        size_t size;
        unsigned char *t = test_table(&r, &size);
        faults[i](t);
        seal(t, size);
        struct arena *a = arena_new();
        struct buf out = buf_new(a);
        bool sound = table_verify((struct str){(const char *)t, size}, &out);
        if (sound) print_error("fault %zu is not seen\n", i);
        assert_false(sound);
        assert_true(out.n > 0);
        for (int j = 0; j < 100; j++) ask(t, size, &seed);
        arena_free(a);
        free(t);
    }
}

static enum clawrt_status route_broken(void (*fault)(unsigned char *),
                                       const struct clawrt_query *query) {
    struct routing r = test_routing();
    size_t size;
    unsigned char *t = test_table(&r, &size);
    fault(t);
    seal(t, size);
    struct clawrt *table;
    assert_int_equal(clawrt_open_memory(t, size, &table), CLAWRT_OK);
    char buffer[CLAWRT_BUFFER];
    struct clawrt_answer answer;
    enum clawrt_status status = clawrt_route(table, query, buffer, sizeof buffer, &answer);
    clawrt_close(table);
    free(t);
    return status;
}

static void reader_says_damaged(void **state) {
    (void)state;
    static const struct clawrt_peer peer = {CLAWRT_TEXT("direct"), CLAWRT_TEXT("7192195698")};
    static const struct clawrt_text role = CLAWRT_TEXT("admin");
    struct clawrt_query telegram = {.channel = CLAWRT_TEXT("telegram"), .peer = &peer};
    struct clawrt_query discord = {.channel = CLAWRT_TEXT("discord"),
                                   .account = CLAWRT_TEXT("biz"),
                                   .guild_id = CLAWRT_TEXT("42"),
                                   .roles = &role,
                                   .n_roles = 1};
    assert_int_equal(route_broken(break_agent, &telegram), CLAWRT_DAMAGED);
    assert_int_equal(route_broken(break_agent_text, &telegram), CLAWRT_DAMAGED);
    assert_int_equal(route_broken(break_agent_length, &telegram), CLAWRT_DAMAGED);
    assert_int_equal(route_broken(break_name_length, &telegram), CLAWRT_DAMAGED);
    assert_int_equal(route_broken(break_role_text, &discord), CLAWRT_DAMAGED);
    discord.guild_id = (struct clawrt_text){NULL, 0};
    assert_int_equal(route_broken(break_list, &discord), CLAWRT_DAMAGED);
    assert_int_equal(route_broken(break_list_count, &discord), CLAWRT_DAMAGED);
}

/* Lists that overlap, each entry with all roles: the work would be their product. */
static void bounds_the_work_on_hostile_lists(void **state) {
    (void)state;
    enum { N = 3000 };
    struct arena *a = arena_new();
    struct str *roles = ARENA_ARRAY(a, struct str, N);
    for (int i = 0; i < N; i++) roles[i] = str_format(a, "role-%d", i);
    struct route_binding *b = ARENA_ARRAY(a, struct route_binding, N);
    for (uint32_t i = 0; i < N; i++)
        b[i] = (struct route_binding){.channel = STR("x"),
                                      .dm_scope = SCOPE_NONE,
                                      .group_scope = SCOPE_NONE,
                                      .roles = roles + i,
                                      .n_roles = 1,
                                      .index = i};
    struct routing r = test_routing();
    r.bindings = b;
    r.n_bindings = N;
    size_t size;
    unsigned char *t = test_table(&r, &size);
    assert_int_equal(section_count(t, CLAWT_LISTS), N);
    unsigned char *p = section(t, CLAWT_LISTS);
    for (uint64_t i = 0; i < N; i++, p += 36) {
        put(p + CLAWT_L_ROLES, 4, 0);
        put(p + CLAWT_L_ROLES + 4, 4, N);
    }
    seal(t, size);
    struct clawrt *table;
    assert_int_equal(clawrt_open_memory(t, size, &table), CLAWRT_OK);
    static const struct clawrt_text none = CLAWRT_TEXT("no such role");
    struct clawrt_query q = {.channel = CLAWRT_TEXT("x"), .roles = &none, .n_roles = 1};
    char buffer[CLAWRT_BUFFER];
    struct clawrt_answer answer;
    assert_int_equal(clawrt_route(table, &q, buffer, sizeof buffer, &answer), CLAWRT_DAMAGED);
    clawrt_close(table);
    free(t);
    arena_free(a);
}

/* An index without an empty slot must not make a search for ever. */
static void bounds_the_work_on_full_tags(void **state) {
    (void)state;
    struct routing r = test_routing();
    size_t size;
    unsigned char *t = test_table(&r, &size);
    memset(section(t, CLAWT_TAGS), 0x55, section_count(t, CLAWT_TAGS));
    seal(t, size);
    uint64_t seed = 7;
    for (int i = 0; i < 100; i++) ask(t, size, &seed);
    free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_corruption),
        cmocka_unit_test(survives_truncation),
        cmocka_unit_test(verify_sees_every_byte),
        cmocka_unit_test(refuses_header_faults),
        cmocka_unit_test(refuses_a_changed_header),
        cmocka_unit_test(refuses_longer_files),
        cmocka_unit_test(reads_newer_minor_versions),
        cmocka_unit_test(validator_sees_record_faults),
        cmocka_unit_test(reader_says_damaged),
        cmocka_unit_test(bounds_the_work_on_hostile_lists),
        cmocka_unit_test(bounds_the_work_on_full_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
