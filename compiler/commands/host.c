#include "commands/host.h"

#include <stdlib.h>
#include <unistd.h>

#include "commands/fleet_load.h"
#include "model/ids.h"
#include "model/locations.h"

struct hosts {
    struct map numbers; /* path -> number in `list` */
    ARRAY(struct host *) list;
    struct str directory;            /* the working directory */
    const struct fleet_block *block; /* of which `entries` are: key or path -> number from 1 */
    struct map entries;
};

static struct hosts *hosts_of(struct run *run) {
    if (run->hosts) return run->hosts;
    run->hosts = ARENA_NEW(run->arena, struct hosts);
    run->hosts->numbers = map_new(run->arena);
    run->hosts->directory = run_directory(run);
    return run->hosts;
}

/* ---- paths -------------------------------------------------------------------------------------
 */

/* The last name of a path, and what is above it. */
static struct str last_name(struct str path) {
    size_t from = path.n;
    while (from && path.p[from - 1] != '/') from--;
    return str_slice(path, from, path.n);
}

static struct str above(struct str path) {
    size_t end = path.n - last_name(path).n;
    return str_slice(path, 0, end > 1 ? end - 1 : end);
}

static struct str stem_of(struct str path) {
    struct str name = last_name(path);
    size_t dot = name.n;
    while (dot && name.p[dot - 1] != '.') dot--;
    return dot > 1 ? str_slice(name, 0, dot - 1) : name;
}

static struct str real_path(struct run *run, struct str path) {
    struct str absolute = files_absolute(run->arena, hosts_of(run)->directory, path);
    char *real = realpath(str_to_c(run->arena, absolute), NULL);
    struct str found = real ? str_copy(run->arena, str_from(real)) : absolute;
    free(real);
    return found;
}

/* The block's file: names in it are relative to it. */
static struct str block_folder(const struct run *run) {
    uint32_t file = run->o->fleet ? run->block->file : run->project.file;
    return file ? run_folder_of(source_name(run->sources, file)) : STR("");
}

/* `~` is then the home of whoever runs clawc, as on a command line. */
static struct str entry_path(struct run *run, struct str file) {
    if (str_starts(file, STR("~/")) && getenv("HOME"))
        return files_absolute(run->arena, str_from(getenv("HOME")), str_slice(file, 2, file.n));
    if (str_starts(file, STR("/"))) return file;
    return str_concat(run->arena, block_folder(run), file);
}

/* ---- what clawc.yaml says ----------------------------------------------------------------------
 */

/* By the key as it is written, and by the path that it means. */
static void index_entries(struct run *run, struct hosts *s) {
    bool is_new;
    s->block = run->block;
    s->entries = map_new(run->arena);
    for (uint32_t i = 0; i < run->block->hosts.n; i++) {
        struct str file = run->block->hosts.v[i].file;
        struct str path = files_absolute(run->arena, s->directory, entry_path(run, file));
        map_put(&s->entries, path, i + 1, &is_new);
        map_put(&s->entries, file, i + 1, &is_new);
    }
}

/* Its number from 1; 0: nothing is said of this file, nor of its folder. */
static uint32_t entry_number(struct run *run, const char *given) {
    struct hosts *s = hosts_of(run);
    if (!run->block->hosts.n) return 0;
    if (s->block != run->block) index_entries(run, s);
    struct str path = files_absolute(run->arena, s->directory, str_from(given));
    const uint32_t *found = map_get(&s->entries, str_from(given));
    if (!found) found = map_get(&s->entries, path);
    if (!found) found = map_get(&s->entries, files_directory(path));
    return found ? *found : 0;
}

static const struct host_entry *entry_of(struct run *run, const char *path) {
    uint32_t number = entry_number(run, path);
    return number ? &run->block->hosts.v[number - 1] : NULL;
}

static struct environment *environment_of(struct run *run, const struct host_entry *e) {
    if (!e || (!e->env.files.n && !e->env.pairs.n)) return run->env;
    struct environment *own = run_environment(run, &e->env, block_folder(run));
    if (own) return own;
    diag_add(run->diags, SEVERITY_ERROR, "project", tree_key_span(run->tree, e->at),
             "an environment file of this gateway cannot be read");
    return run->env;
}

/* ---- where it is -------------------------------------------------------------------------------
 */

static bool is_default(struct arena *a, struct str profile) {
    return str_equal(ids_lower(a, profile), STR("default"));
}

/* A file in .openclaw or .openclaw-NAME lies in its state directory. */
static void look_at_folder(struct run *run, struct host *h) {
    static const char *const legacy[] = {".openclaw", ".clawdbot", ".moldbot", ".moltbot"};
    struct str name = last_name(h->folder), prefix = STR(".openclaw-");
    struct str suffix = str_starts(name, prefix) ? str_slice(name, prefix.n, name.n) : STR("");
    if (discover_is_profile(suffix) && !is_default(run->arena, suffix)) h->folder_profile = suffix;
    h->folder_is_state = suffix.n != 0;
    for (size_t i = 0; i < sizeof legacy / sizeof *legacy; i++)
        h->folder_is_state |= str_equal(name, str_from(legacy[i]));
}

/* The folder as it is reached counts, also for a config that is a link to a file elsewhere. */
static void locate(struct run *run, struct host *h) {
    struct str given = str_from(h->path);
    if (h->entry && h->entry->config.n) {
        struct str home = h->entry->home, config = h->entry->config;
        bool below = home.n && str_starts(config, STR("~/"));
        if (below) config = files_absolute(run->arena, home, str_slice(config, 2, config.n));
        h->location = location_normal(run->arena, config);
        h->folder = above(h->location);
        look_at_folder(run, h);
        return;
    }
    struct str folder = files_absolute(run->arena, hosts_of(run)->directory, run_folder_of(given));
    h->location = location_normal(run->arena, real_path(run, given));
    h->folder = folder;
    look_at_folder(run, h);
    if (h->folder_is_state && !str_equal(real_path(run, folder), folder)) {
        h->folder = real_path(run, folder);
        return;
    }
    if (h->folder_is_state) return;
    h->folder = real_path(run, folder);
    look_at_folder(run, h);
}

static struct str first_name(struct run *run, const struct host *h) {
    const struct host_entry *e = h->entry;
    if (e && e->name.n) return e->name;
    if (e && (e->dev || e->profile.n)) return e->dev ? STR("dev") : e->profile;
    if (h->folder_profile.n) return h->folder_profile;
    return str_copy(run->arena, stem_of(str_from(h->path)));
}

static struct host *add_host(struct run *run, const char *path) {
    struct host *h = ARENA_NEW(run->arena, struct host);
    *h = (struct host){
        .path = path, .entry = entry_of(run, path), .environment = run->env, .name = STR("stdin")};
    if (str_equal(str_from(path), STR("-"))) return h;
    h->environment = environment_of(run, h->entry);
    locate(run, h);
    h->name = first_name(run, h);
    return h;
}

struct host *host_of(struct run *run, const char *path) {
    bool is_new;
    struct hosts *s = hosts_of(run);
    uint32_t at = *map_put(&s->numbers, str_from(path), (uint32_t)s->list.n, &is_new);
    if (is_new) ARRAY_PUSH(run->arena, s->list) = add_host(run, path);
    return s->list.v[at];
}

/* ---- its places --------------------------------------------------------------------------------
 */

static struct str variable(const struct host *h, const char *name) {
    return ids_trim(environment_get(h->environment, str_from(name)));
}

static struct str state_variable(const struct host *h, const struct gateway_data *gateway) {
    struct str value = STR("");
    for (size_t i = 0; i < gateway->state_variables.n && !value.n; i++)
        value = ids_trim(environment_get(h->environment, gateway->state_variables.v[i]));
    return value;
}

/* The home directory that the name of a state directory speaks of: what is above it. */
static struct str home_above(struct run *run, struct str state) {
    bool ours = str_equal(last_name(state), STR(".openclaw")) ||
                str_starts(last_name(state), STR(".openclaw-"));
    return ours && str_starts(state, STR("/")) ? above(location_normal(run->arena, state))
                                               : STR("");
}

static struct str home_of(struct run *run, const struct host *h) {
    const struct host_entry *e = h->entry;
    if (e && e->home.n) return e->home;
    if (variable(h, "HOME").n) return variable(h, "HOME");
    if (run->conditions.home.n) return run->conditions.home;
    struct str home = STR("");
    if (e && e->state.n)
        home = home_above(run, e->state);
    else if (h->folder_is_state)
        home = home_above(run, h->folder);
    return home.n ? home : run->block->home;
}

/* The config's place counts where nothing else says where the state lies. */
static bool is_placed(const struct host *h, const struct gateway_data *gateway) {
    return (h->entry && host_entry_places(h->entry)) || state_variable(h, gateway).n;
}

static struct host_process process_of(struct run *run, const struct host *h,
                                      const struct gateway_data *gateway) {
    const struct host_entry *e = h->entry;
    struct host_process p = {.gateway = gateway,
                             .environment = h->environment,
                             .home = home_of(run, h),
                             .state = e ? e->state : STR(""),
                             .directory = run->conditions.cwd,
                             .profile = e ? e->profile : STR(""),
                             .dev = e && e->dev};
    if (is_placed(h, gateway) || !h->folder_is_state) return p;
    struct str home = home_above(run, h->folder);
    bool as_derived = home.n && (!p.home.n || str_equal(home, p.home));
    if (as_derived) p.profile = h->folder_profile;
    bool plain = as_derived && (p.profile.n || str_equal(last_name(h->folder), STR(".openclaw")));
    if (!plain) p.state = location_normal(run->arena, h->folder);
    return p;
}

/* The home that an entry gives, unless --home does. */
static const struct conditions *conditions_of(struct run *run, const struct host *h) {
    if (run->conditions.home.n || !h->entry || !h->entry->home.n) return &run->conditions;
    struct conditions *own = ARENA_NEW(run->arena, struct conditions);
    *own = run->conditions;
    own->home = h->entry->home;
    return own;
}

struct gateway_place host_place(struct run *run, const struct host *h,
                                const struct gateway_data *gateway) {
    const struct host_entry *e = h->entry;
    struct gateway_place where = {.name = h->name, .conditions = conditions_of(run, h)};
    if (!h->location.n) return where;
    struct host_process p = process_of(run, h, gateway);
    where.config_path = h->location;
    where.profile = p.profile;
    where.dev = p.dev;
    where.port = e ? e->port : 0;
    where.port_at = e ? e->port_at : 0;
    if (!h->folder_is_state && !is_placed(h, gateway)) return where;
    struct discovered *found = ARENA_NEW(run->arena, struct discovered);
    *found = places_discover(run->arena, &p);
    where.found = found;
    where.directory = p.directory;
    where.state = location_normal(run->arena, found->state);
    bool told = variable(h, "OPENCLAW_CONFIG_PATH").n && !(e && e->config.n);
    if (told) where.config_path = location_normal(run->arena, found->config);
    return where;
}

/* ---- all of them -------------------------------------------------------------------------------
 */

/* Which entries are of configs that are named: entry -> whether. */
static bool *listed_entries(struct run *run, const struct option_list *paths) {
    bool *listed = ARENA_ARRAY(run->arena, bool, run->block->hosts.n + 1);
    for (size_t i = 0; i < paths->list.n; i++) listed[entry_number(run, paths->list.v[i])] = true;
    return listed;
}

struct option_list host_paths(struct run *run, size_t first) {
    const struct options *o = run->o;
    struct option_list paths = {{NULL, 0, 0}};
    for (size_t i = first; i < o->arguments.list.n; i++)
        if (!fleet_is_compose(o->arguments.list.v[i]))
            ARRAY_PUSH(run->arena, paths.list) = run_config_at(run, o->arguments.list.v[i]);
    bool named = o->arguments.list.n > first || o->compose_files.list.n;
    if (named && !o->fleet) return paths;
    const bool *listed = listed_entries(run, &paths);
    for (size_t i = 0; i < run->block->hosts.n; i++) {
        if (listed[i + 1]) continue;
        const char *path = str_to_c(run->arena, entry_path(run, run->block->hosts.v[i].file));
        ARRAY_PUSH(run->arena, paths.list) = run_config_at(run, path);
    }
    return paths;
}

/* An entry for a file that is not there says nothing of anybody. */
static void warn_of_entries(struct run *run, const struct option_list *paths) {
    const bool *listed = listed_entries(run, paths);
    for (size_t i = 0; i < run->block->hosts.n; i++) {
        const struct host_entry *e = &run->block->hosts.v[i];
        const char *path = str_to_c(run->arena, entry_path(run, e->file));
        if (listed[i + 1] || access(path, F_OK) == 0) continue;
        struct diag *d =
            diag_add(run->diags, SEVERITY_WARN, "project", tree_key_span(run->tree, e->at),
                     "this entry has no effect: there is no file %s, and no config of this run is "
                     "called so",
                     path);
        d->own = true;
    }
}

/* Gateways of one name would be indistinguishable: they are called by their files, unless their
 * operator has named them. */
static void make_names_distinct(struct run *run, const struct option_list *paths,
                                const struct audited *what) {
    struct map count = map_new(run->arena);
    for (size_t i = 0; i < what->gateways.n; i++)
        ++*map_put(&count, what->gateways.v[i]->name, 0, NULL);
    for (size_t i = 0; i < paths->list.n; i++)
        ++*map_put(&count, host_of(run, paths->list.v[i])->name, 0, NULL);
    for (size_t i = 0; i < paths->list.n; i++) {
        struct host *h = host_of(run, paths->list.v[i]);
        bool own = h->entry && h->entry->name.n;
        if (*map_get(&count, h->name) > 1 && !own) h->name = str_from(h->path);
    }
}

/* Secrets are called by the variables of all. */
static void add_names(struct run *run, const struct option_list *paths, struct audited *what) {
    const struct environment *before = what->names ? what->names : run->env;
    struct environment *all = NULL;
    for (size_t i = 0; i < paths->list.n; i++) {
        const struct environment *own = host_of(run, paths->list.v[i])->environment;
        if (own == run->env) continue;
        if (!all) all = environment_copy(run->arena, before);
        for (size_t k = 0; k < own->names.n; k++)
            environment_set(all, own->names.v[k], own->values.v[k]);
    }
    if (all) what->names = all;
}

void host_load(struct run *run, const struct option_list *paths, struct audited *what,
               enum exit_code *code) {
    make_names_distinct(run, paths, what);
    warn_of_entries(run, paths);
    for (size_t i = 0; i < paths->list.n; i++) {
        struct loaded *loaded = ARENA_NEW(run->arena, struct loaded);
        const char *path = paths->list.v[i];
        run_load(run, path, loaded);
        if (loaded->file) ARRAY_PUSH(run->arena, what->files) = loaded;
        if (loaded->root) ARRAY_PUSH(run->arena, what->models) = run_model(run, path, loaded);
        *code = exit_worse(*code, run_load_code(loaded));
    }
    add_names(run, paths, what);
}
