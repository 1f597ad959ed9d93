#include "commands/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"

static bool is_special(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

FILE *output_open(struct output *o, struct arena *a, const char *path) {
    *o = (struct output){.path = path, .in_place = is_special(path)};
    o->written = o->in_place ? path : str_format(a, "%s.part", path).p;
    o->file = fopen(o->written, "w");
    return o->file;
}

bool output_close(struct output *o, bool ok) {
    if (o->file && fclose(o->file) != 0) ok = false;
    if (ok && o->file && (o->in_place || rename(o->written, o->path) == 0)) return true;
    fprintf(stderr, "clawc: cannot write %s: %s\n", o->path, strerror(errno));
    if (o->file && !o->in_place) remove(o->written);
    return false;
}
