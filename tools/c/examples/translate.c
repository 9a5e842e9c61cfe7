/* Translates what is on the command line, on a computer:
 *
 *     cargo build --release
 *     cc -Iinclude examples/translate.c target/release/libregard_c.a -o translate
 *     ./translate ../../models/eng-fra/eng-fra.rgd "I drink milk"
 */
#include "regard.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(const regard_t *engine) {
    char message[200];
    regard_message(engine, message, sizeof message);
    fprintf(stderr, "%s\n", message);
    return 1;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: translate MODEL TEXT\n");
        return 2;
    }
    FILE *file = fopen(arguments[1], "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        perror(arguments[1]);
        return 1;
    }
    long bytes = ftell(file);
    rewind(file);
    void *model = malloc(bytes > 0 ? bytes : 1);
    if (!model || bytes < 0 || fread(model, 1, bytes, file) != (size_t)bytes) {
        perror(arguments[1]);
        return 1;
    }
    fclose(file);

    /* Firmware has a static array here: regard_arena_bytes is also in `regard inspect`. */
    size_t room = regard_arena_bytes(model, bytes);
    void *arena = malloc(room ? room : 1);
    static regard_t engine;
    if (!arena || !regard_open(&engine, model, bytes, arena, room)) return failed(&engine);
    if (!regard_self_test(&engine)) return failed(&engine);
    if (!regard_translate(&engine, arguments[2], strlen(arguments[2]))) return failed(&engine);
    regard_word_t word;
    regard_progress_t progress;
    char text[400];
    while ((progress = regard_next(&engine, &word)) == REGARD_WORD) {
        regard_text(&engine, &word, text, sizeof text);
        fputs(text, stdout);
    }
    regard_text(&engine, NULL, text, sizeof text);
    puts(text);
    return progress == REGARD_DONE ? 0 : failed(&engine);
}
