#include "commands/fleet_load.h"

#include <stdlib.h>
#include <string.h>

#include "commands/fleet_texts.h"
#include "model/ids.h"
#include "model/locations.h"
#include "source/source.h"

bool fleet_is_compose(const char *path) {
    struct str s = str_from(path);
    return str_ends(s, STR(".yml")) || str_ends(s, STR(".yaml"));
}

/* ---- the project -------------------------------------------------------------------------------
 */

struct opening {
    struct run *run;
    struct fleet_load *out;
    struct compose_input in;
    ARRAY(struct str) names;
};

struct str fleet_real_folder(struct run *run, struct str path) {
    const struct files *files = run->files;
    struct str folder = files_absolute(run->arena, run_directory(run), run_folder_of(path)),
               real = STR("");
    if (files->real_path(files->context, run->arena, str_to_c(run->arena, folder), &real) !=
        FILE_OK)
        return STR("");
    return real;
}

/* The directory of the first file: everything of the project lies below it. */
static bool find_root(struct opening *s, const char *first) {
    struct run *run = s->run;
    s->in.root = fleet_real_folder(run, str_from(first));
    s->in.shown = run_folder_of(str_from(first));
    if (s->in.root.n) return true;
    diag_add(run->diags, SEVERITY_ERROR, "read_failed", SPAN_NONE, "%s cannot be read: %s", first,
             "there is no such directory");
    return false;
}

enum file_status fleet_read_below(struct run *run, struct str root, struct str path,
                                  struct str *real, struct str *text) {
    const struct files *files = run->files;
    struct str full = files_absolute(run->arena, root, path);
    if (!files_inside(root, full)) return FILE_REFUSED;
    enum file_status status =
        files->real_path(files->context, run->arena, str_to_c(run->arena, full), real);
    if (status != FILE_OK) return status;
    return files->read(files->context, run->arena, root, *real, COMPOSE_MAX_BYTES, text);
}

/* The variables of the project: `.env` beside its first file, under those of the command line. With
 * either of them they are complete. */
static void read_variables(struct opening *s) {
    struct run *run = s->run;
    struct environment *e = environment_new(run->arena);
    struct str real, text;
    if (fleet_read_below(run, s->in.root, STR(".env"), &real, &text) == FILE_OK) {
        environment_read(e, text);
        e->complete = true;
        for (size_t i = 0; i < e->values.n; i++)
            if (secrets_is_key(e->names.v[i])) source_add_secret_text(run->sources, e->values.v[i]);
    }
    for (size_t i = 0; i < run->env->names.n; i++)
        environment_set(e, run->env->names.v[i], run->env->values.v[i]);
    e->complete |= run->env->complete;
    s->out->environment = e;
    s->in.environment = e;
}

bool fleet_load_block(struct run *run, struct fleet_block *block) {
    uint32_t file;
    const char *path = run->o->fleet;
    *block = run->project.fleet;
    if (path &&
        !(run_read(run, path, &file) && fleet_block_read_file(run->tree, file, run->diags, block)))
        return false;
    if (run->o->host_ram) block->host_ram = run->project.fleet.host_ram;
    return true;
}

/* What `docker compose` takes in without being told. */
static void add_override(struct opening *s, struct str name) {
    static const char *const defaults[] = {"compose.yaml", "compose.yml", "docker-compose.yaml",
                                           "docker-compose.yml"};
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        if (!str_equal(name, str_from(defaults[i]))) continue;
        size_t dot = str_find(name, STR("."), 0);
        for (int k = 0; k < 2; k++) {
            struct str beside = str_format(s->run->arena, STR_FMT ".override.%s",
                                           STR_ARG(str_slice(name, 0, dot)), k ? "yml" : "yaml");
            struct str real, text;
            if (fleet_read_below(s->run, s->in.root, beside, &real, &text) != FILE_OK) continue;
            ARRAY_PUSH(s->run->arena, s->names) = beside;
            return;
        }
    }
}

/* The files relative to the root; the block's, or those of the command line. */
static void name_files(struct opening *s, const struct option_list *files) {
    struct run *run = s->run;
    for (size_t i = 0; i < s->out->block.compose_files.n && run->o->fleet; i++)
        ARRAY_PUSH(run->arena, s->names) = s->out->block.compose_files.v[i];
    if (run->o->fleet && !s->names.n) ARRAY_PUSH(run->arena, s->names) = STR("docker-compose.yml");
    if (run->o->fleet) return;
    for (size_t i = 0; i < files->list.n; i++) {
        struct str given = str_from(files->list.v[i]), folder = run_folder_of(given);
        struct str base = fleet_real_folder(run, given), name = str_slice(given, folder.n, given.n);
        if (!base.n) base = files_absolute(run->arena, run_directory(run), folder);
        ARRAY_PUSH(run->arena, s->names) =
            files_relative(run->arena, s->in.root, files_absolute(run->arena, base, name));
    }
    if (files->list.n == 1 && !run->o->compose_files.list.n) add_override(s, s->names.v[0]);
}

/* The profiles of --profile; without it, of the variable that Compose reads. */
static void read_profiles(struct opening *s) {
    struct run *run = s->run;
    ARRAY(struct str) list = {0};
    for (size_t i = 0; i < run->o->profiles.list.n; i++)
        ARRAY_PUSH(run->arena, list) = str_from(run->o->profiles.list.v[i]);
    struct str given = environment_get(s->out->environment, STR("COMPOSE_PROFILES"));
    for (size_t at = 0; !run->o->profiles.list.n && at < given.n;) {
        size_t end = str_find(given, STR(","), at);
        struct str name = ids_trim(str_slice(given, at, end));
        if (name.n) ARRAY_PUSH(run->arena, list) = name;
        at = end == SIZE_MAX ? given.n : end + 1;
    }
    s->in.profiles = list.v;
    s->in.n_profiles = list.n;
}

/* The file of --fleet speaks of gateways on the host alone. */
static bool is_without_project(const struct run *run, const struct fleet_block *block) {
    return run->o->fleet && block->hosts.n && !block->gateways.n && !block->compose_files.n;
}

bool fleet_load_project(struct run *run, const struct option_list *files, struct fleet_load *out) {
    *out = (struct fleet_load){.first = run->o->fleet ? run->o->fleet : files->list.v[0]};
    struct opening s = {
        .run = run,
        .out = out,
        .in = {.arena = run->arena, .tree = run->tree, .diags = run->diags, .files = run->files}};
    if (!fleet_load_block(run, &out->block)) return false;
    run->block = &out->block;
    if (is_without_project(run, &out->block)) return true;
    if (!find_root(&s, out->first)) return false;
    read_variables(&s);
    read_profiles(&s);
    name_files(&s, files);
    s.in.names = s.names.v;
    s.in.n_names = s.names.n;
    s.in.directory = out->block.project_dir;
    s.in.home = out->block.home;
    s.in.skip_missing = run->o->fleet != NULL;
    if (run->o->fleet && !s.in.directory.n) s.in.directory = STR("/srv/project");
    if (run->o->fleet && !s.in.home.n) s.in.home = STR("/home/operator");
    out->root = s.in.root;
    out->shown = s.in.shown;
    for (size_t i = 0; i < s.names.n; i++) ARRAY_PUSH(run->arena, out->files) = s.names.v[i];
    out->project = compose_read(&s.in);
    return out->project->root != 0;
}

/* ---- which services are gateways ---------------------------------------------------------------
 */

static bool contains(struct str text, const char *word) {
    return str_find(text, str_from(word), 0) != SIZE_MAX;
}

static bool has_gateway_variable(const struct compose_service *s) {
    for (size_t i = 0; i < s->environment.n; i++)
        if (str_starts(s->environment.v[i].name, STR("OPENCLAW_"))) return true;
    return false;
}

static bool mounts_state(const struct compose_service *s) {
    for (size_t i = 0; i < s->mounts.n; i++)
        if (!s->mounts.v[i].inherited && str_ends(s->mounts.v[i].target, STR("/.openclaw")))
            return true;
    return false;
}

/* Runs a command and ends, on the state of a gateway: it shares that on purpose. */
static bool is_companion(const struct compose_service *s) {
    if (!s->command.n && !s->entrypoint.n) return false;
    if (contains(s->command, "gateway") || contains(s->entrypoint, "gateway")) return false;
    bool once = !s->restart.n || str_equal(s->restart, STR("no"));
    return once || s->profiles.n || contains(s->entrypoint, "dist/index.js") ||
           contains(s->command, "dist/index.js") || str_starts(s->command, STR("openclaw "));
}

/* A Docker daemon in a container, beside a gateway: it has the state where the gateway has it,
 * since the sandboxes' mounts are paths of the daemon. */
static bool is_daemon(const struct compose_service *s) {
    return contains(s->image, "dind");
}

static bool is_gateway(const struct compose_service *s) {
    static const char *const names[] = {"openclaw", "clawdbot", "moltbot"};
    if (is_companion(s)) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (contains(s->image, names[i])) return true;
    return contains(s->command, "openclaw") || contains(s->entrypoint, "openclaw") ||
           contains(s->command, "dist/index.js gateway") || has_gateway_variable(s) ||
           (mounts_state(s) && !is_daemon(s));
}

/* ---- their configs -----------------------------------------------------------------------------
 */

struct gathering {
    struct run *run;
    struct fleet_load *load;
    struct audited *what;
    enum exit_code code;
    struct map configs;          /* path -> number in `list`, from 1 */
    ARRAY(struct loaded *) list; /* several services may have one config */
    ARRAY(struct model *) models;
    struct buf left_out; /* names of gateways that do not run */
};

/* "openclaw:2026.9.6" names the version. */
static struct str image_version(const struct compose_service *s) {
    size_t at = s->image.n;
    while (at && s->image.p[at - 1] != ':' && s->image.p[at - 1] != '/') at--;
    struct str tag =
        at && s->image.p[at - 1] == ':' ? str_slice(s->image, at, s->image.n) : STR("");
    tag = str_slice(tag, 0, str_find(tag, STR("@"), 0));
    return gateway_version_is_readable(tag) ? tag : STR("");
}

static struct str version_of(const struct gathering *s, const struct compose_service *service,
                             struct str *from) {
    *from = s->run->o->fleet ? STR("the fleet's file") : STR("clawc.yaml");
    if (s->load->block.version.n) return s->load->block.version;
    *from = STR("the image's tag");
    return s->run->project.gateway.n ? STR("") : image_version(service);
}

/* Of a gateway without a config the version is what is left. */
static const struct gateway_data *data_of(const struct gathering *s,
                                          const struct compose_service *service) {
    struct str from, version = version_of(s, service, &from);
    if (s->run->o->gateway) version = str_from(s->run->o->gateway);
    if (!version.n) version = s->run->project.gateway;
    return version.n ? gateways_find(&s->run->gateways, version)
                     : &s->run->gateways.v[s->run->gateways.n - 1];
}

/* What a finding says need not be said before it. */
static void drop_missing_variables(struct diags *d, size_t first) {
    size_t kept = first;
    for (size_t i = first; i < d->list.n; i++)
        if (strcmp(d->list.v[i].kind, "missing_env") != 0 || d->list.v[i].severity != SEVERITY_WARN)
            d->list.v[kept++] = d->list.v[i];
    d->list.n = kept;
}

static void audit_config(struct gathering *s, const struct compose_service *service,
                         struct loaded *loaded, const struct environment *env) {
    struct gateway_place where = {
        .name = service->name, .state = STR(""), .config_path = STR(""), .profile = STR("")};
    struct model *m = loaded->root ? run_model_at(s->run, loaded, env, &where) : NULL;
    ARRAY_PUSH(s->run->arena, s->what->files) = loaded;
    ARRAY_PUSH(s->run->arena, s->models) = m;
    if (!m) return;
    ARRAY_PUSH(s->run->arena, s->what->models) = m;
    s->what->n_services++;
}

static const struct model *model_of(const struct gathering *s, const struct loaded *loaded) {
    for (size_t i = 0; i < s->list.n; i++)
        if (s->list.v[i] == loaded) return s->models.v[i];
    return NULL;
}

/* The config `path` (relative to the root) for a service; NULL after a diagnostic. */
static struct loaded *read_config(struct gathering *s, const struct compose_service *service,
                                  struct str path, bool must_exist, node_id named) {
    struct run *run = s->run;
    struct arena *a = run->arena;
    bool is_new;
    uint32_t *at = map_put(&s->configs, path, 0, &is_new);
    if (!is_new) return *at ? s->list.v[*at - 1] : NULL;
    struct str real, text;
    enum file_status status = fleet_read_below(run, s->load->root, path, &real, &text);
    if (status != FILE_OK) {
        if (must_exist)
            diag_add(run->diags, SEVERITY_ERROR, "read_failed", tree_span(run->tree, named),
                     "the config " STR_FMT " of " STR_FMT " cannot be read: %s", STR_ARG(path),
                     STR_ARG(service->name),
                     status == FILE_MISSING ? "there is no such file"
                                            : "it is no plain file of the project");
        if (must_exist) s->code = exit_worse(s->code, EXIT_CONFIG);
        return NULL;
    }
    uint32_t file = source_add(run->sources, str_concat(a, s->load->shown, path), text);
    struct loaded *loaded = ARENA_NEW(a, struct loaded);
    const struct environment *env = fleet_environment_known(a, service);
    struct str from, version = version_of(s, service, &from);
    size_t first = run->diags->list.n;
    run_load_in_fleet(run, file, real, env, version, from, loaded);
    drop_missing_variables(run->diags, first);
    audit_config(s, service, loaded, env);
    s->code = exit_worse(s->code, run_load_code(loaded));
    ARRAY_PUSH(a, s->list) = loaded;
    *at = (uint32_t)s->list.n;
    return loaded;
}

/* Where the container's config lies in the project; empty when it lies elsewhere. */
static struct str config_in_project(const struct gathering *s,
                                    const struct compose_service *service, struct str *inside) {
    struct arena *a = s->run->arena;
    *inside = fleet_config_path(a, service, data_of(s, service));
    const struct compose_mount *m = compose_mount_of(service, *inside);
    if (!m || m->kind != MOUNT_BIND) return STR("");
    struct str rest = str_slice(*inside, m->target.n, inside->n);
    struct str path = str_concat(a, m->source, rest);
    struct str directory = s->load->block.project_dir;
    if (!directory.n) directory = STR("<project>");
    if (!location_contains(directory, path) || path.n == directory.n) return STR("");
    return str_slice(path, directory.n + 1, path.n);
}

static void say_unseen(struct gathering *s, const struct compose_service *service,
                       struct str inside) {
    struct str reason = str_format(
        s->run->arena,
        "the config of gateway " STR_FMT " (" STR_FMT
        " in its container) is not in the project: name a copy under fleet.gateways in clawc.yaml; "
        "until then only its container is audited",
        STR_ARG(service->name), STR_ARG(inside));
    ARRAY_PUSH(s->run->arena, s->what->undecided) =
        (struct undecided){.id = STR("fleet.config"), .reason = reason};
}

static void add_gateway(struct gathering *s, const struct compose_service *service, struct str path,
                        node_id named) {
    struct run *run = s->run;
    struct str inside;
    bool must_exist = path.n != 0;
    if (!must_exist) path = config_in_project(s, service, &inside);
    struct loaded *loaded = path.n ? read_config(s, service, path, must_exist, named) : NULL;
    if (!must_exist && !loaded) say_unseen(s, service, inside);
    const struct gateway_data *data = loaded ? loaded->gateway : data_of(s, service);
    struct fleet_gateway *g = fleet_of_service(run->arena, run->tree, s->load->project, service,
                                               loaded ? loaded->written : 0, data);
    g->model = model_of(s, loaded);
    ARRAY_PUSH(run->arena, s->what->gateways) = g;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static bool is_left_out(struct gathering *s, const struct compose_service *service) {
    if (!service->left_out) return false;
    if (s->left_out.n) buf_add(&s->left_out, STR(", "));
    buf_add(&s->left_out, service->name);
    return true;
}

/* Profiles may be chosen in a file that nobody thinks of: say what that leaves out. */
static void say_left_out(struct gathering *s) {
    if (!s->left_out.n) return;
    struct str reason =
        str_format(s->run->arena,
                   "not looked at, since none of their profiles is chosen (--profile, or "
                   "COMPOSE_PROFILES): " STR_FMT,
                   STR_ARG(buf_str(&s->left_out)));
    ARRAY_PUSH(s->run->arena, s->what->undecided) =
        (struct undecided){.id = STR("fleet.profiles"), .reason = reason};
}

static void add_named(struct gathering *s) {
    for (size_t i = 0; i < s->load->block.gateways.n; i++) {
        const struct fleet_entry *e = &s->load->block.gateways.v[i];
        const struct compose_service *service = compose_service(s->load->project, e->name);
        if (service) {
            if (!is_left_out(s, service)) add_gateway(s, service, e->value, e->at);
            continue;
        }
        diag_add(s->run->diags, SEVERITY_ERROR, "project", tree_key_span(s->run->tree, e->at),
                 "there is no service `" STR_FMT "` in the Compose project", STR_ARG(e->name));
        s->code = exit_worse(s->code, EXIT_CONFIG);
    }
}

static struct str named_config(const struct gathering *s, struct str service, node_id *at) {
    for (size_t i = 0; i < s->load->block.gateways.n; i++)
        if (str_equal(s->load->block.gateways.v[i].name, service)) {
            *at = s->load->block.gateways.v[i].at;
            return s->load->block.gateways.v[i].value;
        }
    return STR("");
}

static void add_recognised(struct gathering *s) {
    for (size_t i = 0; i < s->load->project->services.n; i++) {
        const struct compose_service *service = &s->load->project->services.v[i];
        node_id at = 0;
        struct str config = named_config(s, service->name, &at);
        if (!config.n && !is_gateway(service)) continue;
        if (!is_left_out(s, service)) add_gateway(s, service, config, at);
    }
}

/* A service that nothing runs: what another file says of it is missing. */
static const struct compose_service *find_overriding(const struct compose_project *p) {
    for (size_t i = 0; i < p->services.n; i++) {
        const struct compose_service *s = &p->services.v[i];
        if (!s->image.n && !tree_member(p->tree, s->node, STR("build"))) return s;
    }
    return NULL;
}

static void report_no_gateway(struct run *run, const struct fleet_load *load) {
    const struct compose_project *p = load->project;
    const struct compose_service *service = find_overriding(p);
    if (run->o->fleet && !load->block.gateways.n)
        diag_add(run->diags, SEVERITY_ERROR, "project", (struct span){load->block.file, 0, 0},
                 "the file of --fleet names no gateway: list them under `gateways`, as SERVICE: "
                 "CONFIG");
    else if (service)
        diag_add(run->diags, SEVERITY_ERROR, "compose", place_span(run->tree, service->at),
                 "service `" STR_FMT "` has neither `image` nor `build`, and no service here is an "
                 "OpenClaw gateway: if this file only changes another one, give both, that one "
                 "first: -f compose.yaml -f THIS",
                 STR_ARG(service->name));
    else
        diag_add(run->diags, SEVERITY_ERROR, "compose",
                 (struct span){tree_node(run->tree, p->root)->file, 0, 0},
                 "no service of this Compose project is an OpenClaw gateway: none has an image, a "
                 "command, a variable or a volume of one");
}

void fleet_load_gateways(struct run *run, struct fleet_load *load, struct audited *what,
                         enum exit_code *code) {
    what->block = &load->block;
    if (!load->project) return;
    struct gathering s = {.run = run,
                          .load = load,
                          .what = what,
                          .code = *code,
                          .configs = map_new(run->arena),
                          .left_out = buf_new(run->arena)};
    if (run->o->fleet)
        add_named(&s);
    else
        add_recognised(&s);
    say_left_out(&s);
    for (size_t i = 0; i < what->gateways.n; i++)
        fleet_texts_add(run, &load->block, load->root, load->shown, what->gateways.v[i]);
    what->names = load->environment;
    what->compose_name = load->project->name;
    *code = s.code;
    if (what->gateways.n) return;
    if (s.left_out.n)
        diag_add(run->diags, SEVERITY_ERROR, "compose", SPAN_NONE,
                 "no gateway of this Compose project runs with these profiles");
    else
        report_no_gateway(run, load);
    *code = exit_worse(*code, EXIT_CONFIG);
}
