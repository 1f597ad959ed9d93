/* What the newer gateway refuses before it looks at the schema. */
#include "load/semantics/semantics.h"
#include "model/ids.h"

static bool is_secret_ref(const struct semantics *s, node_id n) {
    static const char *const sources[] = {"env", "file", "exec", "store"};
    struct str source = semantics_text(s, n, "source");
    if (!tree_is(s->t, n, NODE_OBJECT) || !ids_trim(semantics_text(s, n, "id")).n) return false;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (str_equal(source, str_from(sources[i]))) return true;
    return false;
}

/* The gateway writes these itself, so that they must be plain texts. */
static void refuse_secret_ref(struct semantics *s, node_id n) {
    if (is_secret_ref(s, n))
        semantics_error(
            s, n, "", "secretref_unsupported",
            "a secret reference cannot stand here: use a text, such as \"${MY_TOKEN}\"");
}

/* A server's name is its key. */
static void check_server_name(struct semantics *s, node_id server) {
    struct str name = semantics_key(s, server);
    struct str trimmed = ids_trim(name);
    if (name.n && trimmed.n == name.n) return;
    struct diag *d = semantics_error(s, server, "", "invalid_record_key",
                                     "the name of a server must not be empty, nor have blanks "
                                     "around it");
    d->span = tree_key_span(s->t, server);
}

/* A key that JavaScript gives another meaning: nothing else is said of the agent. */
static void refuse_blocked_keys(struct semantics *s, node_id agent) {
    for (TREE_EACH(s->t, member, tree_is(s->t, agent, NODE_OBJECT) ? agent : 0)) {
        struct str key = semantics_key(s, member);
        if (!str_equal(key, STR("constructor")) && !str_equal(key, STR("prototype"))) continue;
        semantics_error(s, agent, str_to_c(s->arena, key), "blocked_object_key",
                        "an agent cannot have a key `" STR_FMT "`", STR_ARG(key));
        s->blocked_agent = true;
        return;
    }
}

/* ---- what the gateway's own code fails on
 * --------------------------------------------------------
 */

static void fail_reading(struct semantics *s, node_id n, const char *what) {
    struct diag *d =
        semantics_error(s, n, "", "read_failed", "the gateway fails while it reads this: %s", what);
    d->path = STR("");
    s->failed = true;
}

static void check_env_provider(struct semantics *s, node_id n) {
    const struct node *node = tree_node(s->t, n);
    bool nothing = node->kind == NODE_NULL || node->kind == NODE_STRING;
    if (!nothing && !s->failed) fail_reading(s, n, "the name of a provider must be a text");
}

static void check_metadata_url(struct semantics *s, node_id n) {
    if (semantics_is_text(s, n) && !s->failed &&
        !schema_format_fits(STR("uri"), tree_text(s->t, n)))
        fail_reading(s, n, "it must be a URL");
}

static const struct place_rule rules[] = {
    {"@", NEWER, refuse_blocked_keys},
    {"nodeHost.mcp.servers.*", NEWER, check_server_name},
    {"hooks.token", NEWER, refuse_secret_ref},
    {"hooks.gmail.pushToken", NEWER, refuse_secret_ref},
    {"hooks.mappings.#.sessionKey", NEWER, refuse_secret_ref},
    {"channels.discord.threadBindings.webhookToken", NEWER, refuse_secret_ref},
    {"channels.discord.accounts.*.threadBindings.webhookToken", NEWER, refuse_secret_ref},
    {"channels.whatsapp.creds.json", NEWER, refuse_secret_ref},
    {"channels.whatsapp.accounts.*.creds.json", NEWER, refuse_secret_ref},
    {"secrets.defaults.env", NEWER, check_env_provider},
    {"mcp.servers.*.oauth.clientMetadataUrl", NEWER, check_metadata_url},
    {"nodeHost.mcp.servers.*.oauth.clientMetadataUrl", NEWER, check_metadata_url},
    {NULL, 0, NULL},
};

void semantics_first(struct semantics *s) {
    semantics_apply(s, rules);
}
