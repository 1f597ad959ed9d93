#include "compose/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "compose/print.h"
#include "load/load_testing.h"

struct fixture {
    struct arena *arena;
    struct virtual_files files;
    struct sources *sources;
    struct diags *diags;
    struct environment *environment;
    ARRAY(struct str) names;
};

static struct fixture *begin(void) {
    struct arena *a = arena_new();
    struct fixture *f = ARENA_NEW(a, struct fixture);
    f->arena = a;
    f->files.arena = a;
    ARRAY_PUSH(a, f->files.roots) = STR("/p");
    f->sources = sources_new(a);
    f->diags = diags_new(a);
    f->environment = environment_new(a);
    return f;
}

static void add_file(struct fixture *f, const char *path, struct str text) {
    char *p = arena_zalloc(f->arena, text.n + SOURCE_PADDING, 1);
    memcpy(p, text.p, text.n);
    virtual_add(&f->files, STR("/p"), str_from(path), (struct str){p, text.n});
}

/* A Compose file that is named on the command line. */
static void compose(struct fixture *f, const char *path, const char *text) {
    add_file(f, path, str_from(text));
    ARRAY_PUSH(f->arena, f->names) = str_from(path);
}

static struct compose_project *read_project(struct fixture *f) {
    struct files *access = ARENA_NEW(f->arena, struct files);
    *access = virtual_access(&f->files);
    struct compose_input in = {.arena = f->arena,
                               .tree = tree_new(f->arena, f->sources),
                               .diags = f->diags,
                               .files = access,
                               .root = STR("/p"),
                               .names = f->names.v,
                               .n_names = f->names.n,
                               .environment = f->environment,
                               .directory = STR("/srv/p"),
                               .home = STR("/home/op")};
    struct compose_project *p = compose_read(&in);
    assert_false(f->files.escaped);
    return p;
}

static void assert_shows(struct fixture *f, const char *wanted) {
    struct compose_project *p = read_project(f);
    struct buf out = buf_new(f->arena);
    compose_print(&out, p, false, true);
    assert_string_equal(str_to_c(f->arena, buf_str(&out)), wanted);
}

/* One mistake, in the words of which `part` is; at line:column of a file. */
static void assert_complains(struct fixture *f, const char *part, const char *file, unsigned line,
                             unsigned column) {
    read_project(f);
    assert_int_equal(f->diags->errors, 1);
    const struct diag *d = &f->diags->list.v[0];
    if (str_find(d->message, str_from(part), 0) == SIZE_MAX)
        assert_string_equal(str_to_c(f->arena, d->message), part);
    if (!file) {
        assert_int_equal(d->span.file, 0);
        return;
    }
    struct position at = source_position(f->sources, d->span.file, d->span.start);
    assert_string_equal(str_to_c(f->arena, source_name(f->sources, d->span.file)), file);
    assert_int_equal(at.line, line);
    assert_int_equal(at.column, column);
}

static void end(struct fixture *f) {
    arena_free(f->arena);
}

/* ---- merging -----------------------------------------------------------------------------------
 */

static void a_later_file_adds_and_replaces(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services:\n"
            "  s:\n"
            "    command: [a, b]\n"
            "    ports: ['1:1', 2]\n"
            "    cap_drop: [A]\n"
            "    volumes: ['v:/x', '/h:/y']\n"
            "    environment: [A=1, B=2]\n"
            "    healthcheck: { test: [CMD, a], retries: 3 }\n"
            "    networks: [net]\n");
    compose(f, "b.yml",
            "services:\n"
            "  s:\n"
            "    command: c\n"
            "    ports: ['3:3', '1:1']\n"
            "    cap_drop: [B, A]\n"
            "    volumes: [{ type: volume, source: w, target: /x/ }, 'u:/z:ro']\n"
            "    environment: { B: 3, C: null }\n"
            "    healthcheck: { test: [CMD, b] }\n"
            "    networks: { net: { aliases: [q] } }\n"
            "  t: { network_mode: none }\n");
    f->environment->complete = true;
    assert_shows(f, "services:\n"
                    "  s:\n"
                    "    command: c\n"
                    "    cap_drop:\n      - A\n      - B\n"
                    "    healthcheck:\n      test:\n        - CMD\n        - b\n      retries: 3\n"
                    "    environment:\n      A: \"1\"\n      B: \"3\"\n"
                    "    networks:\n      net:\n        aliases:\n          - q\n"
                    "    ports:\n"
                    "      - target: 1\n        published: \"1\"\n        host_ip: \"0.0.0.0\"\n"
                    "        protocol: tcp\n"
                    "      - target: 2\n        host_ip: \"0.0.0.0\"\n        protocol: tcp\n"
                    "      - target: 3\n        published: \"3\"\n        host_ip: \"0.0.0.0\"\n"
                    "        protocol: tcp\n"
                    "    volumes:\n"
                    "      - type: volume\n        source: w\n        target: /x\n"
                    "      - type: bind\n        source: /h\n        target: /y\n"
                    "      - type: volume\n        source: u\n        target: /z\n"
                    "        read_only: true\n"
                    "  t:\n    network_mode: none\n");
    end(f);
}

static void tags_reset_and_override(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services:\n"
            "  s: { image: i, ports: ['1:1'], environment: { A: 1, B: 2 }, dns: [a] }\n"
            "  gone: { image: g }\n");
    compose(f, "b.yml",
            "services:\n"
            "  s:\n"
            "    ports: !reset []\n"
            "    environment: !override { C: 3 }\n"
            "    dns: !override [b]\n"
            "    network_mode: none\n"
            "    user: !reset 0\n"
            "  gone: !reset null\n");
    assert_shows(f, "services:\n"
                    "  s:\n    image: i\n    dns:\n      - b\n    network_mode: none\n"
                    "    environment:\n      C: \"3\"\n");
    end(f);
}

static void a_merge_key_replaces_and_a_file_merges(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "x-b: &b { restart: always, volumes: ['a:/a'], network_mode: none }\n"
            "services:\n"
            "  s: { <<: *b, volumes: ['b:/b'] }\n");
    compose(f, "b.yml", "services: { s: { volumes: ['c:/c'] } }\n");
    assert_shows(f, "services:\n"
                    "  s:\n    restart: always\n    network_mode: none\n    volumes:\n"
                    "      - type: volume\n        source: b\n        target: /b\n"
                    "      - type: volume\n        source: c\n        target: /c\n");
    end(f);
}

/* ---- extends and include -----------------------------------------------------------------------
 */

static void services_extend_across_files(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services:\n"
            "  s:\n"
            "    extends: { file: base/common.yml, service: two }\n"
            "    environment: { B: own }\n");
    add_file(f, "base/common.yml",
             STR("services:\n"
                 "  one: { image: 'i:${TAG:-1}', volumes: ['./d:/d'], network_mode: none }\n"
                 "  two: { extends: one, environment: [A=1, B=2] }\n"));
    assert_shows(f, "services:\n"
                    "  s:\n    image: i:1\n    network_mode: none\n"
                    "    environment:\n      A: \"1\"\n      B: own\n"
                    "    volumes:\n      - type: bind\n        source: /srv/p/base/d\n"
                    "        target: /d\n");
    end(f);
}

static void included_projects_keep_their_folder(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml", "include: [sub/c.yml]\nservices: { s: { network_mode: none } }\n");
    add_file(
        f, "sub/c.yml",
        STR("services: { t: { image: '${IMG}', volumes: ['./x:/x'], network_mode: none } }\n"));
    add_file(f, "sub/.env", STR("IMG=sub/image\n"));
    assert_shows(f, "services:\n"
                    "  t:\n    image: sub/image\n    network_mode: none\n"
                    "    volumes:\n      - type: bind\n        source: /srv/p/sub/x\n"
                    "        target: /x\n"
                    "  s:\n    network_mode: none\n");
    end(f);
}

static void circles_end(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(
        f, "a.yml",
        "services:\n  a: { extends: b }\n  b: { extends: { service: c } }\n  c: { extends: a }\n");
    assert_complains(f, "`a` extends itself", "a.yml", 4, 17);
    end(f);
    f = begin();
    compose(f, "a.yml", "include: [b.yml]\nservices: {}\n");
    add_file(f, "b.yml", STR("include: [a.yml]\n"));
    assert_complains(f, "in a circle", "b.yml", 1, 11);
    end(f);
    f = begin();
    compose(f, "a.yml", "services: { s: { extends: { file: ./a.yml, service: s } } }\n");
    assert_complains(f, "extends itself", "a.yml", 1, 53);
    end(f);
}

/* ---- bad input ---------------------------------------------------------------------------------
 */

static void nothing_outside_is_read(void **state) {
    static const char *const files[] = {"../x.yml", "/etc/passwd", "a/../../x.yml", "link.yml"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct fixture *f = begin();
        virtual_add(&f->files, STR("/"), STR("x.yml"), STR("services: { s: {} }"));
        virtual_add(&f->files, STR("/"), STR("etc/passwd"), STR("secret"));
        virtual_link(&f->files, STR("/p"), STR("link.yml"), STR("/x.yml"));
        compose(f, "a.yml",
                str_format(f->arena, "services:\n  s:\n    extends: { file: %s, service: s }\n",
                           files[i])
                    .p);
        assert_complains(f, "out", "a.yml", 3, 22);
        end(f);
    }
}

static void mistakes_have_their_place(void **state) {
    static const struct {
        const char *text, *part;
        unsigned line, column;
    } table[] = {
        {"services: []\n", "must be a mapping", 1, 11},
        {"services: { s: 1 }\n", "`s` must be a mapping, but this is a number", 1, 16},
        {"- a\n", "a Compose file is a mapping", 1, 1},
        {"services: { s: { image: 'a$' } }\n", "a single `$`", 1, 25},
        {"services: { s: { image: '${A' } }\n", "`${NAME}`", 1, 25},
        {"services: { s: { extends: t } }\n", "no service `t`", 1, 27},
        {"services: { s: { ports: ['70000:1'] } }\n", "no port of the host", 1, 26},
        {"services: { s: { ports: ['1:x'] } }\n", "no port of a container", 1, 26},
        {"services: { s: { ports: ['1-2:1-3'] } }\n", "different lengths", 1, 26},
        {"services: { s: { volumes: [{ type: bind, source: /a }] } }\n", "no target", 1, 28},
        {"services: { s: { network_mode: host, networks: [default] } }\n", "exclude each", 1, 38},
        {"include: x\nservices: {}\n", "must be a list", 1, 10},
        {"include: [none.yml]\nservices: {}\n", "no such file", 1, 11},
        {"a: *b\n", "no value above", 1, 4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct fixture *f = begin();
        compose(f, "a.yml", table[i].text);
        assert_complains(f, table[i].part, "a.yml", table[i].line, table[i].column);
        end(f);
    }
}

static void files_fit_the_specification(void **state) {
    static const struct {
        const char *text, *part;
        unsigned line, column;
    } table[] = {
        {"services: { s: { enviroment: {} } }\n", "did you mean `environment`?", 1, 18},
        {"services: { s: { net: host } }\n", "it is called `network_mode` now", 1, 18},
        {"services: { s: { ports: 80 } }\n", "`ports` must be a list, but this is a number", 1, 25},
        {"services: { s: { user: 1000 } }\n", "`user` must be a text", 1, 24},
        {"services: { s: { build: { contxt: . } } }\n", "did you mean `context`?", 1, 27},
        {"services: { s: { environment: 5 } }\n", "must be a list or a mapping", 1, 31},
        {"services: { s: { depends_on: { t: {} } }, t: {} }\n", "`condition` is missing", 1, 32},
        {"services: { 'a b': {} }\n", "names here have the form", 1, 13},
        {"services: { s: }\n", "`s` must be a mapping, but this is empty", 1, 16},
        {"x-a: &a { bad: 1 }\nservices: { s: *a, t: *a }\n", "unknown key `bad`", 1, 11},
        {"web: { image: x }\ndb: { image: y }\n", "format of Compose 1", 1, 1},
        {"services: {}\nvolume: {}\n", "did you mean `volumes`?", 2, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct fixture *f = begin();
        compose(f, "a.yml", table[i].text);
        assert_complains(f, table[i].part, "a.yml", table[i].line, table[i].column);
        end(f);
    }
}

/* What Compose takes: extensions, tags, variables wherever a text, number or boolean may stand. */
static void what_the_specification_allows_is_not_reported(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->environment->complete = true;
    environment_set(f->environment, STR("N"), STR("3"));
    compose(f, "a.yml",
            "version: '2'\nx-any: [1]\nname: p\n"
            "services:\n"
            "  s:\n"
            "    x-own: 1\n"
            "    image: a\n"
            "    ports: [80, '${N}:80', { target: '${N}', published: 8080 }]\n"
            "    read_only: '${N}'\n"
            "    cpus: '${N}'\n"
            "    depends_on: { t: { condition: service_started, required: '${N}' } }\n"
            "    environment: { A: 1, B: true, C: , D: x }\n"
            "    networks: { default: }\n"
            "    deploy: { resources: { limits: { cpus: 0.5, memory: 1g } }, replicas: '${N}' }\n"
            "    ulimits: { nofile: 1024, nproc: { soft: '${N}', hard: 4 } }\n"
            "    healthcheck: { test: [CMD, 'true'], interval: 5s, retries: '${N}' }\n"
            "  t: { build: ., env_file: [{ path: e, required: false }], volumes: [/a] }\n"
            "volumes: { data: }\n");
    compose(f, "b.yml",
            "services: { s: { ports: !reset null, nothing: !reset 1, image: !override b } }\n");
    read_project(f);
    assert_int_equal(f->diags->list.n, 0);
    end(f);
}

/* Of a file that a service is taken from the others are not looked at. */
static void services_that_nobody_extends_are_not_checked(void **state) {
    (void)state;
    struct fixture *f = begin();
    add_file(f, "b.yml", STR("services: { base: { imagee: x }, other: { wrong: 1 } }\nwrong: 1\n"));
    compose(f, "a.yml", "services: { s: { extends: { file: b.yml, service: base } } }\n");
    assert_complains(f, "`imagee`", "b.yml", 1, 21);
    end(f);
}

/* As `docker compose config` shows it, of version 1 and 2. */
static void a_name_that_is_unset_takes_away_what_a_file_says(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->environment->complete = true;
    environment_set(f->environment, STR("B"), STR("outside"));
    add_file(f, "e", STR("A=1\nB=2\nC=3\n"));
    compose(f, "a.yml", "services:\n  s: { image: i, env_file: e, environment: [A, B] }\n");
    struct compose_project *p = read_project(f);
    const struct compose_service *s = &p->services.v[0];
    assert_null(compose_variable(s, STR("A")));
    assert_true(str_equal(compose_variable(s, STR("B"))->value, STR("outside")));
    assert_true(str_equal(compose_variable(s, STR("C"))->value, STR("3")));
    end(f);
}

static void a_variable_that_must_be_set_is_named(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->environment->complete = true;
    compose(f, "a.yml", "services:\n  s: { image: '${IMAGE:?which one}' }\n");
    assert_complains(f, "IMAGE must be set: which one", "a.yml", 2, 15);
    end(f);
}

/* YAML 1.1 reads 22:22 as a number to the base of 60. */
static void ports_are_no_times(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services: { s: { ports: [22:22, 19000-19001:80-81], network_mode: x } }\n");
    struct compose_project *p = read_project(f);
    const struct compose_service *s = compose_service(p, STR("s"));
    assert_int_equal(s->ports.n, 3);
    assert_int_equal(s->ports.v[0].published, 22);
    assert_int_equal(s->ports.v[0].target, 22);
    assert_int_equal(s->ports.v[2].published, 19001);
    assert_int_equal(s->ports.v[2].target, 81);
    end(f);
}

static void bombs_are_bounded(void **state) {
    (void)state;
    struct fixture *f = begin();
    struct buf b = buf_new(f->arena);
    buf_add(&b, STR("x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n"));
    for (int i = 1; i < 12; i++) {
        buf_addf(&b, "x%d: &x%d [", i, i);
        for (int k = 0; k < 10; k++) buf_addf(&b, "%s*x%d", k ? "," : "", i - 1);
        buf_add(&b, STR("]\n"));
    }
    buf_add(&b, STR("services: {}\n"));
    compose(f, "a.yml", str_to_c(f->arena, buf_str(&b)));
    assert_complains(f, "the aliases up to here", "a.yml", 6, 38);
    end(f);
    f = begin();
    b = buf_new(f->arena);
    buf_add(&b, STR("services: { s: { ports: ["));
    for (int i = 0; i < 10; i++) buf_add(&b, STR("1-60000:1-60000/udp, "));
    buf_add(&b, STR("] } }\n"));
    compose(f, "a.yml", str_to_c(f->arena, buf_str(&b)));
    assert_complains(f, "more than 100000 ports", "a.yml", 1, 47);
    end(f);
}

/* A chain in which every service adds to the list of the one before. */
static void long_chains_are_bounded(void **state) {
    (void)state;
    struct fixture *f = begin();
    struct buf b = buf_new(f->arena);
    buf_add(&b, STR("services:\n  s0: { network_mode: none }\n"));
    for (int i = 1; i < 200; i++)
        buf_addf(&b, "  s%d: { extends: s%d, cap_add: [c%d] }\n", i, i - 1, i);
    compose(f, "a.yml", str_to_c(f->arena, buf_str(&b)));
    read_project(f);
    assert_int_equal(f->diags->errors, 0); /* each is resolved before it is extended */
    end(f);
    f = begin();
    b = buf_new(f->arena);
    buf_add(&b, STR("services:\n"));
    for (int i = 200; i > 0; i--) buf_addf(&b, "  s%d: { extends: s%d }\n", i, i - 1);
    buf_add(&b, STR("  s0: { network_mode: none }\n"));
    compose(f, "a.yml", str_to_c(f->arena, buf_str(&b)));
    read_project(f);
    assert_true(f->diags->errors >= 1);
    end(f);
}

/* ---- small things ------------------------------------------------------------------------------
 */

static void sizes_are_read(void **state) {
    static const struct {
        const char *text;
        double bytes;
    } table[] = {{"64", 64},        {"1k", 1024},         {"2KB", 2048},
                 {"1.5m", 1572864}, {"3g", 3221225472.0}, {"1Gb", 1073741824.0},
                 {"7b", 7},         {"-1", -1},           {"0", 0}};
    static const char *const bad[] = {"", "x", "1x", "1.2.3", "g", "1 2", "@@A@@", "1kk"};
    double bytes;
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_true(compose_size(str_from(table[i].text), &bytes));
        assert_true(bytes - table[i].bytes < 0.5 && table[i].bytes - bytes < 0.5);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(compose_size(str_from(bad[i]), &bytes));
}

static void the_longest_target_holds_a_path(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services: { s: { volumes: ['a:/d', 'b:/d/e/', '/d/e/f'], tmpfs: '/t:size=1' } }\n");
    const struct compose_service *s = compose_service(read_project(f), STR("s"));
    assert_string_equal(str_to_c(f->arena, compose_mount_of(s, STR("/d/x"))->source), "a");
    assert_string_equal(str_to_c(f->arena, compose_mount_of(s, STR("/d/e"))->source), "b");
    assert_string_equal(str_to_c(f->arena, compose_mount_of(s, STR("/d/ef"))->source), "a");
    assert_int_equal(compose_mount_of(s, STR("/d/e/f/g"))->kind, MOUNT_ANONYMOUS);
    assert_int_equal(compose_mount_of(s, STR("/t/x"))->kind, MOUNT_TMPFS);
    assert_null(compose_mount_of(s, STR("/x")));
    end(f);
}

static void files_of_configs_are_mounts(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services: { s: { configs: [{ source: c, target: /etc/c.json }], secrets: [k] } }\n"
            "configs: { c: { file: ./conf/c.json } }\n"
            "secrets: { k: { file: key.txt } }\n");
    const struct compose_service *s = compose_service(read_project(f), STR("s"));
    const struct compose_mount *c = compose_mount_of(s, STR("/etc/c.json"));
    assert_string_equal(str_to_c(f->arena, c->source), "/srv/p/conf/c.json");
    assert_true(c->read_only);
    c = compose_mount_of(s, STR("/run/secrets/k"));
    assert_string_equal(str_to_c(f->arena, c->source), "/srv/p/key.txt");
    assert_true(c->secret && !c->config);
    end(f);
    f = begin();
    compose(
        f, "a.yml",
        "services: { s: { configs: [plain, { source: own, target: /etc/o }], secrets: [v, e] } }\n"
        "configs: { plain: { content: x }, own: { external: true, name: theirs } }\n"
        "secrets: { v: { environment: KEY }, e: { external: { name: old } } }\n");
    struct compose_project *p = read_project(f);
    static const char *const table[][2] = {{"/plain", "config:plain"},
                                           {"/etc/o", "config:theirs"},
                                           {"/run/secrets/v", "secret:$KEY"},
                                           {"/run/secrets/e", "secret:old"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        c = compose_mount_of(compose_service(p, STR("s")), str_from(table[i][0]));
        assert_string_equal(str_to_c(f->arena, c->source), table[i][1]);
        assert_true(c->read_only);
    }
    assert_int_equal(f->diags->list.n, 0);
    end(f);
}

static const struct compose_mount *mount_at(const struct compose_project *p, const char *service,
                                            const char *path) {
    return compose_mount_of(compose_service(p, str_from(service)), str_from(path));
}

static void mounts_are_taken_from_other_services(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(
        f, "a.yml",
        "services:\n"
        "  last: { volumes_from: ['middle', 'container:else'] }\n"
        "  middle: { volumes_from: ['first:ro'], volumes: ['own:/b'] }\n"
        "  first: { container_name: one, volumes: ['a:/a', 'b:/b', '/anonymous'], tmpfs: [/t] }\n"
        "  named: { volumes_from: ['container:one:rw'] }\n"
        "volumes: { a: {}, b: {}, own: {} }\n");
    struct compose_project *p = read_project(f);
    assert_int_equal(f->diags->list.n, 0);
    const struct compose_mount *m = mount_at(p, "last", "/a/x");
    assert_string_equal(str_to_c(f->arena, m->source), "a");
    assert_true(m->read_only && m->inherited);
    struct span at = tree_span(p->tree, m->at);
    assert_int_equal(source_position(f->sources, at.file, at.start).line, 2);
    m = mount_at(p, "middle", "/b");
    assert_string_equal(str_to_c(f->arena, m->source), "own");
    assert_false(m->read_only || m->inherited);
    assert_string_equal(str_to_c(f->arena, mount_at(p, "last", "/b")->source), "own");
    assert_true(str_equal(mount_at(p, "named", "/anonymous")->source,
                          mount_at(p, "first", "/anonymous")->source));
    assert_false(mount_at(p, "named", "/a")->read_only);
    assert_null(mount_at(p, "named", "/t"));
    end(f);
}

static void takers_in_a_circle_are_refused(void **state) {
    (void)state;
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services:\n  a: { volumes_from: [b] }\n  b: { volumes_from: [c], volumes: [/x] }\n"
            "  c: { volumes_from: [a] }\n");
    assert_complains(f, "in a circle", "a.yml", 4, 23);
    end(f);
    f = begin();
    compose(f, "a.yml", "services:\n  a: { volumes_from: ['gone:ro'] }\n");
    assert_complains(f, "takes the volumes of `gone`", "a.yml", 2, 23);
    end(f);
}

static void what_is_referred_to_must_be_there(void **state) {
    static const char *const texts[] = {
        "services: { s: { networks: [gone] } }\n",
        "services: { s: { volumes: ['gone:/x'] } }\n",
        "services: { s: { volumes: [{ type: volume, source: gone, target: /x }] } }\n",
        "services: { s: { depends_on: { gone: { condition: service_started } } } }\n",
        "services: { s: { network_mode: 'service:gone' } }\n",
        "services: { s: { secrets: [gone] } }\n",
        "services: { s: { configs: [{ source: gone }] } }\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture *f = begin();
        compose(f, "a.yml", texts[i]);
        read_project(f);
        assert_int_equal(f->diags->errors, 0);
        assert_int_equal(f->diags->list.n, 1);
        assert_true(str_find(f->diags->list.v[0].message, STR("`gone`"), 0) != SIZE_MAX);
        assert_int_equal(f->diags->list.v[0].span.file, 1);
        end(f);
    }
    struct fixture *f = begin();
    compose(f, "a.yml",
            "services: { s: { networks: [default], volumes: [/x, './y:/y', '${V}:/z'],\n"
            "  depends_on: { t: { condition: service_started, required: false } } } }\n");
    read_project(f);
    assert_int_equal(f->diags->list.n, 0);
    end(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_unset_takes_away_what_a_file_says),
        cmocka_unit_test(a_later_file_adds_and_replaces),
        cmocka_unit_test(tags_reset_and_override),
        cmocka_unit_test(a_merge_key_replaces_and_a_file_merges),
        cmocka_unit_test(services_extend_across_files),
        cmocka_unit_test(included_projects_keep_their_folder),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(nothing_outside_is_read),
        cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(files_fit_the_specification),
        cmocka_unit_test(what_the_specification_allows_is_not_reported),
        cmocka_unit_test(services_that_nobody_extends_are_not_checked),
        cmocka_unit_test(a_variable_that_must_be_set_is_named),
        cmocka_unit_test(ports_are_no_times),
        cmocka_unit_test(bombs_are_bounded),
        cmocka_unit_test(long_chains_are_bounded),
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(the_longest_target_holds_a_path),
        cmocka_unit_test(files_of_configs_are_mounts),
        cmocka_unit_test(mounts_are_taken_from_other_services),
        cmocka_unit_test(takers_in_a_circle_are_refused),
        cmocka_unit_test(what_is_referred_to_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
