/* Whole routes through the routing table, against tinycdb and LMDB that do the same work around
 * their look-up, and against one dependent step of a pointer chase through memory.
 *
 *     route [bindings...]          default: 1000 100000 1000000
 *
 * A route normalises channel, account and peer, looks the peer's binding up, falls back to the
 * channel's binding when there is none, and writes the session key. Bindings are of direct peers of
 * one channel, with ids like +56912345678; present ids are even numbers, misses the odd ones
 * between them; queries are random and independent. Each figure is the best of several rounds, in
 * which the contenders take turns. */
#define _DEFAULT_SOURCE /* madvise */
#include <cdb.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "clawrt.h"
#include "clawtext.h"
#include "table/table.h"

enum {
    QUERIES = 1 << 20,
    ROUNDS = 5,
    AGENTS = 8,
    ID_LENGTH = 12,
    KEY_MAX = 64,
    OUT_MAX = CLAWRT_BUFFER
};

#define CHASE_BYTES (1024ul * 1024 * 1024)
#define LINE        64ul

static const char channel[] = "WhatsApp", account[] = "default";

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint64_t random_state = 88172645463325252u;

static uint64_t random_number(uint64_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

/* ---- pointer chase --------------------------------------------------------------------------- */

/* One random cycle through all lines (Sattolo), so that every step waits for the one before. */
static char *make_chase(void) {
    size_t lines = CHASE_BYTES / LINE;
    char *p = mmap(NULL, CHASE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t *order = malloc(lines * sizeof *order);
    if (p == MAP_FAILED || !order) die("chase");
    madvise(p, CHASE_BYTES, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < lines; i++) order[i] = (uint32_t)i;
    for (size_t i = lines - 1; i > 0; i--) {
        size_t j = random_number(i);
        uint32_t swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    for (size_t i = 0; i < lines; i++)
        *(char **)(void *)(p + order[i] * LINE) = p + order[(i + 1) % lines] * LINE;
    free(order);
    return p;
}

static double time_chase(char **at) {
    enum { STEPS = 1 << 21 };
    double start = now();
    for (int i = 0; i < STEPS; i++) *at = *(char **)(void *)*at;
    return (now() - start) / STEPS;
}

/* ---- the data -------------------------------------------------------------------------------- */

static void write_id(char *out, uint64_t number) {
    char text[32];
    snprintf(text, sizeof text, "+%011llu", 56900000000LLU + (unsigned long long)number);
    memcpy(out, text, ID_LENGTH);
}

struct data {
    size_t n;
    struct str agents[AGENTS];
    char *ids; /* of the bindings */
    char *hits, *misses;
    struct routing routing;
    struct arena *arena;
};

static void make_queries(struct data *d) {
    d->hits = malloc((size_t)QUERIES * ID_LENGTH);
    d->misses = malloc((size_t)QUERIES * ID_LENGTH);
    if (!d->hits || !d->misses) die("queries");
    for (size_t i = 0; i < QUERIES; i++) {
        write_id(d->hits + i * ID_LENGTH, 2 * random_number(d->n));
        write_id(d->misses + i * ID_LENGTH, 2 * random_number(d->n) + 1);
    }
}

static void make_data(struct data *d, size_t n) {
    *d = (struct data){.n = n, .arena = arena_new()};
    for (int i = 0; i < AGENTS; i++) d->agents[i] = str_format(d->arena, "agent-%d", i);
    d->ids = arena_alloc(d->arena, n * ID_LENGTH);
    struct route_binding *b = ARENA_ARRAY(d->arena, struct route_binding, n + 1);
    for (size_t i = 0; i <= n; i++) {
        b[i] = (struct route_binding){.channel = STR("whatsapp"),
                                      .account = STR("default"),
                                      .agent = (int32_t)(i % AGENTS),
                                      .dm_scope = SCOPE_NONE,
                                      .group_scope = SCOPE_NONE,
                                      .index = (uint32_t)i};
        if (i == n) continue; /* the channel's own binding */
        write_id(d->ids + i * ID_LENGTH, 2 * i);
        b[i].peer = PEER_EXACT;
        b[i].peer_kind = PEER_DIRECT;
        b[i].peer_id = (struct str){d->ids + i * ID_LENGTH, ID_LENGTH};
    }
    b[n].account = STR_NONE;
    d->routing = (struct routing){.gateway = STR("2026.9.6"),
                                  .rules = ROUTING_PEER_WILDCARD | ROUTING_GROUP_SCOPE |
                                           ROUTING_SELECTION_ERROR,
                                  .agents = d->agents,
                                  .n_agents = AGENTS,
                                  .n_roster = AGENTS,
                                  .dm_scope = DM_PER_CHANNEL_PEER,
                                  .bindings = b,
                                  .n_bindings = n + 1};
    make_queries(d);
}

static void free_data(struct data *d) {
    free(d->hits);
    free(d->misses);
    arena_free(d->arena);
}

/* ---- contenders ------------------------------------------------------------------------------ */

struct contender {
    const char *name;
    /* Writes the session key to `out`; the sum of lengths returned keeps the work from being
     * optimised away. */
    size_t (*route)(struct contender *c, const char *id, char *out);
    struct clawrt *table;
    struct cdb cdb;
    MDB_txn *txn;
    MDB_dbi dbi;
};

static size_t route_table(struct contender *c, const char *id, char *out) {
    struct clawrt_peer peer = {CLAWRT_TEXT("direct"), {id, ID_LENGTH}};
    struct clawrt_query query = {.channel = {channel, sizeof channel - 1},
                                 .account = {account, sizeof account - 1},
                                 .peer = &peer};
    struct clawrt_answer answer;
    if (clawrt_route(c->table, &query, out, OUT_MAX, &answer) != CLAWRT_OK) abort();
    return answer.session_key.n + answer.agent_id.n;
}

/* The rival's key for a peer: everything normalised, as a gateway author would write it. */
static size_t make_key(const char *id, char *key, size_t *channel_length) {
    char *end = key;
    *channel_length = clawtext_token(channel, sizeof channel - 1, end);
    end += *channel_length;
    *end++ = '/';
    end += clawtext_account_id(account, sizeof account - 1, end);
    *end++ = '/';
    *end++ = (char)('0' + clawtext_chat_type("direct", 6));
    size_t start, n = clawtext_trim(id, ID_LENGTH, &start);
    memcpy(end, id + start, n);
    return (size_t)(end + n - key);
}

static char *put(char *out, const char *p, size_t n) {
    memcpy(out, p, n);
    return out + n;
}

static size_t write_session(const char *agent, size_t agent_length, const char *key,
                            size_t channel_length, const char *id, char *out) {
    char *end = put(out, STR("agent:").p, 6);
    end = put(end, agent, agent_length);
    *end++ = ':';
    end = put(end, key, channel_length);
    end = put(end, STR(":direct:").p, 8);
    return (size_t)(end - out) + clawtext_lower(id, ID_LENGTH, end) + agent_length;
}

static size_t route_cdb(struct contender *c, const char *id, char *out) {
    struct cdb *cdb = &c->cdb;
    char key[KEY_MAX];
    size_t channel_length, n = make_key(id, key, &channel_length);
    if (cdb_find(cdb, key, (unsigned)n) <= 0 && cdb_find(cdb, key, (unsigned)channel_length) <= 0)
        abort();
    const char *agent = cdb_getdata(cdb);
    return write_session(agent, cdb_datalen(cdb), key, channel_length, id, out);
}

static size_t route_lmdb(struct contender *c, const char *id, char *out) {
    char key[KEY_MAX];
    size_t channel_length, n = make_key(id, key, &channel_length);
    MDB_val k = {n, key}, v, whole = {channel_length, key};
    if (mdb_get(c->txn, c->dbi, &k, &v) != 0 && mdb_get(c->txn, c->dbi, &whole, &v) != 0) abort();
    return write_session(v.mv_data, v.mv_size, key, channel_length, id, out);
}

static void build_cdb(struct contender *c, const struct data *d, const char *path) {
    struct cdb_make make;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || cdb_make_start(&make, fd) < 0) die("cdb");
    char key[KEY_MAX];
    size_t n, channel_length = 0;
    for (size_t i = 0; i <= d->n; i++) {
        struct str agent = d->agents[i % AGENTS];
        n = make_key(d->ids + (i < d->n ? i : 0) * ID_LENGTH, key, &channel_length);
        if (i == d->n) n = channel_length;
        if (cdb_make_add(&make, key, (unsigned)n, agent.p, (unsigned)agent.n) < 0) die("cdb");
    }
    if (cdb_make_finish(&make) < 0 || cdb_init(&c->cdb, fd) < 0) die("cdb");
}

static void build_lmdb(struct contender *c, const struct data *d, const char *path) {
    MDB_env *env;
    MDB_txn *txn;
    unsigned flags = MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOLOCK;
    if (mdb_env_create(&env) || mdb_env_set_mapsize(env, (size_t)1 << 31) ||
        mdb_env_open(env, path, flags, 0600) || mdb_txn_begin(env, NULL, 0, &txn) ||
        mdb_dbi_open(txn, NULL, 0, &c->dbi))
        die("lmdb");
    char key[KEY_MAX];
    size_t n, channel_length = 0;
    for (size_t i = 0; i <= d->n; i++) {
        struct str agent = d->agents[i % AGENTS];
        n = make_key(d->ids + (i < d->n ? i : 0) * ID_LENGTH, key, &channel_length);
        if (i == d->n) n = channel_length;
        char value[KEY_MAX];
        memcpy(value, agent.p, agent.n);
        MDB_val k = {n, key}, v = {agent.n, value};
        if (mdb_put(txn, c->dbi, &k, &v, 0)) die("lmdb");
    }
    if (mdb_txn_commit(txn) || mdb_txn_begin(env, NULL, MDB_RDONLY, &c->txn)) die("lmdb");
}

static void build_table(struct contender *c, const struct data *d, const char *path) {
    static const uint8_t digest[TABLE_DIGEST];
    struct buf out = buf_new(d->arena);
    struct str error;
    double start = now();
    if (!table_build(&d->routing, digest, &out, &error) ||
        !table_publish(d->arena, path, buf_str(&out), &error)) {
        fprintf(stderr, STR_FMT "\n", STR_ARG(error));
        exit(1);
    }
    printf("%9zu bindings: written in %.0f ms, %.1f bytes each;", d->n, (now() - start) / 1e6,
           (double)out.n / (double)d->n);
    double best = 1e18;
    for (int i = 0; i < 20; i++) {
        clawrt_close(c->table);
        start = now();
        if (clawrt_open(path, &c->table) != CLAWRT_OK) die("table");
        double took = now() - start;
        if (took < best) best = took;
    }
    printf(" opened in %.0f us\n", best / 1e3);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static double time_routes(struct contender *c, const char *ids) {
    char out[OUT_MAX];
    size_t sum = 0;
    double start = now();
    for (size_t i = 0; i < QUERIES; i++) sum += c->route(c, ids + i * ID_LENGTH, out);
    double took = now() - start;
    if (sum < QUERIES) abort();
    return took / QUERIES;
}

static void keep_best(double *best, double value) {
    if (value < *best) *best = value;
}

static void compare(struct contender *c, int n, const struct data *d, char **chase) {
    double hit[3] = {1e9, 1e9, 1e9}, miss[3] = {1e9, 1e9, 1e9}, step = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        keep_best(&step, time_chase(chase));
        for (int i = 0; i < n; i++) {
            keep_best(&hit[i], time_routes(&c[i], d->hits));
            keep_best(&miss[i], time_routes(&c[i], d->misses));
        }
    }
    printf("    one step of the chase through 1 GiB: %.1f ns\n", step);
    for (int i = 0; i < n; i++)
        printf("    %-8s hit %6.1f ns (%.2f steps)   miss %6.1f ns (%.2f steps)\n", c[i].name,
               hit[i], hit[i] / step, miss[i], miss[i] / step);
}

static void bench(size_t n, const char *folder, char **chase) {
    char path[3][256];
    static const char *const names[] = {"routes.clawt", "routes.cdb", "routes.mdb"};
    for (int i = 0; i < 3; i++) snprintf(path[i], sizeof path[i], "%s/%s", folder, names[i]);
    struct contender c[3] = {{.name = "clawrt", .route = route_table},
                             {.name = "tinycdb", .route = route_cdb},
                             {.name = "lmdb", .route = route_lmdb}};
    struct data d;
    make_data(&d, n);
    build_table(&c[0], &d, path[0]);
    build_cdb(&c[1], &d, path[1]);
    build_lmdb(&c[2], &d, path[2]);
    compare(c, 3, &d, chase);
    clawrt_close(c[0].table);
    int fd = cdb_fileno(&c[1].cdb);
    cdb_free(&c[1].cdb);
    close(fd);
    MDB_env *env = mdb_txn_env(c[2].txn);
    mdb_txn_abort(c[2].txn);
    mdb_env_close(env);
    for (int i = 0; i < 3; i++) unlink(path[i]);
    free_data(&d);
}

int main(int argc, char **argv) {
    char folder[] = "/tmp/clawc-bench-XXXXXX";
    if (!mkdtemp(folder)) die("mkdtemp");
    char *chase = make_chase();
    static const size_t sizes[] = {1000, 100000, 1000000};
    if (argc < 2)
        for (int i = 0; i < 3; i++) bench(sizes[i], folder, &chase);
    for (int i = 1; i < argc; i++) bench((size_t)strtoull(argv[i], NULL, 10), folder, &chase);
    return rmdir(folder) != 0;
}
