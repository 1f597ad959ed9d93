/* clawc parse: what was read, as data. */
#include "base/json.h"
#include "commands/run.h"
#include "syntax/json5.h"
#include "syntax/notation.h"

enum exit_code command_parse(struct run *run) {
    if (run->o->arguments.list.n != 1) {
        fputs("clawc: parse takes one file, or - for standard input.\n", stderr);
        return EXIT_USAGE;
    }
    uint32_t file;
    if (!run_read(run, run->o->arguments.list.v[0], &file)) {
        run_print_errors(run, stderr);
        return EXIT_CONFIG;
    }
    struct json5_result parsed = json5_parse(run->tree, file, run->diags);
    struct buf b = buf_new(run->arena);
    if (parsed.ok) {
        notation_add_value(&b, run->tree, parsed.root);
    } else {
        buf_add(&b, STR("{\"error\": {\"message\": "));
        json_add_string(&b, parsed.gateway_message);
        buf_addf(&b, ", \"line\": %u, \"column\": %u}}", parsed.gateway_line,
                 parsed.gateway_column);
    }
    buf_add_char(&b, '\n');
    fwrite(b.p, 1, b.n, stdout);
    run_print_errors(run, stderr);
    return run_flush(stdout, parsed.ok ? EXIT_FINE : EXIT_CONFIG);
}
