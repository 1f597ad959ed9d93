/* `toolsBySender`: which lists count for one sender. */
#include "analysis/tools.h"
#include "model/ids.h"

const struct tool_lists *tool_lists_for_anyone(const struct sender_list *senders) {
    return senders->n && senders->any >= 0 ? &senders->v[senders->any].lists : NULL;
}

/* The kinds of keys go from the surest to `*`. Names and usernames are not known of anybody. */
static const struct tool_lists *lists_for(const struct model *m, const struct sender_list *senders,
                                          const struct tool_sender *who) {
    if (!who || !senders->n) return tool_lists_for_anyone(senders);
    struct str id = ids_token(m->arena, who->id);
    struct str on_channel =
        str_format(m->arena, STR_FMT ":" STR_FMT, STR_ARG(who->channel), STR_ARG(id));
    const struct sender_tools *found =
        sender_tools_find(senders, m->arena, SENDER_KEY_CHANNEL, on_channel);
    if (!found) found = sender_tools_find(senders, m->arena, SENDER_KEY_ID, id);
    if (!found && str_starts(id, STR("+")))
        found = sender_tools_find(senders, m->arena, SENDER_KEY_E164, id);
    return found ? &found->lists : tool_lists_for_anyone(senders);
}

const struct tool_lists *tool_sender_lists(const struct model *m, const struct agent *agent,
                                           const struct tool_sender *who) {
    const struct sender_list *lists[] = {&agent->tools.senders, &m->tools.senders};
    if (!(m->gateway->tool_rules & TOOLS_SENDER_LISTS)) return NULL;
    for (size_t i = 0; i < 2; i++) {
        const struct tool_lists *found = lists_for(m, lists[i], who);
        if (found) return found;
    }
    return NULL;
}

/* ---- groups ------------------------------------------------------------------------------------
 */

static const struct tool_lists *lists_at(const struct model *m, const struct group_tools *group,
                                         const struct tool_sender *who) {
    const struct tool_lists *found = lists_for(m, &group->senders, who);
    if (found) return found;
    return group->has_lists ? &group->lists : NULL;
}

const struct tool_lists *tool_group_lists_at(const struct group_tools *group) {
    const struct tool_lists *anyone = tool_lists_for_anyone(&group->senders);
    if (anyone) return anyone;
    return group->has_lists ? &group->lists : NULL;
}

const struct tool_lists *tool_group_lists_for(const struct model *m, struct str channel,
                                              struct str account, struct str group,
                                              const struct tool_sender *who) {
    struct group_choice choice = model_group(m, channel, account, group);
    const struct tool_lists *own = choice.own ? lists_at(m, choice.own, who) : NULL;
    return own || !choice.any ? own : lists_at(m, choice.any, who);
}

const struct tool_lists *tool_group_lists(const struct model *m, struct str channel,
                                          struct str account, struct str group) {
    return tool_group_lists_for(m, channel, account, group, NULL);
}
