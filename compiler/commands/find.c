/* Which config a gateway would read: of a state directory, or of an environment that is given. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/run.h"
#include "load/discover.h"
#include "load/files.h"

static const struct gateway_data *gateway_of(const struct run *run) {
    struct str asked = str_from(run->o->gateway ? run->o->gateway : "");
    if (gateway_version_is_readable(asked)) return gateways_find(&run->gateways, asked);
    return &run->gateways.v[run->gateways.n - 1];
}

static bool is_directory(const char *path) {
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

const char *run_config_at(struct run *run, const char *path) {
    const struct names *names = &gateway_of(run)->config_names;
    if (!is_directory(path)) return path;
    struct str folder = str_from(path);
    while (folder.n > 1 && folder.p[folder.n - 1] == '/') folder.n--;
    for (size_t i = 0; i < names->n; i++) {
        const char *file = str_to_c(run->arena, str_format(run->arena, STR_FMT "/" STR_FMT,
                                                           STR_ARG(folder), STR_ARG(names->v[i])));
        if (access(file, F_OK) == 0) return file;
    }
    return path;
}

static bool exists(void *context, struct str path) {
    const struct run *run = context;
    return access(str_to_c(run->arena, path), F_OK) == 0;
}

bool run_finds_config(const struct run *run) {
    const struct options *o = run->o;
    return o->process_env || o->env.list.n || o->env_files.list.n;
}

const char *run_find_config(struct run *run) {
    const struct options *o = run->o;
    if (!run_finds_config(run)) {
        fprintf(stderr,
                "clawc: %s what? Give it config files, - for standard input, or the gateway's "
                "environment (--process-env), by which it would find its config.\n",
                o->command->name);
        return NULL;
    }
    struct discover d = {.arena = run->arena,
                         .gateway = gateway_of(run),
                         .environment = run->env,
                         .directory = run_directory(run),
                         .exists = exists,
                         .context = run};
    struct discovered found = discover_paths(&d);
    if (found.problem.n) {
        fprintf(stderr, "clawc: the gateway would not start: " STR_FMT "\n",
                STR_ARG(found.problem));
        return NULL;
    }
    struct str path = found.config;
    if (files_inside(d.directory, path)) path = files_relative(run->arena, d.directory, path);
    if (!o->quiet)
        fprintf(stderr, "clawc: with this environment gateway " STR_FMT " reads " STR_FMT "\n",
                STR_ARG(d.gateway->version), STR_ARG(path));
    return str_to_c(run->arena, path);
}
