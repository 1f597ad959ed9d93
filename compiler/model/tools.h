/* What a config says about tools: the lists of every scope, and the settings of those tools that
 * have any. Which tools follow from it is the question of analysis/tools.h. */
#ifndef CLAWC_MODEL_TOOLS_H
#define CLAWC_MODEL_TOOLS_H

#include "load/gateway.h"
#include "model/value.h"

/* Sets of the gateway's tools, by their index in gateway_data.tools. */
struct tool_set {
    uint64_t bits[TOOLS_MAX / 64];
};

/* The lists of one scope, as written. */
struct tool_lists {
    struct text_list allow, also_allow, deny;
    place at;
};

/* One entry of `byProvider`. */
struct provider_tools {
    struct str key; /* as the gateway compares it */
    bool blanks;    /* had blanks before its slash: a key without them goes first */
    struct text profile;
    struct tool_lists lists;
};

/* Kinds of keys of `toolsBySender`, in the order in which they are looked for. */
enum sender_key {
    SENDER_KEY_CHANNEL,
    SENDER_KEY_ID,
    SENDER_KEY_E164,
    SENDER_KEY_USERNAME,
    SENDER_KEY_NAME,
    SENDER_KEY_ANY
};

/* One entry of `toolsBySender`. */
struct sender_tools {
    enum sender_key kind;
    struct str value; /* as the gateway compares it; empty for SENDER_KEY_ANY */
    struct tool_lists lists;
};

struct sender_list {
    const struct sender_tools *v;
    size_t n;
    struct map index; /* kind and value -> the first entry with them */
    int32_t any;      /* the entry `*`, or -1 */
};
/* The entry of this kind and value, or NULL. */
const struct sender_tools *sender_tools_find(const struct sender_list *list, struct arena *a,
                                             enum sender_key kind, struct str value);

/* `tools.exec`. */
struct exec_settings {
    node_id block; /* as written, or 0 */
    struct text host, mode, security, ask;
    bool has_apply_patch; /* the block applyPatch is written, and replaces the global one */
    struct flag apply_patch, patch_workspace_only;
    struct text_list patch_models;
    /* Programs that run without asking, the directories they are looked for in, and the names of
     * those whose arguments are restricted. */
    struct text_list safe_bins, trusted_dirs;
    struct names bin_profiles;
    place at;
};

/* Who may use elevated tools on one channel. */
struct elevated_channel {
    struct str channel;
    struct text_list allow;
};

struct elevated {
    struct flag enabled;
    const struct elevated_channel *channels;
    size_t n_channels;
    bool has_allow_from;
    place at;
};

/* The block `tools` of the config or of one agent. */
struct tool_policy {
    struct text profile;
    struct tool_lists lists;
    const struct provider_tools *providers;
    size_t n_providers;
    struct sender_list senders;
    struct tool_lists sandbox;
    const struct flag *switches; /* as many as gateway_data.tool_switches */
    struct exec_settings exec;
    struct flag fs_workspace_only;
    struct elevated elevated;
    bool has_exec, has_fs; /* the blocks `exec` and `fs` are written */
    place at;
};

/* A group or room of a channel that has lists of its own. */
struct group_tools {
    struct str channel, account; /* account: empty for the channel's own block */
    struct str group;            /* "*": every group without a block of its own */
    struct tool_lists lists;
    bool has_lists;
    struct sender_list senders;
    place at;
};

#endif
