#include "attributes.h"

#include "nc.h"
#include "quoted.h"
#include "settings_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int put_number(int id, const char *name, uint64_t value)
{
    unsigned long long number = value;
    return nc_put_att_ulonglong(id, NC_GLOBAL, name, NC_UINT64, 1, &number);
}

static int put_place(int id, const char *name, int64_t value)
{
    const long long number = value;
    return nc_put_att_longlong(id, NC_GLOBAL, name, NC_INT64, 1, &number);
}

static int put_value(int id, const char *name, const option *asked)
{
    switch (asked->kind) {
    case OPTION_NUMBER:
        return put_number(id, name, *(uint64_t *)asked->target);
    case OPTION_PLACE:
        return put_place(id, name, *(int64_t *)asked->target);
    case OPTION_REAL:
        return nc_put_att_double(id, NC_GLOBAL, name, NC_DOUBLE, 1, asked->target);
    case OPTION_CHOICE:
        return nc_put_words(id, NC_GLOBAL, name, asked->choice_name(*(uint32_t *)asked->target));
    case OPTION_TEXT:
        return nc_put_words(id, NC_GLOBAL, name, *(const char **)asked->target);
    default:
        return NC_NOERR;
    }
}

/* Each option that decides the runs, with the learning rate in any case, by its own name, but for dashes, which names
 * of attributes cannot have in all languages. */
static int put_options(int id, const settings *asked)
{
    option options[SETTINGS_MOST_OPTIONS];
    size_t deciding;
    settings copy = *asked; /* options may change what they stand for */
    copy.rate = settings_rate(asked);
    settings_options(&copy, options, &deciding);
    for (size_t i = 0; i < deciding; i++) {
        char name[NC_MAX_NAME];
        snprintf(name, sizeof name, "%s", options[i].name);
        for (char *dash = strchr(name, '-'); dash; dash = strchr(dash, '-'))
            *dash = '_';
        if (options_holds(&options[i]))
            NC_TRY(put_value(id, name, &options[i]));
    }
    return NC_NOERR;
}

/* Lines as words of a command. 0, or -1 if there is no memory. */
static int write_words(const char *lines, FILE *stream)
{
    for (size_t length; *lines; lines += length + 1) {
        length = strcspn(lines, "\n");
        char *word = quoted_word(lines, length);
        if (!word)
            return -1;
        fprintf(stream, " %s", word);
        free(word);
    }
    return 0;
}

/* The command that makes the same numbers again; where they went and by how many threads is no part of it, so that a
 * study has the same bytes wherever it is done. */
static int put_history(int id, const settings *asked)
{
    char *lines = NULL, *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&lines, &size);
    if (!stream)
        return NC_ENOMEM;
    settings_write(asked, stream);
    int status = fclose(stream) ? NC_ENOMEM : NC_NOERR;
    stream = status ? NULL : open_memstream(&text, &size);
    if (stream) {
        fputs("ib run", stream);
        status = write_words(lines, stream) ? NC_ENOMEM : NC_NOERR;
    }
    if (!stream || fclose(stream))
        status = NC_ENOMEM;
    if (!status)
        status = nc_put_words(id, NC_GLOBAL, "history", text);
    free(text);
    free(lines);
    return status;
}

/* Files by their names alone, which with their hashes say what they are, wherever that is. */
static settings without_folders(const settings *asked)
{
    settings bare = *asked;
    if (bare.data)
        bare.data = settings_base_name(bare.data);
    if (bare.labels)
        bare.labels = settings_base_name(bare.labels);
    return bare;
}

int attributes_write(int id, const folder *f)
{
    const settings bare = without_folders(&f->asked), *asked = &bare;
    char words[SETTINGS_SUBJECT_SIZE], text[SETTINGS_SUBJECT_SIZE + 32];
    settings_subject(asked, words);
    snprintf(text, sizeof text, "Information plane: %s", words);
    NC_TRY(nc_put_words(id, NC_GLOBAL, "title", text));
    snprintf(text, sizeof text, "libib %s", f->version);
    NC_TRY(nc_put_words(id, NC_GLOBAL, "source", text));
    NC_TRY(put_history(id, asked));
    NC_TRY(nc_put_words(id, NC_GLOBAL, "libib_version", f->version));
    NC_TRY(nc_put_words(id, NC_GLOBAL, "kernels", f->kernels));
    NC_TRY(nc_put_words(id, NC_GLOBAL, "kernels_class", folder_kernel_class(f)));
    NC_TRY(put_options(id, asked));
    settings_split(asked, words);
    NC_TRY(nc_put_words(id, NC_GLOBAL, "split", words));
    return put_number(id, "restart_from", settings_restart_from(asked));
}
