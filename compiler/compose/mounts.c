/* The mounts of a service: `volumes` in both syntaxes, and `tmpfs`. */
#include <string.h>

#include "compose/project.h"
#include "model/locations.h"

/* A path on the host, as it will be there. */
static struct str host_path(const struct composing *c, struct str path, node_id around) {
    struct str home = c->in->home.n ? c->in->home : STR("~");
    if (str_starts(path, STR("/"))) return location_normal(c->arena, path);
    if (str_equal(path, STR("~"))) return location_normal(c->arena, home);
    if (str_starts(path, STR("~/")))
        return location_join(c->arena, home, str_slice(path, 2, path.n));
    return location_join(c->arena, compose_folder_of(c, around), path);
}

static bool is_path(struct str source) {
    return source.n && (source.p[0] == '.' || source.p[0] == '/' || source.p[0] == '~');
}

/* One of several words that commas divide. */
static bool has_word(struct str list, struct str word) {
    for (size_t at = 0; at <= list.n;) {
        size_t end = str_find(list, STR(","), at);
        if (end == SIZE_MAX) end = list.n;
        if (str_equal(str_slice(list, at, end), word)) return true;
        at = end + 1;
    }
    return false;
}

/* A named volume: its name on the host; or, as its driver's options may say, the directory that it
 * binds. */
static void set_volume(const struct composing *c, const struct compose_project *p,
                       struct compose_mount *m, struct str key) {
    const uint32_t *declared = map_get(&p->volumes, key);
    node_id volume = declared ? *declared : 0;
    node_id options = compose_member(c, volume, "driver_opts");
    node_id device = compose_member(c, options, "device");
    struct str kind = compose_scalar(c, compose_member(c, options, "o"));
    struct str name = compose_scalar(c, compose_member(c, volume, "name"));
    m->source = name.n ? name : key;
    m->key = key;
    if (!device || str_find(kind, STR("bind"), 0) == SIZE_MAX) return;
    m->kind = MOUNT_BIND;
    m->source = host_path(c, compose_scalar(c, device), device);
}

/* A mount without a source is nobody else's. */
static void set_source(const struct composing *c, const struct compose_project *p,
                       struct compose_mount *m, struct str source, node_id around) {
    if (!source.n && m->kind != MOUNT_TMPFS)
        m->kind = MOUNT_ANONYMOUS;
    else if (m->kind == MOUNT_BIND)
        m->source = host_path(c, source, around);
    else if (m->kind == MOUNT_VOLUME)
        set_volume(c, p, m, source);
}

/* [SOURCE:]TARGET[:OPTIONS] */
static struct compose_mount short_mount(const struct composing *c, const struct compose_project *p,
                                        node_id item) {
    struct str text = compose_scalar(c, item);
    struct compose_mount m = {.kind = MOUNT_ANONYMOUS, .source = STR(""), .at = item};
    m.target = compose_target(c, item);
    size_t colon = str_find(text, STR(":"), 0);
    if (colon == SIZE_MAX) return m;
    struct str source = str_slice(text, 0, colon);
    size_t second = str_find(text, STR(":"), colon + 1);
    if (second != SIZE_MAX) m.read_only = has_word(str_slice(text, second + 1, text.n), STR("ro"));
    m.kind = is_path(source) ? MOUNT_BIND : MOUNT_VOLUME;
    set_source(c, p, &m, source, item);
    return m;
}

static struct compose_mount long_mount(const struct composing *c, const struct compose_project *p,
                                       node_id item) {
    struct str type = compose_scalar(c, compose_member(c, item, "type"));
    struct str source = compose_scalar(c, compose_member(c, item, "source"));
    struct str read_only = compose_scalar(c, compose_member(c, item, "read_only"));
    node_id volume = compose_member(c, item, "volume");
    struct str below = compose_scalar(c, compose_member(c, volume, "subpath"));
    struct compose_mount m = {.source = STR(""), .target = compose_target(c, item), .at = item};
    bool bind = str_equal(type, STR("bind")) || (!type.n && is_path(source));
    m.kind = str_equal(type, STR("tmpfs")) ? MOUNT_TMPFS : bind ? MOUNT_BIND : MOUNT_VOLUME;
    m.read_only = str_equal(read_only, STR("true"));
    set_source(c, p, &m, source, item);
    if (below.n && m.source.n && !bind) {
        m.source = location_join(c->arena, m.source, below);
        m.below = below;
    }
    return m;
}

static void read_tmpfs(struct composing *c, struct compose_service *s) {
    node_id tmpfs = compose_member(c, s->node, "tmpfs");
    if (!tree_is(c->tree, tmpfs, NODE_ARRAY)) return;
    for (TREE_EACH(c->tree, item, tmpfs)) {
        struct str text = compose_scalar(c, item);
        struct str target = str_slice(text, 0, str_find(text, STR(":"), 0));
        if (target.n)
            ARRAY_PUSH(c->arena, s->mounts) =
                (struct compose_mount){.kind = MOUNT_TMPFS,
                                       .source = STR(""),
                                       .target = location_normal(c->arena, target),
                                       .at = item};
    }
}

/* Where what is given as a config or a secret comes from: a file of the host, a variable of the
 * shell, or Docker, which has it under a name. */
static void set_given(const struct composing *c, struct compose_mount *m, node_id declared,
                      struct str key) {
    node_id file = compose_member(c, declared, "file");
    node_id variable = compose_member(c, declared, "environment");
    node_id name = compose_member(c, declared, "name");
    if (!name) name = compose_member(c, compose_member(c, declared, "external"), "name");
    struct str known = name ? compose_scalar(c, name) : key;
    m->kind = file ? MOUNT_BIND : MOUNT_VOLUME;
    m->source = file ? host_path(c, compose_scalar(c, file), file)
                     : str_format(c->arena, "%s:%s" STR_FMT, m->secret ? "secret" : "config",
                                  variable ? "$" : "",
                                  STR_ARG(variable ? compose_scalar(c, variable) : known));
}

/* `configs` and `secrets` are files that are mounted read-only: SOURCE, or {source, target}. */
static void read_files(struct composing *c, const struct map *declared, struct compose_service *s,
                       const char *kind, const char *folder) {
    node_id list = compose_member(c, s->node, kind);
    bool secret = strcmp(kind, "secrets") == 0;
    if (!tree_is(c->tree, list, NODE_ARRAY)) return;
    for (TREE_EACH(c->tree, item, list)) {
        bool object = tree_is(c->tree, item, NODE_OBJECT);
        struct str source = compose_scalar(c, object ? compose_member(c, item, "source") : item);
        struct str target = compose_scalar(c, compose_member(c, item, "target"));
        const uint32_t *node = map_get(declared, source);
        if (!node) continue;
        if (!str_starts(target, STR("/")))
            target =
                str_format(c->arena, "%s" STR_FMT, folder, STR_ARG(target.n ? target : source));
        struct compose_mount m = {.target = location_normal(c->arena, target),
                                  .read_only = true,
                                  .config = !secret,
                                  .secret = secret,
                                  .at = item};
        set_given(c, &m, *node, source);
        if (m.target.n <= COMPOSE_MAX_PATH && m.source.n <= COMPOSE_MAX_PATH)
            ARRAY_PUSH(c->arena, s->mounts) = m;
    }
}

static void read_volumes(struct composing *c, const struct compose_project *p,
                         struct compose_service *s) {
    node_id volumes = compose_member(c, s->node, "volumes");
    if (!tree_is(c->tree, volumes, NODE_ARRAY)) return;
    for (TREE_EACH(c->tree, item, volumes)) {
        bool object = tree_is(c->tree, item, NODE_OBJECT);
        if (!object && !tree_is(c->tree, item, NODE_STRING)) continue;
        struct compose_mount m = object ? long_mount(c, p, item) : short_mount(c, p, item);
        bool fits = m.target.n <= COMPOSE_MAX_PATH && m.source.n <= COMPOSE_MAX_PATH;
        if (m.target.n && fits)
            ARRAY_PUSH(c->arena, s->mounts) = m;
        else if (fits)
            COMPOSE_ERROR(c, tree_span(c->tree, item),
                          "this volume has no target: write SOURCE:TARGET, or `target:`");
        else
            COMPOSE_ERROR(c, tree_span(c->tree, item), "a path has more than %d bytes",
                          COMPOSE_MAX_PATH);
    }
}

void compose_read_mounts(struct composing *c, const struct compose_project *p,
                         struct compose_service *s) {
    read_tmpfs(c, s);
    read_files(c, &p->configs, s, "configs", "/");
    read_files(c, &p->secrets, s, "secrets", "/run/secrets/");
    read_volumes(c, p, s);
    s->by_target = map_new(c->arena);
    for (size_t i = 0; i < s->mounts.n; i++)
        *map_put(&s->by_target, s->mounts.v[i].target, 0, NULL) = (uint32_t)i;
}
