/* What the gateway's own audit asks of a config: what each agent may do by the audit's own reading
 * of the tool lists, which of that somebody at an open door reaches, which programs, models and
 * mounts are risky. Each file answers one question: exposure.c, exposure_tools.c, exposure_exec.c,
 * exposure_models.c, exposure_mounts.c. */
#ifndef CLAWC_ANALYSIS_EXPOSURE_H
#define CLAWC_ANALYSIS_EXPOSURE_H

#include "analysis/tools.h"

struct analysis;

/* ---- exposure_tools.c --------------------------------------------------------------------------
 */

/* The tool lists as the audit reads them. It differs from what an agent has (tools_of_session) in
 * that no plugin is known, nothing is left out for not being built, no list is ignored, and only an
 * agent whose every session is sandboxed has the sandbox's lists. */
struct audit_tools {
    struct model model; /* a copy that names the gateway below */
    struct gateway_data gateway;
    struct tool_layer global;
};
void audit_tools_begin(struct arena *a, const struct model *m, struct audit_tools *t);
/* The tools of an agent (NULL: of no agent in particular). `model_name` is provider/model where the
 * lists of its provider count, or empty. */
struct tool_set audit_tools_of(const struct audit_tools *t, const struct agent *agent,
                               struct str model_name);

/* What may be done under the defaults, or by one agent. */
struct audited_power {
    const struct analysis *in;
    int32_t agent; /* index, OF_DEFAULTS */
    struct tool_set tools;
};

/* ---- exposure_exec.c ---------------------------------------------------------------------------
 */

/* For whom exec asks how much: one agent, or whoever is not the default agent. */
struct exec_scope {
    const struct analysis *in;
    int32_t agent;
    struct str security, host;
    place at; /* what decides about `security`, or what is around it */
};

/* An entry of `safeBins`. */
struct safe_bin {
    const struct analysis *in;
    const struct text *entry;
    int32_t agent;
    struct str name; /* as the gateway compares it */
    bool interpreter, profiled, broad;
};

/* An entry of `safeBinTrustedDirs` that others may write to. */
struct risky_dir {
    const struct text *entry;
    struct str why; /* "relative", or a name of gateway_data.risky_dirs */
};

/* ---- exposure_models.c -------------------------------------------------------------------------
 */

struct model_exposure {
    const struct analysis *in;
    const struct model_ref *ref;
    double size;         /* billions of parameters as the name tells, 0: it does not */
    struct tool_set web; /* of the tools that read from the web those it gets */
    bool unsafe;
    bool repeated;   /* an earlier one has the same id and the same answers */
    bool may_search; /* web_search would be among them, if there were a key that nobody gave */
};

/* ---- exposure_mounts.c -------------------------------------------------------------------------
 */

/* An entry of a sandbox's `binds`. */
struct bind_mount {
    const struct analysis *in;
    const struct container *container;
    const struct text *entry;
    struct str source;  /* normalised */
    struct str blocked; /* the path that it must not mount, or empty */
    bool relative;      /* not an absolute path: the gateway refuses it */
    bool covers;        /* it holds that path; otherwise it is it or lies below it */
    bool assumed;       /* if that is a home directory, which is not known */
};

struct exposure {
    const struct analysis *in;
    struct audit_tools tools;
    struct audited_power *powers; /* the defaults, then the agents */
    size_t n_powers;
    ARRAY(struct exec_scope) exec_scopes;
    ARRAY(struct exec_scope)
    skill_scopes; /* with a list of skills, and exec outside of a sandbox */
    ARRAY(struct safe_bin) safe_bins;
    ARRAY(struct risky_dir) risky_dirs;
    ARRAY(struct model_exposure) models;
    ARRAY(struct bind_mount) binds;
    ARRAY(int32_t) main_group_bindings; /* bindings that take rooms into the main session */
};

void exposure_of_exec(struct analysis *s, struct exposure *e);
void exposure_of_models(struct analysis *s, struct exposure *e);
void exposure_of_mounts(struct analysis *s, struct exposure *e);

/* The agent of an index, NULL for OF_DEFAULTS. */
const struct agent *exposure_agent(const struct model *m, int32_t index);
/* Its sandbox mode, or that of the defaults. */
const struct sandbox *exposure_sandbox(const struct model *m, int32_t index);

#endif
