/* clawc schema: the JSON Schema of a gateway version's config, for editors. */
#include "commands/run.h"
#include "load/schema/write.h"

enum exit_code command_schema(struct run *run) {
    if (run->o->arguments.list.n) {
        fputs("clawc: schema takes no file; --gateway says of which version\n", stderr);
        return EXIT_USAGE;
    }
    const struct gateways *known = &run->gateways;
    const struct gateway_data *g = &known->v[known->n - 1];
    struct str asked = run->o->gateway ? str_from(run->o->gateway) : run->project.gateway;
    if (asked.n) g = gateways_find(known, asked);
    if (asked.n && !str_equal(asked, g->version) && !run->o->quiet)
        fprintf(stderr,
                "clawc: gateway " STR_FMT " is not known; this is the schema of " STR_FMT "\n",
                STR_ARG(asked), STR_ARG(g->version));
    struct buf b = buf_new(run->arena);
    struct str title =
        str_format(run->arena, "OpenClaw gateway " STR_FMT ": openclaw.json", STR_ARG(g->version));
    schema_write(&b, schema_of_gateway(g->version), schema_of_plugins(g->version),
                 keys_load(run->arena, g), title);
    fwrite(b.p, 1, b.n, stdout);
    return run_flush(stdout, EXIT_FINE);
}
