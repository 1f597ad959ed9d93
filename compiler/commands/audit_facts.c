#include "commands/audit_facts.h"

#include <stdlib.h>

#include "analysis/fleet/facts.h"
#include "commands/output.h"
#include "model/ids.h"

/* The file is not one of the run's sources: nothing of it can come into a report. */
static bool read_key(struct run *run, struct str *key) {
    const struct options *o = run->o;
    const char *reason = "";
    uint32_t file;
    if (o->facts_key_env) {
        *key = str_from(getenv(o->facts_key_env));
        return true;
    }
    struct sources *own = sources_new(run->arena);
    if (source_read(own, o->facts_key, STR("key"), &file, &reason) != SOURCE_OK) {
        fprintf(stderr, "clawc: the key %s cannot be read: %s\n", o->facts_key, reason);
        return false;
    }
    *key = source_text(own, file);
    return true;
}

bool facts_key_read(struct run *run) {
    const struct options *o = run->o;
    if (o->host && !o->facts_file) {
        fputs("clawc: --host is a label for --facts; without that there is nothing to label\n",
              stderr);
        return false;
    }
    if (o->host && !fleet_facts_is_host(str_from(o->host))) {
        fprintf(stderr,
                "clawc: --host takes a name of letters, digits, `.`, `_` and `-`, not `%s`\n",
                o->host);
        return false;
    }
    if (!o->facts_key && !o->facts_key_env) {
        if (!o->facts_file) return true;
        fputs("clawc: --facts needs --facts-key FILE or --facts-key-env NAME: secrets are written "
              "as digests with that key\n",
              stderr);
        return false;
    }
    if (!read_key(run, &run->digest_key)) return false;
    run->digest_key = ids_trim(run->digest_key);
    if (run->digest_key.n >= FLEET_FACTS_KEY_MIN) return true;
    fprintf(stderr,
            "clawc: the key of --facts has %zu bytes; it needs at least %d that nobody can guess, "
            "such as of `openssl rand -hex 32`\n",
            run->digest_key.n, FLEET_FACTS_KEY_MIN);
    return false;
}

enum exit_code facts_write(struct run *run, const struct audited *what) {
    struct output output;
    struct buf out = buf_new(run->arena);
    struct fleet_facts_question q = {.tree = run->tree,
                                     .names = what->names ? what->names : run->env,
                                     .key = run->digest_key,
                                     .project = what->compose_name,
                                     .host = str_from(run->o->host ? run->o->host : "")};
    q.gateways = run_gateways(run, what, false, &q.n);
    fleet_facts_write(&out, run->arena, &q);
    FILE *file = output_open(&output, run->arena, run->o->facts_file);
    bool ok = file && fwrite(out.p ? out.p : "", 1, out.n, file) == out.n;
    return output_close(&output, ok) ? EXIT_FINE : EXIT_MACHINE;
}
