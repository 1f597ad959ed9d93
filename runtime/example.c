/* Routes one message and prints the answer: what a gateway does for every message it receives.
 *
 *     cc example.c $(pkg-config --cflags --libs clawrt) -o example
 *     ./example routes.clawt whatsapp direct +56912345678
 */
#include <clawrt.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct clawrt_text text(const char *s) {
    return (struct clawrt_text){s, strlen(s)};
}

static void print(const char *name, struct clawrt_text s) {
    if (s.p) printf("%-16s %.*s\n", name, (int)s.n, s.p);
}

static int fail(const char *what, enum clawrt_status status) {
    fprintf(stderr, "%s: %s%s%s\n", what, clawrt_strerror(status),
            status == CLAWRT_CANNOT_OPEN ? ": " : "",
            status == CLAWRT_CANNOT_OPEN ? strerror(errno) : "");
    return 1;
}

static int route(const struct clawrt *table, int argc, char **argv) {
    /* Pass what the channel knows; what it does not know stays zero. */
    struct clawrt_query query = {.channel = text(argv[2])};
    struct clawrt_peer peer;
    if (argc > 4) {
        peer = (struct clawrt_peer){text(argv[3]), text(argv[4])};
        query.peer = &peer;
    }
    if (argc > 5) query.account = text(argv[5]);

    /* The answer's texts point into the table and into this buffer. */
    char buffer[CLAWRT_BUFFER];
    struct clawrt_answer answer;
    enum clawrt_status status = clawrt_route(table, &query, buffer, sizeof buffer, &answer);
    if (status != CLAWRT_OK) return fail("route", status);

    print("agentId", answer.agent_id);
    print("channel", answer.channel);
    print("accountId", answer.account_id);
    print("dmScope", answer.dm_scope);
    print("groupScope", answer.group_scope);
    print("sessionKey", answer.session_key);
    print("mainSessionKey", answer.main_session_key);
    print("lastRoutePolicy", answer.last_route_policy);
    print("matchedBy", answer.matched_by);
    if (answer.binding != CLAWRT_NO_BINDING) printf("%-16s %u\n", "binding", answer.binding);
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 3 || argc == 4 || argc > 6) {
        fprintf(stderr, "usage: %s TABLE CHANNEL [KIND ID [ACCOUNT]]\n", argv[0]);
        return 3;
    }
    /* Open once, route for as long as the process lives, from any thread. To pick up a new table,
     * open it again under its name and close the old one when no thread uses it any more. */
    struct clawrt *table;
    enum clawrt_status status = clawrt_open(argv[1], &table);
    if (status != CLAWRT_OK) return fail(argv[1], status);
    int result = route(table, argc, argv);
    clawrt_close(table);
    return result;
}
